import { joinParts, type Part, pickSamples, slicePart } from './part.js'

export const DUPLICATE_POLICIES = ['keep', 'first', 'last', 'mean', 'error'] as const
export const LATE_POLICIES = ['error', 'drop', 'sort'] as const
/** What becomes of samples with the time of the one before; `mean` is over the readings that are there, a label is 1 when one of them is. */
export type DuplicatePolicy = (typeof DUPLICATE_POLICIES)[number]
/** What becomes of samples that are earlier than the one before. */
export type LatePolicy = (typeof LATE_POLICIES)[number]

export interface OrderOptions {
  readonly duplicateTimes: DuplicatePolicy
  readonly lateRows: LatePolicy
  /** Samples that are held back to be sorted: how late one may come. */
  readonly sortSpan: number
}

export interface OrderCounts {
  /** Called for each sample that is earlier than the one before it. */
  late(row: number): void
  duplicate(row: number): void
  /** Makes the error of a sample that the policy does not allow. */
  refuse(row: number, reason: string): never
}

/** A stage that takes parts and gives parts; what is held back comes out at the end. */
export interface Stage {
  push(part: Part): Part[]
  end(): Part[]
}

/** Puts the samples of one device into the order of time. Cost O(n) for samples in order, O(n log n) with `sort`. */
export function createSorter(options: OrderOptions, counts: OrderCounts): Stage {
  return options.lateRows === 'sort'
    ? createBufferedSorter(options.sortSpan, counts)
    : createLateCheck(options, counts)
}

function createLateCheck({ lateRows }: OrderOptions, counts: OrderCounts): Stage {
  let latest = Number.NEGATIVE_INFINITY
  return {
    end: () => [],
    push(part) {
      const { timeMs, row } = part
      let late = 0
      for (let i = 0, last = latest; i < timeMs.length; i++) {
        if (timeMs[i]! < last) late++
        else last = timeMs[i]!
      }
      if (late === 0) {
        latest = timeMs.at(-1) ?? latest
        return [part]
      }
      const kept: number[] = []
      for (let i = 0; i < timeMs.length; i++) {
        if (timeMs[i]! >= latest) {
          latest = timeMs[i]!
          kept.push(i)
          continue
        }
        if (lateRows === 'error') counts.refuse(row[i]!, 'the time goes backwards')
        counts.late(row[i]!)
      }
      return [pickSamples(part, kept)]
    },
  }
}

function createBufferedSorter(span: number, counts: OrderCounts): Stage {
  let held: Part[] = []
  let size = 0
  let newest = Number.NEGATIVE_INFINITY
  let given = Number.NEGATIVE_INFINITY
  const takeSorted = (): Part => {
    const all = joinParts(held)
    const { timeMs } = all
    let sorted = true
    for (let i = 1; i < timeMs.length; i++) sorted &&= timeMs[i]! >= timeMs[i - 1]!
    held = []
    size = 0
    if (sorted) return all
    const positions = Array.from(timeMs, (_, i) => i)
    return pickSamples(
      all,
      positions.sort((a, b) => timeMs[a]! - timeMs[b]! || a - b),
    )
  }
  return {
    push(part) {
      part.timeMs.forEach((time, i) => {
        if (time < newest) counts.late(part.row[i]!)
        else newest = time
        if (time < given)
          counts.refuse(part.row[i]!, `the time goes back by more than the ${span} rows that are sorted`)
      })
      held.push(part)
      size += part.timeMs.length
      if (size < 2 * span) return []
      const all = takeSorted()
      const keep = all.timeMs.length - span
      held = [slicePart(all, keep, all.timeMs.length)]
      size = span
      given = all.timeMs[keep - 1]!
      return [slicePart(all, 0, keep)]
    },
    end: () => (size === 0 ? [] : [takeSorted()]),
  }
}

/** Joins samples of one device that have the same time; they must be in order. Cost O(n). */
export function createJoiner({ duplicateTimes }: OrderOptions, counts: OrderCounts): Stage {
  let previous = Number.NaN
  const join = (parts: Part) => (duplicateTimes === 'keep' ? parts : joinEqualTimes(parts, duplicateTimes))
  let held: Part | undefined
  return {
    push(part) {
      const { timeMs, row } = part
      // In a variable of its own: one that outlives the call would be allocated again for each sample.
      let last = previous
      for (let i = 0; i < timeMs.length; i++) {
        const time = timeMs[i]!
        if (time === last) {
          if (duplicateTimes === 'error') counts.refuse(row[i]!, 'the time is that of the row before')
          counts.duplicate(row[i]!)
        }
        last = time
      }
      previous = last
      if (duplicateTimes === 'keep' || duplicateTimes === 'error') return [part]
      const all = held ? joinParts([held, part]) : part
      // The last time may continue in the next part.
      let open = all.timeMs.length
      while (open > 0 && all.timeMs[open - 1] === previous) open--
      held = slicePart(all, open, all.timeMs.length)
      return open === 0 ? [] : [join(slicePart(all, 0, open))]
    },
    end: () => (held && held.timeMs.length > 0 ? [join(held)] : []),
  }
}

function joinEqualTimes(part: Part, policy: 'first' | 'last' | 'mean' | 'error'): Part {
  const { timeMs } = part
  const runs: { start: number; end: number }[] = []
  for (let i = 0; i < timeMs.length; i++) {
    if (i > 0 && timeMs[i] === timeMs[i - 1]) runs.at(-1)!.end = i + 1
    else runs.push({ start: i, end: i + 1 })
  }
  if (runs.length === timeMs.length) return part
  const picked = pickSamples(
    part,
    runs.map(run => (policy === 'last' ? run.end - 1 : run.start)),
  )
  runs.forEach(({ start, end }, to) => {
    if (picked.labels) picked.labels[to] = part.labels!.subarray(start, end).includes(1) ? 1 : 0
    if (policy === 'mean' && end - start > 1) meanOf(part, start, end, picked.values, to)
  })
  return picked
}

/** Writes the mean of samples `[start, end)` to sample `to` of `values`, NaN left out. */
function meanOf(part: Part, start: number, end: number, values: Float64Array, to: number): void {
  const width = part.values.length / part.timeMs.length
  for (let c = 0; c < width; c++) {
    let sum = 0
    let count = 0
    for (let i = start; i < end; i++) {
      const value = part.values[i * width + c]!
      if (Number.isNaN(value)) continue
      sum += value
      count++
    }
    values[to * width + c] = sum / count
  }
}
