import { NO_SUMS, type RampSums, rampBefore, withSample } from './ramp.js'

/** A segment of samples that are unusual without smoothing, `[start, end)`. */
export interface Segment {
  /** Largest sum of what its samples were worth, reached at `end`. */
  readonly top: number
  /** Where it begins to stand out; of a fault that grows evenly, where that began, see `rampBefore`. */
  readonly start: number
  /** First sample that stands out. */
  readonly since: number
  readonly end: number
  /** Sample that stands out most. */
  readonly peak: number
  readonly startMs: number
  /** Time of its last sample. */
  readonly lastMs: number
  readonly peakMs: number
}

/** What one sample can add and take away: a wild one counts no more than two clear ones, and a quiet one does not end a fault alone. */
const MOST = 2
const LEAST = -1
/** A segment ends when it has lost this much of its largest sum: as much as 20 clear samples are worth. Outside of events it also ends this many samples after its largest sum, however little they took away. */
const LOST = 40
/**
 * A segment keeps an event open whose smooth score is low: while its sum was largest at most `MOST_QUIET` samples ago (the middle scale of the smoothing), until the event's last sample is
 * `MOST_BRIDGED` samples back (the largest scale), or half of and twice what scores are smoothed over alone where that is less; and for the first `MOST_HELD` samples of the segment: one that lasts longer says how the machine operates now.
 */
const MOST_QUIET = 16
const MOST_BRIDGED = 64
const MOST_HELD = 512
/** A segment that is worth less places no event. */
export const CLEAR = 2

/** Finds, sample by sample, the segment that stands out most. Memory and cost O(1). */
export interface SegmentFinder {
  /** @param sharp above 0 = unusual; NaN ends a segment @param within whether the sample lies in an event */
  push(i: number, timeMs: number, sharp: number, within: boolean): void
  /** Forgets segments that are over: an event begins. @param over first sample after the event before was over; what has not stood out more since is no part of this one */
  begin(over: number): void
  /** The best segment since `begin`, or the one that was open then; one that is apart from it is none. */
  best(): Segment | undefined
  /** The open segment, once it is clear, when the best one is clear too and they are apart. */
  next(): Segment | undefined
  /**
   * Whether an event continues though its smooth score is low: a segment that began in it is open, clear and still grows.
   *
   * @param i a sample, the last one of the segment @param last first sample after the last one of the event
   * @param eventLength what scores are smoothed over alone, samples; 0 = not at all, and nothing to bridge
   */
  holds(i: number, last: number, eventLength?: number): boolean
  /** First sample of the open segment that stands out; undefined when there is none. */
  since(): number | undefined
  /** `[30]` for `segmentFinder`. */
  state(): Float64Array
}

interface Sample {
  readonly i: number
  readonly timeMs: number
  readonly sharp: number
  readonly within: boolean
}

/** A segment as it is found: `start` is the first sample that stands out. */
interface Run extends Omit<Segment, 'since'> {
  readonly sum: number
  readonly highest: number
  /** Of all its samples, and of those before `end`. */
  readonly sums: RampSums
  readonly sumsToEnd: RampSums
}

const NUMBERS = ['top', 'start', 'end', 'peak', 'startMs', 'lastMs', 'peakMs', 'sum', 'highest'] as const
const SUMS = ['amplitudes', 'squares', 'byTime'] as const
const WIDTH = NUMBERS.length + 2 * SUMS.length
/** Lengths of a state: this one, and that of states without the sums of ramps. */
export const SEGMENT_NUMBERS = 2 * WIDTH
export const SEGMENT_NUMBERS_BEFORE = 2 * NUMBERS.length

/**
 * The maximal scoring segment of a series whose samples are worth their `sharp`, held to -1..2: segments are over when their sum falls to 0, or to 40
 * below the largest, or outside of an event 40 samples after it, and end at the sample where it was largest. Sources: Kadane's algorithm (Bentley, Communications of the ACM 27, 1984); the drop, as in
 * BLAST (Altschul et al., Journal of Molecular Biology 215, 1990).
 *
 * @param gap two segments are apart when more samples than this lie between them
 * @param from `state()` of another one
 */
