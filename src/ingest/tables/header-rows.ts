import { isMissingText } from './cell.js'
import { isDatum, isMoment, isNumberText } from './datum.js'
import { isUnit, isUnitLabel } from './unit-text.js'

/** A line of a table: its number, its cells without the empty ones at its end, and how many it had with them. */
export interface Row {
  readonly at: number
  readonly cells: readonly string[]
  readonly width: number
}

/** What the rows above the data are. */
export interface HeaderRows {
  /** Position of the first row of data. */
  readonly data: number
  /** Names of the columns; undefined where no row holds them. */
  readonly names?: readonly string[]
  readonly units?: readonly string[]
  /** Rows before that of the names, and rows under it that are neither names nor units. */
  readonly before: number
  readonly under: number
  /** The first of those under it. */
  readonly firstUnder?: Row
  /** The names are made of several rows. */
  readonly isJoined: boolean
}

const MOST_ROWS = 256
const NO_GAPS: ReadonlySet<number> = new Set()
/** Rows of data below which a row under the names that is none is a fault, not a property. */
const FEWEST_ROWS = 3
/** Labels of the row that holds the names, where every row begins with what it holds. */
const NAME_LABEL =
  /^(?:names?|tags?|tag ?names?|signals?|signal ?names?|channel ?names?|variables?|variable ?names?|bezeichnung|kanalname|messstelle)$/i
const TIME_LABEL =
  /(?:^|[^\p{L}])(?:time|timestamp|datetime|date|stamp|zeit|uhrzeit|datum|zeitstempel|fecha|hora|heure|data|ora)(?:$|[^\p{L}])/iu
const DATE_PATTERN = /^(?=.*y)(?=.*d)[dmyhst:/.\- ]{6,}$/i

/** What the rows of data, at the end of the first lines, have in common. */
interface Body {
  /** Columns of numbers and times. */
  readonly data: readonly number[]
  /** The first column that always holds a number or a time. */
  readonly key: number
  /** The columns that say when, or which row: those up to the key, and times beside it. */
  readonly keys: readonly number[]
  /** Columns of readings: those with data that are no keys, or all where there are no others. */
  readonly values: readonly number[]
  /** The key is a time. */
  readonly isTimed: boolean
  /** Columns before the key in which no row of data has anything. */
  readonly blank: readonly number[]
  readonly width: number
  /** The same with the empty cells at the ends of lines. */
  readonly whole: number
}

const textAt = ({ cells }: Row, i: number) => (cells[i] ?? '').trim()

/**
 * Finds the rows above the data and what they hold: the names, the units, and properties such as types, addresses and ranges. A row is one of the
 * data where its key, the first column that always holds a number or a time below, holds one as well. The names are the row that is labelled
 * so, or begins with the name of a time, or the first that names each column differently; else several rows together. Undefined where no column
 * always holds a number or a time.
 */
