import { z } from 'zod'
import { checkFrame } from '../core/check-input.js'
import { type Frame, sampleCount } from '../core/frame.js'
import { parseOptions } from '../core/parse-options.js'
import { splitAt } from '../window/index.js'
import type { Change } from './changes.js'
import { type Column, fillRuns } from './fill.js'
import {
  channelPolicies,
  channelRanges,
  type MissingOptions,
  missingOptions,
  type ValidRange,
} from './options.js'
import { profileTimes, timeBreaks } from './time-profile.js'

/** How a frame is repaired. */
export interface RepairOptions extends MissingOptions {
  /** `NAME=LOW..HIGH`. */
  readonly ranges?: readonly string[]
}

const repairOptions = z.object({ ...missingOptions, ranges: z.array(z.string()).optional() })

/**
 * Repairs the readings of a frame and reports every change: infinite ones and those outside their valid range become missing; missing runs
 * of at most `maxGap` samples are filled as the policy of the channel says (`error` is treated as `linear`; `mask` and `drop` leave them).
 * Samples, their times and the channels stay as they are. A second repair changes nothing. Cost O(N C).
 *
 * @throws OptionError `option-invalid` when an option names a channel that is not there
 * @example
 * import { repairFrame } from 'telltale'
 * const frame = { timeMs: Float64Array.of(0, 1, 2), timeKind: 'index', values: Float64Array.of(1, Number.NaN, 3), channels: ['a'] }
 * Array.from(repairFrame(frame, { missing: 'linear', maxGap: 5 }).frame.values) // => [1, 2, 3]
 */
export function repairFrame(
  frame: Frame,
  options: RepairOptions,
): { readonly frame: Frame; readonly changes: readonly Change[] } {
  checkFrame(frame, 'the repair')
  parseOptions(repairOptions, options, 'the repair')
  const { channels, timeMs } = frame
  const policies = channelPolicies(channels, options)
  const ranges = channelRanges(channels, options.ranges ?? [])
  const stretches = splitAt(sampleCount(frame), timeBreaks(profileTimes(frame), options.maxGap))
  const values = Float64Array.from(frame.values)
  const changes: Change[] = []
  channels.forEach((name, channel) => {
    const column: Column = { values, timeMs, channel, width: channels.length }
    const note = (kind: Change['kind'], { count, first }: Removed) => {
      if (count > 0) changes.push({ kind, channel: name, count, place: { start: first, end: first + 1 } })
    }
    note(
      'infinite-to-missing',
      removeReadings(column, value => Math.abs(value) === Number.POSITIVE_INFINITY),
    )
    const range = ranges[channel]
    if (range)
      note(
        'range-to-missing',
        removeReadings(column, value => isOutside(value, range)),
      )
    const policy = policies[channel] === 'error' ? 'linear' : policies[channel]
    if (policy !== 'hold' && policy !== 'linear') return
    const { cells, place } = fillRuns(column, stretches, { kind: policy, longest: options.maxGap })
    if (place) changes.push({ kind: `filled-${policy}`, channel: name, count: cells, place })
  })
  return changes.length === 0 ? { frame, changes } : { frame: { ...frame, values }, changes }
}

/** Whether a reading lies outside of a range; NaN does not. */
function isOutside(value: number, { low, high }: ValidRange): boolean {
  return value < low || value > high
}

interface Removed {
  readonly count: number
  readonly first: number
}

/** Makes the readings missing that `isWrong` picks. */
function removeReadings({ values, channel, width }: Column, isWrong: (value: number) => boolean): Removed {
  let count = 0
  let first = -1
  for (let at = channel, i = 0; at < values.length; at += width, i++) {
    if (!isWrong(values[at])) continue
    values[at] = Number.NaN
    if (count++ === 0) first = i
  }
  return { count, first }
}