export function segmentFinder(gap = Number.POSITIVE_INFINITY, from?: ArrayLike<number>): SegmentFinder {
  let run = from && readRun(from, 0)
  let best = from && readRun(from, 1)
  const isApart = (later: Run) => best !== undefined && best.top >= CLEAR && later.start - best.end > gap
  let latest: Sample = { i: 0, timeMs: 0, sharp: Number.NaN, within: false }
  const take = ({ i, timeMs, sharp, within }: Sample): void => {
    const worth = Math.max(LEAST, Math.min(MOST, Number.isNaN(sharp) ? Number.NEGATIVE_INFINITY : sharp))
    const sum = Number.isNaN(sharp) ? 0 : (run?.sum ?? 0) + worth
    const isOld = run !== undefined && (sum <= run.top - LOST || (!within && i - run.end >= LOST))
    if (!(sum > 0) || isOld) {
      run = undefined
      return
    }
    const before = run ?? begun(i, timeMs, sharp)
    const { top, start, end, startMs, lastMs, peak, peakMs, highest } = before
    const sums = withSample(before.sums, i - start, sharp)
    const grows = sum > top
    const isPeak = sharp > highest
    run = {
      top: grows ? sum : top,
      start,
      end: grows ? i + 1 : end,
      peak: isPeak ? i : peak,
      startMs,
      lastMs: grows ? timeMs : lastMs,
      peakMs: isPeak ? timeMs : peakMs,
      sum,
      highest: isPeak ? sharp : highest,
      sums,
      sumsToEnd: grows ? sums : before.sumsToEnd,
    }
    if (best === undefined || (run.top > best.top && !isApart(run))) best = run
  }
  return {
    push(i, timeMs, sharp, within) {
      latest = { i, timeMs, sharp, within }
      take(latest)
    },
    begin(over) {
      if (run !== undefined && run.end <= over) {
        run = undefined
        take(latest)
      }
      best = run
    },
    best: () => (best && best.top >= CLEAR ? withRamp(best) : undefined),
    next: () =>
      run !== undefined && run.top >= CLEAR && isApart(run) ? { ...run, since: run.start } : undefined,
    since: () => run?.start,
    holds: (i, last, eventLength = Number.POSITIVE_INFINITY) =>
      run !== undefined &&
      run.top >= CLEAR &&
      run.start < last &&
      i - run.end < Math.min(MOST_QUIET, eventLength / 2) &&
      i - last < Math.min(MOST_BRIDGED, 2 * eventLength) &&
      i - run.start < MOST_HELD,
    state: () => Float64Array.from([...writeRun(run), ...writeRun(best)]),
  }
}

const begun = (i: number, timeMs: number, highest: number): Omit<Run, 'sum'> => ({
  top: 0,
  start: i,
  end: i,
  peak: i,
  startMs: timeMs,
  lastMs: timeMs,
  peakMs: timeMs,
  highest,
  sums: NO_SUMS,
  sumsToEnd: NO_SUMS,
})

/** A segment from where its ramp began, at the pace of its own samples. */
function withRamp(run: Run): Segment {
  const { start, end, startMs, lastMs, sumsToEnd } = run
  const before = Math.min(start, rampBefore(sumsToEnd, end - start))
  if (before === 0) return { ...run, since: start }
  const paceMs = (lastMs - startMs) / (end - 1 - start)
  return { ...run, since: start, start: start - before, startMs: startMs - before * paceMs }
}

const writeRun = (run: Run | undefined) => [
  ...NUMBERS.map(name => run?.[name] ?? Number.NaN),
  ...SUMS.map(name => run?.sums[name] ?? Number.NaN),
  ...SUMS.map(name => run?.sumsToEnd[name] ?? Number.NaN),
]

function readRun(from: ArrayLike<number>, which: 0 | 1): Run | undefined {
  const width = from.length / 2
  const at = which * width
  if (Number.isNaN(from[at])) return undefined
  const named = (names: readonly string[], first: number) =>
    Object.fromEntries(names.map((name, k) => [name, from[first + k]]))
  // Of a state without them the sums are NaN: no ramp.
  const sumsAt = (first: number) =>
    named(SUMS, width === WIDTH ? first : Number.POSITIVE_INFINITY) as unknown as RampSums
  const sums = at + NUMBERS.length
  return {
    ...named(NUMBERS, at),
    sums: sumsAt(sums),
    sumsToEnd: sumsAt(sums + SUMS.length),
  } as unknown as Run
}
