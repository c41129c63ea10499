import type { Relation } from '../tables/relation.js'
import { holdsUnits } from '../tables/unit-column.js'
import { type ColumnRole, isRowNumberName, isStateName } from './column-role.js'
import { type ColumnProfile, MOST_VALUES, wordsOf } from './profile.js'
import type { TimeRole } from './time-role.js'
import { timeSteps } from './time-steps.js'

/** Rows of the same time, and places where the time starts again, below which nothing is said. */
const FEWEST_PAIRS = 3
/** A value of whole numbers that name devices, or of a device after another one, comes at least so often on average. */
const FEWEST_ROWS = 4

/**
 * A column that distinguishes devices, whatever it is called: its values differ in rows of the same time, or change where the time starts again. Columns of
 * texts are preferred to whole numbers, of which each time must have the same ones: counters and readings differ as well.
 */
export function withMixture(
  { sample }: Pick<Relation, 'sample'>,
  columns: readonly ColumnRole[],
  time: TimeRole | undefined,
  profiles: readonly ColumnProfile[],
): readonly ColumnRole[] {
  if (time === undefined || hasDevices(columns, profiles)) return columns
  const texts = columns.flatMap(({ name, role }, i) => {
    const { numbers, values } = profiles[i]!
    const isText = (role === 'state' || role === 'text') && numbers === 0 && values.length > 1
    return isText && !holdsUnits(name, values) ? [i] : []
  })
  const candidates = [...texts, ...wholeNumbers(columns, profiles)]
  if (candidates.length === 0) return columns
  const groups = groupsOf(sample, time.columns)
  const byGroup = candidates.find(i => distinguishes(groups, i, !texts.includes(i)))
  if (byGroup !== undefined) return asDevice(columns, byGroup, 'it differs in rows of the same time')
  const starts = restarts(timeSteps({ sample }, time))
  const byStart = candidates.find(i => startsAgain(sample, starts, i))
  return byStart === undefined
    ? columns
    : asDevice(columns, byStart, 'it changes where the time starts again')
}

/** Whether a column is known to name several devices; an id that is the same in every row says nothing of the others. */
export function hasDevices(columns: readonly ColumnRole[], profiles: readonly ColumnProfile[]): boolean {
  return columns.some(({ role }, i) => role === 'device' && profiles[i]!.values.length > 1)
}

function asDevice(columns: readonly ColumnRole[], device: number, reason: string): ColumnRole[] {
  return columns.map((column, i) => (i === device ? { ...column, role: 'device', reason } : column))
}

/** Columns of whole numbers that may name devices, those of states last, then those of fewer values first. */
function wholeNumbers(columns: readonly ColumnRole[], profiles: readonly ColumnProfile[]): number[] {
  const found = columns.flatMap(({ name, role, reason }, i) => {
    const { isInteger, numbers, filled, values } = profiles[i]!
    const isWhole = isInteger && numbers === filled && values.length > 1
    const isOften = values.length <= MOST_VALUES && values.length * FEWEST_ROWS <= filled
    const isOpen = (role === 'channel' || role === 'counter') && reason !== 'as asked'
    return isWhole && isOften && isOpen && !isRowNumberName(plainName(name)) ? [i] : []
  })
  const isState = (i: number) => Number(isStateName(plainName(columns[i]!.name)))
  return found.sort(
    (a, b) => isState(a) - isState(b) || profiles[a]!.values.length - profiles[b]!.values.length,
  )
}

const plainName = (name: string) => wordsOf(name).join(' ')

/** Rows that follow on one another and have the same time. */
function groupsOf(sample: Relation['sample'], time: readonly number[]): (readonly (readonly string[])[])[] {
  const groups: (readonly string[])[][] = []
  for (const row of sample) {
    const last = groups.at(-1)
    if (last !== undefined && time.every(i => last[0]![i] === row[i])) last.push(row)
    else groups.push([row])
  }
  return groups
}

/** Whether a column differs within each group of rows; of whole numbers most groups must have the same. */
function distinguishes(
  groups: readonly (readonly (readonly string[])[])[],
  column: number,
  areAlike: boolean,
): boolean {
  const several = groups.filter(group => group.length > 1)
  const pairs = several.reduce((sum, group) => sum + group.length - 1, 0)
  const rows = groups.reduce((sum, group) => sum + group.length, 0)
  if (pairs < FEWEST_PAIRS || pairs * 3 < rows) return false
  const cells = several.map(group => group.map(row => row[column] ?? ''))
  const isDifferent = (values: readonly string[]) =>
    values.every((value, i) => i === 0 || value !== values[i - 1])
  if (!areAlike) return cells.every(isDifferent)
  const sets = cells.map(values => [...new Set(values)].sort().join())
  const commonest = Math.max(...[...new Set(sets)].map(set => sets.filter(other => other === set).length))
  return cells.every(values => new Set(values).size === values.length) && commonest * 5 >= sets.length * 4
}

/** Rows at which the time goes back over most of what it had come forward since it began. */
function restarts(steps: readonly number[]): number[] {
  const found: number[] = []
  let forward = 0
  steps.forEach((step, i) => {
    if (step < 0 && -step * 2 > forward) {
      if (forward > 0) found.push(i + 1)
      forward = 0
    } else if (step > 0) forward += step
  })
  return found
}

/** Whether a column has a value of its own in each part between restarts, and these are no other rows that are earlier than the one before. */
function startsAgain(sample: Relation['sample'], starts: readonly number[], column: number): boolean {
  const value = (row: number) => sample[row]![column] ?? ''
  const changes = sample.flatMap((_, row) => (row > 0 && value(row) !== value(row - 1) ? [row] : []))
  const different = new Set(sample.map((_, row) => value(row))).size
  const isOften = different * FEWEST_ROWS <= sample.length
  return (
    starts.length > 0 &&
    isOften &&
    changes.length + 1 === different &&
    starts.every(row => changes.includes(row))
  )
}
