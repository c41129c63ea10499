/** A segment of samples that are unusual without smoothing, `[start, end)`. */
export interface Segment {
  /** Largest sum of what its samples were worth, reached at `end`. */
  readonly top: number
  readonly start: number
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
/** A segment ends when it has lost this much of its largest sum: as much as 20 clear samples are worth. */
const LOST = 40
/** A segment that is worth less places no event. */
export const CLEAR = 2

/** Finds, sample by sample, the segment that stands out most. Memory and cost O(1). */
export interface SegmentFinder {
  /** @param sharp above 0 = unusual; NaN ends a segment */
  push(i: number, timeMs: number, sharp: number): void
  /** Forgets segments that are over: an event begins. */
  begin(): void
  /** The best segment since `begin`, or the one that was open then; one that is apart from it is none. */
  best(): Segment | undefined
  /** The open segment, once it is clear, when the best one is clear too and they are apart. */
  next(): Segment | undefined
  /** First sample of the open segment; undefined when there is none. */
  since(): number | undefined
  /** `[18]` for `segmentFinder`. */
  state(): Float64Array
}

interface Run extends Segment {
  readonly sum: number
  readonly highest: number
}

const NUMBERS = ['top', 'start', 'end', 'peak', 'startMs', 'lastMs', 'peakMs', 'sum', 'highest'] as const
export const SEGMENT_NUMBERS = 2 * NUMBERS.length

/**
 * The maximal scoring segment of a series whose samples are worth their `sharp`, held to -1..2: segments are over when their sum falls to 0, or to 40
 * below the largest, and end at the sample where it was largest. Sources: Kadane's algorithm (Bentley, Communications of the ACM 27, 1984); the drop, as in
 * BLAST (Altschul et al., Journal of Molecular Biology 215, 1990).
 *
 * @param gap two segments are apart when more samples than this lie between them
 * @param from `state()` of another one
 */
export function segmentFinder(gap = Number.POSITIVE_INFINITY, from?: ArrayLike<number>): SegmentFinder {
  let run = from && readRun(from, 0)
  let best = from && readRun(from, NUMBERS.length)
  const isApart = (later: Run) => best !== undefined && best.top >= CLEAR && later.start - best.end > gap
  return {
    push(i, timeMs, sharp) {
      const worth = Math.max(LEAST, Math.min(MOST, Number.isNaN(sharp) ? Number.NEGATIVE_INFINITY : sharp))
      const sum = Number.isNaN(sharp) ? 0 : (run?.sum ?? 0) + worth
      if (!(sum > 0) || (run !== undefined && sum <= run.top - LOST)) {
        run = undefined
        return
      }
      const here = { peak: i, peakMs: timeMs, highest: sharp }
      const before = run ?? { top: 0, start: i, startMs: timeMs, end: i, lastMs: timeMs, ...here }
      const grown = sum > before.top ? { top: sum, end: i + 1, lastMs: timeMs } : {}
      run = { ...before, ...grown, ...(sharp > before.highest && here), sum }
      if (best === undefined || (run.top > best.top && !isApart(run))) best = run
    },
    begin() {
      best = run
    },
    best: () => (best && best.top >= CLEAR ? best : undefined),
    next: () => (run !== undefined && run.top >= CLEAR && isApart(run) ? run : undefined),
    since: () => run?.start,
    state: () => Float64Array.from([...writeRun(run), ...writeRun(best)]),
  }
}

const writeRun = (run: Run | undefined) => NUMBERS.map(name => run?.[name] ?? Number.NaN)

function readRun(from: ArrayLike<number>, at: number): Run | undefined {
  if (Number.isNaN(from[at])) return undefined
  return Object.fromEntries(NUMBERS.map((name, k) => [name, from[at + k]])) as unknown as Run
}
