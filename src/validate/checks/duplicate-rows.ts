import { type Frame, sampleCount } from '../../core/frame.js'
import { at, type Check } from '../evidence.js'
import { percent } from '../issue.js'

/** Largest share of duplicate rows, by level. */
const LIMIT = { strict: 0.05, moderate: 0.1, permissive: 0.1 }

/**
 * Rows that repeat an earlier one. Equal readings at another time are what slow sensors give, and no fault: with times, a duplicate has
 * the same time too; without, repeats are only counted.
 */
export const checkDuplicateRows: Check = ({ frame, level, schema, time }) => {
  const isNumbered = frame.timeKind === 'index'
  const isOrdered = !isNumbered && time.repeated + time.backwards + time.unreadable === 0
  if (isOrdered || (isNumbered && schema)) return []
  const { count, first } = countDuplicates(frame)
  if (count === 0) return []
  const share = count / sampleCount(frame)
  const values = { share: percent(share), limit: percent(LIMIT[level]) }
  if (isNumbered) return [{ code: 'readings-repeat', place: at(first), count, values }]
  const code = share > LIMIT[level] ? 'rows-duplicate-many' : 'rows-duplicate'
  return [{ code, place: at(first), count, values }]
}

/** Rows equal to an earlier row, by a table of hashes with open addressing; NaN equals NaN. Cost O(N C), memory 4 bytes x 2 to 4 N. */
export function countDuplicates(frame: Frame): { count: number; first: number } {
  const { timeMs, timeKind, values } = frame
  const n = sampleCount(frame)
  const width = frame.channels.length
  const bits = 1 + Math.ceil(Math.log2(Math.max(2, n)))
  const slots = new Int32Array(2 ** bits).fill(-1)
  const mask = slots.length - 1
  const words = new Uint32Array(2)
  const number = new Float64Array(words.buffer)
  const isEqual = (a: number, b: number) => {
    if (timeKind === 'utc' && timeMs[a] !== timeMs[b]) return false
    for (let c = 0; c < width; c++) {
      const left = values[a * width + c]
      const right = values[b * width + c]
      if (left !== right && !(Number.isNaN(left) && Number.isNaN(right))) return false
    }
    return true
  }
  let count = 0
  let first = -1
  for (let i = 0; i < n; i++) {
    let hash = 0x811c9dc5
    const mix = (value: number) => {
      // -0 equals 0, and every NaN equals every other.
      number[0] = Number.isNaN(value) ? Number.NaN : value + 0
      hash = Math.imul(hash ^ words[0], 0x85ebca6b)
      hash = Math.imul(hash ^ (hash >>> 15) ^ words[1], 0xc2b2ae35)
    }
    if (timeKind === 'utc') mix(timeMs[i])
    for (let c = 0; c < width; c++) mix(values[i * width + c])
    let slot = (hash ^ (hash >>> 16)) & mask
    while (slots[slot] >= 0 && !isEqual(slots[slot], i)) slot = (slot + 1) & mask
    if (slots[slot] < 0) slots[slot] = i
    else if (count++ === 0) first = i
  }
  return { count, first }
}