export function findHeaderRows(table: readonly Row[], gaps: ReadonlySet<number>): HeaderRows | undefined {
  const body = bodyOf(table, Math.min(40, Math.floor(table.length / 2))) ?? bodyOfOne(table)
  if (body === undefined) return undefined
  const data = table.slice(0, MOST_ROWS).findIndex((_, i) => startsData(table, i, body))
  if (data < 0) return undefined
  const near = blockAbove(table, data, gaps)
  // A blank line parts the names from what is above them, not from rows of data with a fault.
  const block = near.some(row => isTextual(row, body)) ? near : blockAbove(table, data, NO_GAPS)
  const units = unitsAmong(table.slice(0, data), block, body, table.slice(data, data + 20))
  const named = namesAmong(block, units, body, table.slice(data))
  if (named === undefined) return { data, before: data, under: 0, isJoined: false }
  const used = new Set(units === undefined ? named.rows : [...named.rows, units])
  const last = table.findLastIndex((row, i) => i < data && used.has(row))
  // Rows under the names that hold values, none beside a text, are data with a time that is missing or wrong.
  const below = table.slice(last + 1, data)
  const isValue = (text: string) => isMissingText(text, true) || isDatum(text)
  const holdsValues = (row: Row) =>
    isDataRow(row, body) ||
    (!TIME_LABEL.test(textAt(row, body.key)) &&
      body.values.every(i => i === body.key || isValue(textAt(row, i))))
  const isFew = table.slice(data).filter(row => isDataRow(row, body)).length < FEWEST_ROWS
  const areData = isFew || below.every(holdsValues)
  const first = table.indexOf(named.rows[0]!)
  const isOther = (row: Row) => !used.has(row) && !isBreak(row)
  const under = table.slice(first, areData ? last : data).filter(isOther)
  return {
    data: areData ? last + 1 : data,
    names: named.names,
    ...(units && { units: units.cells }),
    before: table.slice(0, first).filter(row => !used.has(row)).length,
    under: under.length,
    ...(under.length > 0 && { firstUnder: under[0]! }),
    isJoined: named.rows.length > 1,
  }
}

/** Of a table with a single row of data, the last one: it holds little else than data, and no other row is like it. */
function bodyOfOne(table: readonly Row[]): Body | undefined {
  const { cells } = table.at(-1)!
  if (table.length === 1 || cells.filter(isDatum).length * 2 <= cells.length) return undefined
  const body = bodyOf(table, 1)
  return body && table.slice(0, -1).some(row => isDataRow(row, body)) ? undefined : body
}

/** @param size rows at the end that it is taken from */
function bodyOf(table: readonly Row[], size: number): Body | undefined {
  const rows = table.slice(-Math.max(1, size))
  const width = commonWidth(rows.map(({ cells }) => cells.length))
  const share = (i: number, test: (text: string) => boolean) =>
    rows.filter(row => test(textAt(row, i))).length / rows.length
  const columns = Array.from({ length: width }, (_, i) => i)
  const data = columns.filter(i => share(i, isDatum) > 0.5)
  const key = data.find(i => share(i, isDatum) > 0.7)
  if (key === undefined) return undefined
  const isTime = (i: number) => share(i, text => isMoment(text) && !isNumberText(text)) > 0.5
  const keys = columns.filter(i => i <= key || isTime(i))
  const values = data.filter(i => !keys.includes(i))
  return {
    data,
    key,
    keys,
    isTimed: isTime(key),
    values: values.length === 0 ? data : values,
    blank: columns.filter(i => i < key && share(i, text => text === '') === 1),
    width,
    whole: Math.max(width, commonWidth(rows.map(row => row.width))),
  }
}

/** The number of cells that most lines have; of equally many the larger. */
export function commonWidth(widths: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1)
  return [...counts].reduce((best, next) =>
    next[1] > best[1] || (next[1] === best[1] && next[0] > best[0]) ? next : best,
  )[0]
}

function startsData(table: readonly Row[], at: number, body: Body): boolean {
  const next = table.slice(at, at + 4).map(row => isDataRow(row, body))
  return next[0]! && next[1] !== false && next.filter(Boolean).length * 2 > next.length
}

function isDataRow(row: Row, { data, key, blank, isTimed }: Body): boolean {
  const lead = textAt(row, key)
  const isSaidMissing = lead !== '' && isMissingText(lead, true)
  if (!(isDatum(lead) || isSaidMissing) || blank.some(i => textAt(row, i) !== '')) return false
  // Texts beside a time are readings that are none.
  if (isTimed && isMoment(lead) && !isNumberText(lead)) return true
  const filled = data.map(i => textAt(row, i)).filter(text => !isMissingText(text, true))
  return filled.filter(isDatum).length * 2 >= filled.length
}

/** A line that parts what is above it from what is below: of one cell, of none, or drawn. */
const isBreak = ({ cells }: Row) =>
  cells.length === 1 || cells.every(cell => cell.trim() === '') || isRule(cells)

