import { type DerivedChannel, type DevicePart, holdsNothingBack, noTimes } from '../align/index.js'
import { leftOutNotes } from '../core/channels.js'
import { checkParts } from '../core/check-input.js'
import { unitOf } from './columns/column-role.js'
import type { Roles } from './columns/columns.js'
import { steadierTime } from './columns/other-times.js'
import { zoneColumnNote } from './columns/zone-column.js'
import { openSource, type TableSource } from './files/source.js'
import type { TableForm } from './form.js'
import type { ReadTableOptions } from './read-options.js'
import { readParts, rowsThatFit } from './read-parts.js'
import { firstRoles, rolesLike } from './roles.js'
import type { Room, ScanContext, Tolerance } from './rows/scan-context.js'
import { createSummary, type ReadSummary } from './summary.js'

/** A source that is being read; `parts` may be read once, and closes everything when it ends or is left. */
export interface Reader {
  readonly channels: readonly string[]
  readonly timeKind: 'utc' | 'index'
  readonly hasLabels: boolean
  readonly sizeBytes: number
  readonly expectedRows: number
  /** Counts as far as it has been read. */
  readonly summary: ReadSummary
  readonly parts: AsyncGenerator<DevicePart>
}

/**
 * Opens a source: what it consists of is known, no row has been read. `sortSpan`: rows that `sort` may hold back. `room`: where the
 * readings of the next part should lie; it is only asked while every part is handed on before the next rows are read.
 */
export async function openReader(
  source: TableSource,
  options: ReadTableOptions,
  sortSpan: number,
  room?: Room,
): Promise<Reader> {
  checkParts(options, [], 'options', 'the table')
  const summary = createSummary()
  const tolerance: Tolerance = {
    // With a cadence a missing reading counts after the resampling, which may leave none.
    missing: options.badCells === 'missing' || options.resample ? 'keep' : (options.missing ?? 'error'),
    badCells: options.badCells ?? 'error',
    badRows: options.badRows ?? 'error',
  }
  const opened = await openSource(
    source,
    {
      ...options,
      spelledMissing: options.badCells === 'missing' || options.missing === 'keep',
      duplicateTimes: options.duplicateTimes ?? 'keep',
    },
    summary,
  )
  const { engine, relations } = opened
  try {
    const contexts: ScanContext[] = []
    for (const relation of relations) {
      const first = contexts[0]
      const roles = first
        ? rolesLike(first, relation, options)
        : await firstRoles({ engine, relation }, options)
      const isPassedOn =
        roles.device === undefined && holdsNothingBack({ ...options, sources: roles.sources })
      contexts.push({ engine, relation, roles, tolerance, summary, room: isPassedOn ? room : undefined })
    }
    const { relation, roles } = contexts[0]!
    describeRoles(summary, contexts[0]!, options.timeZone)
    if (options.resample && roles.time === undefined) throw noTimes(relation.file)
    const rows = rowsThatFit(options, roles.channels.length)
    const allRows = relations.reduce((sum, { expectedRows }) => sum + expectedRows, 0)
    const expectedRows = Math.min(allRows, rows.end - rows.start)
    return {
      channels: roles.names,
      timeKind: roles.time ? 'utc' : 'index',
      hasLabels: roles.label !== undefined,
      sizeBytes: relations.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      expectedRows,
      summary,
      parts: readParts(contexts, { ...options, rows, expectedRows }, sortSpan, opened.close),
    }
  } catch (error) {
    await opened.close()
    throw error
  }
}

/** Puts into the summary what the columns were taken for. */
function describeRoles(
  summary: ReadSummary,
  { relation, roles }: ScanContext,
  timeZone: string | undefined,
): void {
  const nameOf = (column: number | undefined) => (column === undefined ? undefined : relation.names[column])
  summary.timeColumn = roles.time?.columns.map(nameOf).join()
  summary.labelColumn = nameOf(roles.label?.column)
  summary.deviceColumn = nameOf(roles.device)
  const better = steadierTime(relation, roles)
  if (better !== undefined) summary.assumptions.push(better)
  const { order, unit, zone } = roles.time ?? {}
  if (timeZone === undefined) summary.assumptions.push(...zoneColumnNote(relation, roles))
  if (zone !== undefined)
    summary.assumptions.push(
      `times are in the zone ${zone}, as the name of the column ${nameOf(roles.time!.column)} says; --time-zone overrides this`,
    )
  summary.form = {
    ...summary.form,
    ...(order && { dateOrder: order }),
    ...(unit && { timeUnit: unit }),
    ...(zone && { timeZone: zone }),
    ...(relation.decimal === ',' && { decimal: ',' as const }),
    ...unitsOf(roles),
  }
  if (roles.label?.found === 'guessed') summary.labelGuessed = true
  summary.columns = relation.columns ?? roles.columns
  summary.derived =
    roles.sources?.flatMap(({ derived }): DerivedChannel[] => (derived ? [derived] : [])) ?? []
  summary.assumptions.push(...leftOutNotes(roles.unknown))
}

/** Units of the channels that are columns as they are, where their names do not carry them. */
function unitsOf({ columns, names, sources }: Roles): Pick<TableForm, 'units'> {
  const isPlain = (name: string) => names.some((own, i) => own === name && !sources?.[i]?.derived)
  const units = columns.flatMap(({ name, unit }) =>
    unit !== undefined && unitOf(name) !== unit && isPlain(name) ? [[name, unit] as const] : [],
  )
  return units.length === 0 ? {} : { units: Object.fromEntries(units) }
}
