import type { Interval } from '../core/frame.js'
import type { Finding, ValidationLevel } from './issue.js'
import type { ValidRange } from './options.js'
import type { ChannelProfile } from './profile.js'
import type { Readings } from './readings.js'
import type { DataSchema } from './schema.js'
import type { TimeProfile } from './time-profile.js'

/** The input of the checks. */
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
  /** Findings from before the table was read as a frame. */
  readonly findings?: readonly Finding[]
  /** Samples in a window, when it is known. */
  readonly window?: number
  /** Schema of the history of a model: then the frame is checked as data to be scored. */
  readonly schema?: DataSchema
}

/** One check of the evidence. Checks are independent; `checks/index.ts` lists them. */
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
