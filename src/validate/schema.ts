import { z } from 'zod'
import { type Frame, sampleCount } from '../core/frame.js'
import type { Immutable } from '../core/state.js'
import { profileChannels, usualRun } from './profile.js'
import { createTallies, tallyOn } from './tally.js'
import { profileTimes, REGULAR } from './time-profile.js'

const count = () => z.number().int().min(0)
const name = () => z.string().min(1).max(10_000)

const channelSchema = z
  .strictObject({
    name: name(),
    /** Smallest and largest reading, in the unit of the channel; null without any. */
    min: z.number().nullable(),
    max: z.number().nullable(),
    median: z.number().nullable(),
    /** 0 to 1. */
    missingShare: z.number().min(0).max(1),
    /** The longest run of equal readings, and the longest that would have been no surprise, samples. */
    longestRun: count(),
    usualRun: z.number().min(0).max(Number.MAX_SAFE_INTEGER),
  })
  .refine(({ min, median, max }) => {
    const known = [min, median, max].filter(value => value !== null)
    return known.every((value, i) => i === 0 || value >= known[i - 1])
  }, 'min, median and max must be in ascending order')

/** A data schema as JSON: it comes from a stored model, so it is checked. */
export const dataSchema = z.strictObject({
  version: z.literal(1),
  samples: count(),
  timeKind: z.enum(['utc', 'index']),
  /** Usual time between samples, ms; null when there was none. */
  cadenceMs: z.number().positive().max(8.64e15).nullable(),
  /** Share of the samples that have the time of the one before them; absent when there is none. */
  repeatedShare: z.number().min(0).lt(1).optional(),
  channels: z.array(channelSchema),
})

/** Schema of the history of a model: its channels, cadence and ranges. Data to be scored are compared with it. */
export type DataSchema = Immutable<z.output<typeof dataSchema>>

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

/**
 * Learns the schema of a history: plain JSON, which `dataSchema.parse` checks when it comes back from a file. Cost O(N C).
 *
 * @example
 * import { learnSchema } from './schema.js'
 * const frame = { timeMs: Float64Array.of(0, 1000, 2000), timeKind: 'utc', values: Float64Array.of(5, 7, 6), channels: ['flow'] }
 * const { cadenceMs, channels } = learnSchema(frame)
 * [cadenceMs, channels[0].min, channels[0].max] // => [1000, 5, 7]
 */
export function learnSchema(frame: Frame): DataSchema {
  return schemaOf(sampleCount(frame), frame, [])
}

/** Learns the schema of a history of which only a part is kept. */
export interface SchemaLearner {
  /** Counts the next samples; runs continue across calls. */
  push(frame: Frame): void
  /**
   * Ranges, missing shares and runs are of all samples that were pushed; medians and cadence of those that were kept.
   *
   * @param borders samples of `kept` that do not follow on the one before them
   */
  finish(kept: Frame, borders: readonly number[]): DataSchema
}

/** The same as `learnSchema` for a history that comes in parts; memory O(C). */
export function schemaLearner(channels: number): SchemaLearner {
  const tallies = createTallies(channels)
  let samples = 0
  return {
    push(frame) {
      tallyOn(tallies, frame, samples)
      samples += sampleCount(frame)
    },
    finish(kept, borders) {
      const { channels, ...schema } = schemaOf(samples, kept, borders)
      return {
        ...schema,
        channels: channels.map(({ name, median }, c) => {
          const { count, min, max, longestRun } = tallies[c]
          return {
            name,
            min: orNull(min),
            max: orNull(max),
            median,
            missingShare: samples === 0 ? 0 : (samples - count) / samples,
            longestRun,
            usualRun: usualRun(tallies[c]),
          }
        }),
      }
    },
  }
}

/**
 * Time that a sample stands for on average, ms: the cadence, less when several samples share a time, as those of a coarse clock do. Null when there are
 * no regular times.
 *
 * @example
 * import { sampleMsOf } from './schema.js'
 * sampleMsOf({ cadenceMs: 600000, repeatedShare: 0.9 }) // => 60000
 */
export function sampleMsOf({
  cadenceMs,
  repeatedShare = 0,
}: Pick<DataSchema, 'cadenceMs' | 'repeatedShare'>): number | null {
  return cadenceMs === null ? null : Math.round(cadenceMs * (1 - repeatedShare) * 1e6) / 1e6
}

function schemaOf(samples: number, frame: Frame, borders: readonly number[]): DataSchema {
  const { cadenceMs, kind, regularShare, repeated } = profileTimes(frame, borders)
  const steps = sampleCount(frame) - 1
  return {
    version: 1,
    samples,
    timeKind: kind,
    cadenceMs: regularShare >= REGULAR ? orNull(cadenceMs) : null,
    ...(repeated > 0 && repeated < steps && { repeatedShare: repeated / steps }),
    channels: profileChannels(frame, borders).map(
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
