const LATEST_MS = 8.64e15
const SMALLEST_EPOCH = 1e8
/** Epochs are told apart by size: 1e11 s is the year 5138, 1e11 ms is 1973, and so on upwards. */
const UNITS = [
  { unit: 'seconds', below: 1e11, toMs: (t: number) => t * 1000 },
  { unit: 'milliseconds', below: 1e14, toMs: (t: number) => t },
  { unit: 'microseconds', below: 1e17, toMs: (t: number) => t / 1e3 },
  { unit: 'nanoseconds', below: Number.POSITIVE_INFINITY, toMs: (t: number) => t / 1e6 },
]

/** The first row whose time cannot be used, and why. */
export interface TimeProblem {
  readonly row: number
  readonly reason: string
}

/**
 * Turns a column of times into ms since the Unix epoch, in place, and adds what the reader should know to `notes`.
 * Numbers are seconds, ms, us or ns by the size of the largest. Returns the first problem. Cost O(N).
 */
export function toEpochMs(
  time: Float64Array,
  column: string,
  kind: 'text' | 'number',
  notes: string[],
): TimeProblem | undefined {
  let equal = 0
  for (let i = 1; i < time.length; i++) {
    if (time[i]! < time[i - 1]!) return { row: i, reason: 'the time goes backwards' }
    if (time[i] === time[i - 1]) equal++
  }
  if (equal > 0)
    notes.push(`${equal} ${equal === 1 ? 'sample has' : 'samples have'} the time of the one before`)
  if (kind === 'number') {
    const largest = Math.max(Math.abs(time[0]!), Math.abs(time.at(-1)!))
    const { unit, toMs } = UNITS.find(({ below }) => largest < below)!
    for (let i = 0; i < time.length; i++) time[i] = toMs(time[i]!)
    notes.push(
      largest < SMALLEST_EPOCH
        ? `the numbers in ${column} are too small for dates: taken as seconds since 1970-01-01`
        : `the numbers in ${column} are taken as ${unit} since 1970-01-01`,
    )
  }
  const row = time.findIndex(t => Math.abs(t) > LATEST_MS)
  return row < 0 ? undefined : { row, reason: 'the time is outside of the calendar' }
}
