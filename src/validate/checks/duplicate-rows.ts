import { at, type Check } from '../evidence.js'
import { percent } from '../issue.js'

/** Largest share of duplicate rows, by level. */
const LIMIT = { strict: 0.05, moderate: 0.1, permissive: 0.1 }

/**
 * Rows that repeat an earlier one. Equal readings at another time are what slow sensors give, and no fault: with times, a duplicate has
 * the same time too; without, repeats are only counted.
 */
export const checkDuplicateRows: Check = ({ readings, samples, level, schema, time }) => {
  const isNumbered = time.kind === 'index'
  const isOrdered = !isNumbered && time.repeated + time.backwards + time.unreadable === 0
  if (isOrdered || (isNumbered && schema)) return []
  const { count, first } = readings.duplicates()
  if (count === 0) return []
  const share = count / samples
  const values = { share: percent(share), limit: percent(LIMIT[level]) }
  if (isNumbered) return [{ code: 'readings-repeat', place: at(first), count, values }]
  const code = share > LIMIT[level] ? 'rows-duplicate-many' : 'rows-duplicate'
  return [{ code, place: at(first), count, values }]
}
