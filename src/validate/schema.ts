import { z } from 'zod'
import { type Frame, sampleCount } from '../core/frame.js'
import { profileChannels } from './profile.js'
import { profileTimes, REGULAR } from './time-profile.js'

const channelSchema = z.object({
  name: z.string(),
  /** Smallest and largest reading, in the unit of the channel; null without any. */
  min: z.number().nullable(),
  max: z.number().nullable(),
  median: z.number().nullable(),
  /** 0 to 1. */
  missingShare: z.number().min(0).max(1),
  /** The longest run of equal readings, and the longest that would have been no surprise, samples. */
  longestRun: z.number(),
  usualRun: z.number(),
})

/** A data schema as JSON: it comes from a stored model, so it is checked. */
export const dataSchema = z.object({
  version: z.literal(1),
  samples: z.number(),
  timeKind: z.enum(['utc', 'index']),
  /** Usual time between samples, ms; null when there was none. */
  cadenceMs: z.number().nullable(),
  channels: z.array(channelSchema),
})

/** What the history of a model looked like: its channels, cadence and ranges. Data to be scored are held to it. */
export type DataSchema = z.output<typeof dataSchema>

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

/**
 * Learns the schema of a history: plain JSON, which `dataSchema.parse` checks when it comes back from a file. Cost O(N C).
 *
 * @example
 * import { learnSchema } from 'telltale'
 * const frame = { timeMs: Float64Array.of(0, 1000, 2000), timeKind: 'utc', values: Float64Array.of(5, 7, 6), channels: ['flow'] }
 * const { cadenceMs, channels } = learnSchema(frame)
 * [cadenceMs, channels[0].min, channels[0].max] // => [1000, 5, 7]
 */
export function learnSchema(frame: Frame): DataSchema {
  const { cadenceMs, kind, regularShare } = profileTimes(frame)
  return {
    version: 1,
    samples: sampleCount(frame),
    timeKind: kind,
    cadenceMs: regularShare >= REGULAR ? orNull(cadenceMs) : null,
    channels: profileChannels(frame).map(
      ({ name, min, max, quartiles, missingShare, longestRun, usualRun }) => ({
        name,
        min: orNull(min),
        max: orNull(max),
        median: orNull(quartiles[1]),
        missingShare,
        longestRun: longestRun.end - longestRun.start,
        usualRun,
      }),
    ),
  }
}
