import type { Interval } from '../core/frame.js'
import type { Finding, ValidationLevel } from './issue.js'
import type { ValidRange } from './options.js'
import type { ChannelProfile } from './profile.js'
import type { Readings } from './readings.js'
import type { DataSchema } from './schema.js'
import type { TimeProfile } from './time-profile.js'

/** All that the checks look at. */
export interface Evidence {
  /** Samples N. */
  readonly samples: number
  readonly readings: Readings
  readonly level: ValidationLevel
  readonly channels: readonly ChannelProfile[]
  readonly time: TimeProfile
  /** `[C]` */
  readonly ranges: readonly (ValidRange | undefined)[]
  /** Empty = any. */
  readonly expectedColumns: readonly string[]
  readonly maxGap: number
  /** Samples that do not follow on the one before them, ascending. */
  readonly borders?: readonly number[]
  /** What was found before there was a frame. */
  readonly findings?: readonly Finding[]
  /** Samples in a window, when it is known. */
  readonly window?: number
  /** What the history of a model looked like: then the frame is judged as data to be scored. */
  readonly schema?: DataSchema
}

/** One look at the evidence. Checks know nothing of each other; `checks/index.ts` lists them. */
export type Check = (evidence: Evidence) => Finding[]

/** A check that looks at one channel at a time; a channel without a reading has nothing to show. */
export function perChannel(
  look: (channel: ChannelProfile, c: number, evidence: Evidence) => Finding | undefined,
): Check {
  return evidence =>
    evidence.channels.flatMap((channel, c) => {
      const finding = channel.tally.count > 0 ? look(channel, c, evidence) : undefined
      return finding ? [{ channel: channel.name, ...finding }] : []
    })
}

/** The place of a single sample. */
export function at(i: number): Interval {
  return { start: i, end: i + 1 }
}