/** The line under the header of consoles and of Markdown. */
export function isRule(cells: readonly string[]): boolean {
  const filled = cells.filter(cell => cell.trim() !== '')
  const isLine = (cell: string) => /^[+:]?-{3,}:?(?:\+-{3,})*\+?$/.test(cell.trim())
  // Under the short names of a console a line is short as well.
  return filled.some(isLine) && filled.every(cell => isLine(cell) || /^-{1,2}$/.test(cell.trim()))
}

/** The rows directly above the data up to a line that parts them; where there are none, those above that. */
function blockAbove(table: readonly Row[], data: number, gaps: ReadonlySet<number>): readonly Row[] {
  let end = data - 1
  while (end >= 0 && isBreak(table[end]!)) end--
  let start = end
  while (start > 0 && !isBreak(table[start - 1]!) && !gaps.has(table[start]!.at)) start--
  return end < 0 ? [] : table.slice(start, end + 1)
}

/** The row of units: one that is labelled so, or the first under another one whose texts read like units. */
function unitsAmong(
  above: readonly Row[],
  block: readonly Row[],
  { keys, values }: Body,
  below: readonly Row[],
): Row | undefined {
  const isOnly = (row: Row) => block.length === 1 && block[0] === row
  const isLabelled = (row: Row) =>
    keys.some(i => isUnitLabel(textAt(row, i))) && values.some(i => isUnit(textAt(row, i)))
  return (
    above.find(row => isLabelled(row) && !isOnly(row)) ?? block.slice(1).find(row => areUnits(row, below))
  )
}

/** Whether the cells of a row are units: none is a number or time where the rows below hold some, and most read like units. */
function areUnits(row: Row, below: readonly Row[]): boolean {
  if (below.length === 0) return false
  const numeric = row.cells.map(
    (_, i) => below.filter(one => isDatum(textAt(one, i))).length * 2 > below.length,
  )
  if (!numeric.some(Boolean)) return false
  const filled = row.cells.map(cell => cell.trim()).filter(cell => cell !== '' && !isMissingText(cell, true))
  if (filled.length === 0 || row.cells.some((cell, i) => numeric[i] && isDatum(cell))) return false
  return filled.filter(isUnit).length * 2 >= filled.length
}

interface Named {
  readonly names: readonly string[]
  readonly rows: readonly Row[]
}

function namesAmong(
  block: readonly Row[],
  units: Row | undefined,
  body: Body,
  below: readonly Row[],
): Named | undefined {
  const { values, width, whole, keys } = body
  const rows = block.filter(row => row !== units)
  const count = (row: Row) => values.filter(i => textAt(row, i) !== '').length
  const isWide = (row: Row) => count(row) === values.length || row.width >= width
  const candidates = rows.filter(row => row.cells.length <= whole + 1 && count(row) > 0 && isWide(row))
  const texts = candidates.filter(row => isTextual(row, body))
  const chosen = chooseRow(texts, body)
  const found =
    chosen === undefined
      ? (joinRows(texts, values) ?? joinRows(candidates, values) ?? candidates.slice(0, 1))
      : withGroup(chosen, rows, values)
  if (found.length === 0) return undefined
  const own = joinedNames(found, values)
  const keyOf = keyNames(block, found[0]!, body)
  const names = Array.from({ length: Math.max(own.length, keys.at(-1)! + 1) }, (_, i) =>
    keys.includes(i) ? keyOf(i) : (own[i] ?? ''),
  )
  return { names: withoutCopies(names, found[0]!, body, below), rows: found }
}

/** Whether a row may hold names: it has some, and no number or time among the keys and readings. */
function isTextual(row: Row, { keys, values }: Body): boolean {
  const texts = [...keys, ...values].map(i => textAt(row, i))
  return !texts.some(isDatum) && values.some(i => textAt(row, i) !== '')
}

