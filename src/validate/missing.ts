import { createError } from '../core/errors.js'
import { type Frame, type Interval, sampleCount } from '../core/frame.js'
import { splitAt } from '../window/index.js'
import type { Change } from './changes.js'
import { type Column, type Filled, fillRuns } from './fill.js'
import { channelPolicies, type MissingOptions, type MissingPolicy } from './options.js'
import { inOrder, profileTimes, timeBreaks, timeBreaksAt } from './time-profile.js'

/** A frame that is ready for windows. */
export interface Prepared {
  /** Same samples and channels. Finite inside of the segments. */
  readonly frame: Frame
  /** Intervals without a gap, ascending: windows stay inside. What lies in none has a missing reading that nothing may fill. */
  readonly segments: readonly Interval[]
  /** `[N * C]` 1 where a reading was filled that must not be counted; absent without any. */
  readonly masked?: Uint8Array
  readonly changes: readonly Change[]
}

/** Properties of the series that a frame is a part of. */
export interface SeriesFacts {
  /** NaN when it has none; default: found in the frame. */
  readonly cadenceMs?: number
  /** Number of the frame's first sample; default 0. */
  readonly first?: number
  /** Samples of the frame that do not follow on the one before them, ascending: cut there too. */
  readonly borders?: readonly number[]
}

/**
 * Treats missing (and infinite) readings by the policy of each channel, and cuts the frame where time or readings break for longer than
 * `maxGap` samples. Time is cut only where the series has a cadence. A frame without gaps comes back as it is, as one segment.
 *
 * `mask` fills without a limit, within an interval of time; an interval in which the channel has no reading takes `fallback`.
 *
 * @param fallback `[C]` an ordinary reading of each channel, such as the median of the history; default 0
 * @throws DataError `data-missing-value`, `data-bad-cell` for a channel with the policy `error`
 */
export function prepareFrame(
  frame: Frame,
  options: MissingOptions,
  fallback?: readonly number[],
  { cadenceMs, first = 0, borders = [] }: SeriesFacts = {},
): Prepared {
  const n = sampleCount(frame)
  const width = frame.channels.length
  const policies = channelPolicies(frame.channels, options)
  const breaks =
    cadenceMs === undefined
      ? timeBreaks(profileTimes(frame, borders), options.maxGap)
      : timeBreaksAt(frame.timeMs, cadenceMs, options.maxGap)
  const stretches = splitAt(n, inOrder(breaks, borders))
  if (frame.values.every(Number.isFinite)) return { frame, segments: stretches, changes: [] }

  refuseMissing(frame, policies, first)
  const values = Float64Array.from(frame.values, value => (Number.isFinite(value) ? value : Number.NaN))
  const masked = policies.includes('mask') ? new Uint8Array(values.length) : undefined
  const changes: Change[] = []
  policies.forEach((policy, channel) => {
    const column: Column = { values, timeMs: frame.timeMs, channel, width }
    const name = frame.channels[channel]
    if (policy === 'hold' || policy === 'linear') {
      addFilled(
        changes,
        name,
        `filled-${policy}`,
        fillRuns(column, stretches, { kind: policy, longest: options.maxGap }),
      )
    } else if (policy === 'mask' && masked) {
      addFilled(changes, name, 'masked', maskRuns(column, stretches, fallback?.[channel] ?? 0, masked))
    }
  })
  const whole = { ...frame, values }
  return { frame: whole, segments: finiteSegments(whole, stretches), masked, changes }
}

/** Throws for the first missing or infinite reading of a channel that must have none. */
function refuseMissing(frame: Frame, policies: readonly MissingPolicy[], first: number): void {
  if (!policies.includes('error')) return
  const { values, channels, timeMs, timeKind } = frame
  for (let at = 0; at < values.length; at++) {
    const channel = at % channels.length
    if (policies[channel] !== 'error' || Number.isFinite(values[at])) continue
    const sample = Math.floor(at / channels.length)
    const time = timeKind === 'utc' ? ` at ${new Date(timeMs[sample]).toISOString()}` : ''
    const place = { file: `the frame${time}`, line: first + sample, column: channels[channel] }
    throw Number.isNaN(values[at])
      ? createError('data-missing-value', place)
      : createError('data-bad-cell', { ...place, got: String(values[at]) })
  }
}

function maskRuns(
  column: Column,
  stretches: readonly Interval[],
  fallback: number,
  masked: Uint8Array,
): Filled {
  const { values, channel, width } = column
  const mark = (i: number) => {
    masked[i * width + channel] = 1
  }
  const filled = fillRuns(column, stretches, { kind: 'linear', longest: Number.POSITIVE_INFINITY }, mark)
  let { cells, runs, place } = filled
  for (const stretch of stretches) {
    if (!Number.isNaN(values[stretch.start * width + channel])) continue
    for (let i = stretch.start; i < stretch.end; i++) {
      values[i * width + channel] = fallback
      mark(i)
    }
    cells += stretch.end - stretch.start
    runs++
    if (place === undefined || stretch.start < place.start) place = stretch
  }
  return { cells, runs, place }
}

function addFilled(changes: Change[], channel: string, kind: Change['kind'], { cells, place }: Filled): void {
  if (place !== undefined) changes.push({ kind, channel, count: cells, place })
}

/** Maximal intervals of samples without NaN, inside of the given ones. */
function finiteSegments({ values, channels }: Frame, stretches: readonly Interval[]): Interval[] {
  const width = channels.length
  const isWhole = (i: number) => {
    for (let at = i * width; at < (i + 1) * width; at++) if (Number.isNaN(values[at])) return false
    return true
  }
  return stretches.flatMap(stretch => {
    const found: Interval[] = []
    for (let i = stretch.start; i < stretch.end; i++) {
      if (!isWhole(i)) continue
      const start = i
      while (i < stretch.end && isWhole(i)) i++
      found.push({ start, end: i })
    }
    return found
  })
}
