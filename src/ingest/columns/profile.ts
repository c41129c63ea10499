import { isClockText, scanTime } from '../../core/time-text.js'
import { isMissingText } from '../tables/cell.js'
import { markOf } from '../tables/marked.js'
import { numberOfCell } from '../tables/number.js'
import { type Decimal, numberFormOf } from '../tables/number-form.js'

/** What the sampled cells of one column have in common. Missing cells are left out of everything but `cells`. */
export interface ColumnProfile {
  readonly cells: number
  readonly filled: number
  /** Of the filled cells: how many are numbers; of the first texts, how many are times and times of day. */
  readonly numbers: number
  readonly times: number
  readonly clocks: number
  /** Filled cells that begin as a number does, numbers included. */
  readonly numberLike: number
  /** The different texts in the order in which they appear, as far as `MOST_VALUES`. */
  readonly values: readonly string[]
  readonly isInteger: boolean
  readonly min: number
  readonly max: number
  /** Steps between consecutive numbers: rising, equal, falling; those of exactly 1; the commonest. */
  readonly rising: number
  readonly equal: number
  readonly falling: number
  readonly ones: number
  /** Falling steps of exactly 1. */
  readonly minusOnes: number
  /** The commonest rising step, 0 without one, and the share of the steps that are it. */
  readonly step: number
  readonly regular: number
}

export const MOST_VALUES = 64
/** Texts of a column that are tried as times. */
const MOST_TEXTS = 64
/** Different steps that are counted: a column with more has no usual one. */
const MOST_STEPS = 256

/** How the numbers of a column are written. */
function readingOf(cells: readonly string[], decimal: Decimal | undefined) {
  return { ...(decimal && { decimal }), ...numberFormOf([0], () => cells) }
}

const noCounts = () => ({
  filled: 0,
  numbers: 0,
  times: 0,
  clocks: 0,
  numberLike: 0,
  rising: 0,
  equal: 0,
  falling: 0,
  ones: 0,
  minusOnes: 0,
})

/** Profiles one column of the sample. Cost O(cells). */
export function profileColumn(cells: readonly string[], decimal: Decimal | undefined): ColumnProfile {
  const values = new Set<string>()
  const steps = new Map<number, number>()
  const found = noCounts()
  const reading = readingOf(cells, decimal)
  let texts = 0
  let isInteger = true
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  let previous = Number.NaN
  for (const raw of cells) {
    const cell = raw.trim()
    if (isMissingText(cell, true)) continue
    found.filled++
    if (values.size <= MOST_VALUES) values.add(cell)
    const number = numberOfCell(cell, reading, 0)
    if (Number.isNaN(number)) {
      if (texts++ < MOST_TEXTS) {
        if (scanTime(cell) !== undefined) found.times++
        else if (isClockText(cell)) found.clocks++
      }
      if (/^[+-]?[.,]?\d/.test(cell) || markOf(cell) !== undefined) found.numberLike++
      continue
    }
    found.numbers++
    found.numberLike++
    isInteger &&= Number.isInteger(number)
    min = Math.min(min, number)
    max = Math.max(max, number)
    const step = number - previous
    if (step > 0) found.rising++
    else if (step === 0) found.equal++
    else if (step < 0) found.falling++
    if (step === 1) found.ones++
    else if (step === -1) found.minusOnes++
    if (!Number.isNaN(step) && steps.size < MOST_STEPS) {
      // Decimals leave a rounding error in their steps.
      const rounded = Number.isInteger(step) ? step : Number(step.toPrecision(6))
      steps.set(rounded, (steps.get(rounded) ?? 0) + 1)
    }
    previous = number
  }
  const all = found.rising + found.equal + found.falling
  const [step, commonest] = [...steps].reduce<readonly [number, number]>(
    (best, next) => (next[0] > 0 && next[1] > best[1] ? next : best),
    [0, 0],
  )
  return {
    cells: cells.length,
    ...found,
    values: [...values],
    isInteger: isInteger && found.numbers > 0,
    min,
    max,
    step,
    regular: all === 0 ? 0 : commonest / all,
  }
}

/** Words of a name, in small letters: `Is_Anomaly` and `isAnomaly` are `is anomaly`. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d#°%]+/u)
    .filter(word => word !== '')
}