/** The one row that holds the names: labelled so, or named like a time where its times are, or the first with an empty corner; undefined where none is enough. */
function chooseRow(texts: readonly Row[], { keys, values }: Body): Row | undefined {
  const corner = (row: Row) => keys.map(i => textAt(row, i)).filter(text => text !== '')
  const isLabelled = (row: Row) =>
    corner(row).some(text => NAME_LABEL.test(text)) && values.every(i => textAt(row, i) !== '')
  const isOnce = ({ cells }: Row) => {
    const filled = cells.map(cell => cell.trim()).filter(cell => cell !== '')
    return new Set(filled).size === filled.length
  }
  const unique = texts.filter(row => areUnique(values.map(i => textAt(row, i))) && isOnce(row))
  return (
    texts.find(isLabelled) ??
    unique.findLast(row => corner(row).some(text => TIME_LABEL.test(text))) ??
    unique.find(row => corner(row).length === 0) ??
    unique.at(-1)
  )
}

const areUnique = (texts: readonly string[]) => !texts.includes('') && new Set(texts).size === texts.length

/** The first rows that name each column differently together; those that say the same of all columns are left out. */
function joinRows(rows: readonly Row[], values: readonly number[]): readonly Row[] | undefined {
  const used: Row[] = []
  for (const row of rows) {
    const isSame = values.length > 1 && new Set(values.map(i => textAt(row, i))).size === 1
    if (isSame) continue
    used.push(row)
    const names = joinedNames(used, values)
    if (areUnique(values.map(i => names[i] ?? ''))) return used
  }
  return undefined
}

/** A row of groups above that of the names, each over several columns, belongs to them. */
function withGroup(row: Row, rows: readonly Row[], values: readonly number[]): readonly Row[] {
  const above = rows[rows.indexOf(row) - 1]
  if (above === undefined || above.width < row.cells.length) return [row]
  const groups = values.map(i => textAt(above, i))
  const named = groups.filter(group => group !== '')
  const isGroup = groups[0] !== '' && named.length > 1 && named.length < groups.length
  return isGroup && !named.some(isDatum) ? [above, row] : [row]
}

/** The cells of several rows by column, each but the last row spread over the columns without one of their own. */
function joinedNames(rows: readonly Row[], values: readonly number[]): string[] {
  const width = Math.max(...rows.map(row => (row === rows.at(-1) ? row.cells.length : row.width)))
  const parts = rows.map((row, k) => {
    let group = ''
    return Array.from({ length: width }, (_, i) => {
      const own = textAt(row, i)
      if (k === rows.length - 1 || !values.includes(i)) return own
      if (own !== '') group = own
      return group
    })
  })
  return Array.from({ length: width }, (_, i) =>
    parts
      .map(part => part[i]!)
      .filter(part => part !== '')
      .join(' '),
  )
}

/** The names of the keys: of the row of the block that has most of them, that of the names before others. */
function keyNames(block: readonly Row[], names: Row, { key, keys }: Body): (column: number) => string {
  const count = (row: Row) => keys.filter(i => textAt(row, i) !== '').length
  const most = Math.max(...block.map(count))
  const row = count(names) === most ? names : block.findLast(one => count(one) === most)!
  return column => {
    const text = textAt(row, column)
    if (column === key && block.length > 1 && NAME_LABEL.test(text)) return 'index'
    return DATE_PATTERN.test(text) ? 'time' : text
  }
}

/** A key that is written again beside each signal, under the same label, gets a number: `index 2`. */
function withoutCopies(
  names: readonly string[],
  row: Row,
  { key, values }: Body,
  below: readonly Row[],
): string[] {
  const isCopy = (i: number) =>
    i !== key &&
    values.includes(i) &&
    textAt(row, i) === textAt(row, key) &&
    below.every(one => textAt(one, i) === textAt(one, key))
  let copies = 1
  return names.map((name, i) => (isCopy(i) ? `${names[key]} ${++copies}` : name))
}
