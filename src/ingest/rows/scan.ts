import { createError, TelltaleError } from '../../core/errors.js'
import { type Chunk, firstLine } from '../../engine/index.js'
import type { Roles } from '../columns/columns.js'
import { joinCells } from '../columns/time-role.js'
import { conditionError } from '../tables/condition-error.js'
import { filterRelation } from '../tables/filter.js'
import type { Header } from '../tables/header.js'
import {
  type Condition,
  isoSql,
  labelSql,
  numberSql,
  type Relation,
  textSql,
  type Use,
} from '../tables/relation.js'
import { explainFailure } from './diagnose.js'
import { plainCopy } from './plain-copy.js'
import type { RawRows, RowRange, ScanContext } from './scan-context.js'
import { readSlowly } from './slow.js'

/**
 * Reads a table with every type given beforehand. Where the engine stumbles over a row, the error names it; with a tolerance for such rows the
 * slow reader continues from there. Cost O(rows), one pass; memory: one chunk.
 */
export async function* scanRows(context: ScanContext, wanted: RowRange): AsyncGenerator<RawRows> {
  const { relation } = context
  const { header, condition } = relation
  let rows = 0
  let last = -1
  try {
    for await (const raw of scanFast(context)) {
      rows += raw.row.length
      last = raw.row.at(-1)!
      yield raw
      // Not at the end itself: whether another row follows is worth knowing.
      if (rows > wanted.end) return
    }
  } catch (error) {
    if (error instanceof TelltaleError) throw error
    const reason = firstLine(error)
    if (/Out of Memory/i.test(reason)) {
      throw createError(
        'limit-memory',
        { what: `reading ${relation.file}`, got: reason, wanted: '1 GB' },
        error,
      )
    }
    if (header === undefined) throw await explainFailure(context, wanted, error)
    if (condition === undefined) yield* readSlowly(context, header, rows, wanted)
    else yield* scanCopy(context, header, condition, wanted, last)
  }
}

/** The rows as the engine reads them, those behind number `last`. Errors: of a condition that it does not take; its own. */
async function* scanFast({ engine, relation, roles, room }: ScanContext, last = -1): AsyncGenerator<RawRows> {
  const { selected, from } = scanColumns(relation, roles)
  const sql = `select ${selected.join(', ')} from ${from}${last < 0 ? '' : ` where ${relation.rowColumn} > ${last}`}`
  if (relation.condition !== undefined) {
    const reason = await engine.refusal(sql)
    if (reason !== undefined) throw conditionError(relation.condition, reason)
  }
  let rows = 0
  const begun = await relation.begun?.take(selected, from)
  const chunks = begun ?? engine.stream(sql, relation.isExact ? relation.expectedRows : undefined)
  for await (const chunk of chunks) {
    yield rawRows(chunk, { relation, roles, room }, rows)
    rows += chunk.rows
  }
}

/** The rows behind number `last` that a condition holds for, of a text that the engine does not read: of a copy that it reads. */
async function* scanCopy(
  context: ScanContext,
  header: Header,
  condition: Condition,
  wanted: RowRange,
  last: number,
): AsyncGenerator<RawRows> {
  const { where, relation, folder } = condition
  const copy = await plainCopy({ ...context, relation }, header, wanted, folder)
  try {
    yield* scanFast({ ...context, relation: filterRelation(copy, { where, folder }) }, last)
  } catch (error) {
    throw error instanceof TelltaleError ? error : conditionError(condition, firstLine(error))
  }
}

/** Columns of the scan: row number, time, label, device, channels, as far as they are there. */
function scanColumns(relation: Relation, { time, label, device, channels, states }: Roles) {
  const uses = new Map<number, Use>(channels.map(i => [i, states.has(i) ? 'text' : 'number']))
  if (time) for (const column of time.columns) uses.set(column, USES[time.kind])
  const selected = channels.map(i => numberSql(relation, i, states.get(i)))
  if (device !== undefined) selected.unshift(`c${device}::varchar`)
  if (label) selected.unshift(labelSql(relation, label.column))
  if (time) selected.unshift(...timeSql(relation, time))
  if (relation.rowColumn !== undefined) selected.unshift(`${relation.rowColumn}::double`)
  return { selected, from: relation.from(uses, time?.lengths) }
}

const USES = { iso: 'iso', wall: 'iso', number: 'number', text: 'text' } as const

function timeSql(relation: Relation, { column, columns, kind }: NonNullable<Roles['time']>): string[] {
  if (kind === 'text') return columns.map(i => textSql(relation, i))
  return [kind === 'number' ? numberSql(relation, column) : isoSql(relation, column)]
}

function rawRows(
  chunk: Chunk,
  { relation: { rowColumn }, roles, room }: Pick<ScanContext, 'relation' | 'roles' | 'room'>,
  first: number,
): RawRows {
  const n = chunk.rows
  const width = roles.channels.length
  let j = 0
  const doubles = () => chunk.doubles(j++).slice(0, n)
  const row = rowColumn === undefined ? counting(first, n) : doubles()
  const time =
    roles.time && (roles.time.kind === 'text' ? timeTexts(roles.time, () => chunk.texts(j++)) : doubles())
  const label = roles.label && doubles()
  const device = roles.device === undefined ? undefined : chunk.texts(j++)
  const values = room?.(n * width) ?? new Float64Array(n * width)
  let hasOnlyFinite = true
  for (let c = 0; c < width; c++) {
    const isFiniteColumn = writeColumn(chunk.doubles(j + c), values, c, width, n)
    hasOnlyFinite &&= isFiniteColumn
  }
  return { row, time, label, device, values, isFinite: hasOnlyFinite }
}

function timeTexts({ columns, join }: NonNullable<Roles['time']>, next: () => readonly (string | null)[]) {
  if (columns.length === 1) return next()
  const parts = columns.map(() => next())
  return parts[0]!.map((_, i) =>
    joinCells(
      parts.map(part => part[i] ?? ''),
      join,
    ),
  )
}

/** Writes `n` readings of channel `c` into a row-major table; returns whether all are finite: x - x is 0 then, and NaN for NaN and infinity. */
function writeColumn(
  items: Float64Array,
  values: Float64Array,
  c: number,
  width: number,
  n: number,
): boolean {
  let sum = 0
  for (let i = 0, at = c; i < n; i++, at += width) {
    const value = items[i]!
    sum += value - value
    values[at] = value
  }
  return sum === 0
}

function counting(first: number, n: number): Float64Array {
  const row = new Float64Array(n)
  for (let i = 0; i < n; i++) row[i] = first + i
  return row
}

/** Whether every value of the guessed label column is a label; one pass over that column. A table that cannot be read is reported later. */
export async function holdsLabels({ engine, relation, roles }: Omit<ScanContext, 'tolerance' | 'summary'>) {
  if (roles.label === undefined) return true
  const label = labelSql(relation, roles.label.column)
  try {
    const [found] = await engine.rows(
      `select 1 as other from ${relation.from(new Map())} where coalesce(${label}, 'nan') not in (0, 1) limit 1`,
    )
    return found === undefined
  } catch {
    return true
  }
}
