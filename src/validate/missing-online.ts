import { createError } from '../core/errors.js'
import { appendFrame, type Frame, sampleCount, sliceFrame } from '../core/frame.js'
import { type Prepared, prepareFrame } from './missing.js'
import { channelPolicies, type MissingOptions, type MissingPolicy } from './options.js'
import { timeBreaksAt } from './time-profile.js'

/** Part of a series of which samples `[from, to)` are ready for windows; the samples around them are context. */
export interface PreparedPart extends Prepared {
  readonly from: number
  readonly to: number
}

export interface OnlinePreparation {
  /** The samples that are decided with these; nothing while all of them wait for a later reading. */
  push(frame: Frame): PreparedPart | undefined
  /** The series has ended: the samples that still waited. */
  finish(): PreparedPart | undefined
}

/** Maximum number of readings that wait for a later one: 64 MB. */
const MOST_WAITING = 2 ** 23

/**
 * Prepares a series in parts as `prepareFrame` prepares the whole, with the same bits. `hold` and `linear` wait for the next reading for at most
 * `maxGap` samples; `mask` fills without a limit, so it waits until there is a reading or time breaks. Memory: the samples that wait.
 *
 * @param fallback, cadenceMs as in `prepareFrame`
 * @param mostWaiting readings that may wait at most
 * @throws OptionError `stream-unsupported` when more would have to wait; DataError as `prepareFrame`
 */
export function prepareOnline(
  channels: readonly string[],
  options: MissingOptions,
  fallback: readonly number[] | undefined,
  cadenceMs: number,
  mostWaiting = MOST_WAITING,
): OnlinePreparation {
  const { maxGap } = options
  const width = channels.length
  const patience = channelPolicies(channels, options).map(policy => patienceOf(policy, maxGap))
  /** Samples that are not decided yet, after the `decided` ones before them on which they depend. */
  let open: Frame | undefined
  let decided = 0
  /** Number of the first sample of `open` in the series. */
  let first = 0

  const decide = (to: number): PreparedPart | undefined => {
    if (open === undefined || to <= decided) return undefined
    const prepared = prepareFrame(open, options, fallback, { cadenceMs, first })
    const part = { ...prepared, from: decided, to }
    // Enough samples to decide whether a run of missing readings is longer than maxGap, and the reading before it.
    const runs = patience.map((most, c) =>
      most === Number.POSITIVE_INFINITY ? missingBefore(open!, c, to) : 0,
    )
    const kept = Math.min(to, Math.max(maxGap, ...runs) + 1)
    first += to - kept
    open = copyOf(sliceFrame(open, to - kept))
    decided = kept
    return part
  }

  /** Samples at the end that a later reading may still change. */
  const waiting = (frame: Frame): number => {
    const n = sampleCount(frame)
    const stretch = timeBreaksAt(frame.timeMs, cadenceMs, maxGap).at(-1) ?? 0
    const runs = patience.map((most, c) => {
      const run = most === 0 ? 0 : Math.min(n - stretch, missingBefore(frame, c, n))
      return run > most ? 0 : run
    })
    return Math.max(0, ...runs)
  }

  return {
    push(frame) {
      open = open === undefined ? frame : appendFrame(open, frame)
      const held = waiting(open)
      if (held * width > mostWaiting) throw tooLate(held)
      return decide(sampleCount(open) - held)
    },
    finish: () => (open === undefined ? undefined : decide(sampleCount(open))),
  }
}

/** Consecutive samples just before sample `end` at which a channel has no reading. */
function missingBefore({ values, channels }: Frame, c: number, end: number): number {
  let at = end
  while (at > 0 && !Number.isFinite(values[(at - 1) * channels.length + c])) at--
  return end - at
}

/** Longest run of missing samples for which the next reading can still change a fill. */
function patienceOf(policy: MissingPolicy, maxGap: number): number {
  if (policy === 'mask') return Number.POSITIVE_INFINITY
  return policy === 'hold' || policy === 'linear' ? maxGap : 0
}

function tooLate(samples: number) {
  return createError('stream-unsupported', {
    what: `a channel without a reading for ${samples} samples under the policy mask`,
    reason: 'its fill depends on the next reading, and the waiting samples exceed the memory',
    remedy: 'Use --missing hold, linear or drop',
  })
}

/** A copy, so that a few samples do not keep their whole chunk in memory. */
const copyOf = (frame: Frame): Frame => ({
  ...frame,
  timeMs: frame.timeMs.slice(),
  values: frame.values.slice(),
})
