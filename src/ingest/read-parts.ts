import { createLanes, type DevicePart, type Lanes, type Part, stateText } from '../align/index.js'
import { createError, type TelltaleError } from '../core/errors.js'
import { standardOffset } from '../core/zone-offset.js'
import { risingTimes } from './columns/other-times.js'
import { createConverter } from './convert.js'
import { emptyError, RowFault } from './failures.js'
import type { ReadTableOptions } from './read-options.js'
import { lineOfRow, missingReading } from './rows/diagnose.js'
import { scanRows } from './rows/scan.js'
import type { RowRange, ScanContext } from './rows/scan-context.js'
import type { ReadSummary } from './summary.js'
import { rowTexts } from './tables/typed.js'
import { countPlace, createTally, type Place } from './tally.js'

/** The rows that were asked for, as far as the memory for them goes. */
export function rowsThatFit({ rows, mostBytes = Number.POSITIVE_INFINITY }: ReadTableOptions, width: number) {
  const { start = 0, end = Number.POSITIVE_INFINITY } = rows ?? {}
  const fitting = Math.max(1, Math.floor(mostBytes / (Float64Array.BYTES_PER_ELEMENT * (width + 1))))
  return { start, end: Math.min(end, start + fitting), isCut: start + fitting < end }
}

type PartOptions = ReadTableOptions & {
  readonly rows: ReturnType<typeof rowsThatFit>
  readonly expectedRows: number
}

/** Where each table begins among the rows of all. */
interface Starts {
  /** Number of the first row of each table that was begun. */
  readonly rows: number[]
  tableOf(row: number): number
}

/** The samples of all tables, device by device in the order in which they come. Closes everything when it ends or is left. */
export async function* readParts(
  contexts: readonly ScanContext[],
  options: PartOptions,
  sortSpan: number,
  close: () => Promise<void>,
): AsyncGenerator<DevicePart> {
  const rows: number[] = []
  const tableOf = (row: number) =>
    Math.max(
      0,
      rows.findLastIndex(start => start <= row),
    )
  const starts: Starts = { rows, tableOf }
  const { summary } = contexts[0]!
  const lanes = lanesOf(contexts, options, sortSpan, starts)
  const isJudgedLate =
    options.resample !== undefined && options.missing !== 'keep' && options.badCells !== 'missing'
  const checked = async function* (parts: AsyncIterable<DevicePart> | Iterable<DevicePart>) {
    for await (const one of parts) {
      if (isJudgedLate) await refuseHoles(one.part, contexts, starts)
      yield one
    }
  }
  try {
    yield* checked(readTables(contexts, options, lanes, starts))
    yield* checked(lanes.end())
    const totalBytes = contexts.reduce((sum, context) => sum + context.relation.sizeBytes, 0)
    tell(contexts, options, totalBytes)
    if (summary.samples === 0) throw await emptyError(contexts[0]!, options, summary)
    await quoteUnknownStates(contexts)
  } catch (error) {
    throw error instanceof RowFault ? await faultError(contexts, error, starts) : error
  } finally {
    await close()
  }
}

/** Adds the text to the first place of each column with texts that are none of its states. */
async function quoteUnknownStates(contexts: readonly ScanContext[]): Promise<void> {
  for (const [column, { places }] of contexts[0]!.summary.unknownStates) {
    const [first] = places
    const context = contexts.find(({ relation }) => relation.file === first?.file)
    if (first?.row === undefined || context === undefined) continue
    const { engine, relation, roles } = context
    const i = relation.names.indexOf(column)
    const got = (await rowTexts(engine, relation, first.row).catch(() => undefined))?.[i]?.trim()
    if (got && !roles.states.get(i)?.includes(stateText(got))) places[0] = { ...first, got }
  }
}

/** Refuses the first step of a cadence that has no reading of some channel; a computed one may begin without. */
async function refuseHoles(
  { timeMs, values, row }: Part,
  contexts: readonly ScanContext[],
  starts: Starts,
): Promise<void> {
  const { names, sources } = contexts[0]!.roles
  for (let i = 0; i < values.length; i++) {
    const channel = i % names.length
    if (!Number.isNaN(values[i]) || sources?.[channel]?.derived) continue
    const at = row[Math.floor(i / names.length)]!
    const table = starts.tableOf(at)
    const { relation } = contexts[table]!
    const time = timeMs[Math.floor(i / names.length)]!
    throw await missingReading(relation, at - starts.rows[table]!, names[channel]!, time)
  }
}

function lanesOf(
  contexts: readonly ScanContext[],
  options: PartOptions,
  sortSpan: number,
  starts: Starts,
): Lanes {
  const { summary, roles } = contexts[0]!
  const placeOf = (row: number): Place => {
    const table = starts.tableOf(row)
    return { file: contexts[table]!.relation.file, row: row - starts.rows[table]! }
  }
  const { duplicateTimes, lateRows, resample } = options
  return createLanes(
    roles.channels.length,
    {
      duplicateTimes,
      lateRows,
      resample,
      sources: roles.sources,
      hasTimes: roles.time !== undefined,
      sortSpan,
    },
    {
      late: row => countPlace(summary.lateRows, () => placeOf(row)),
      duplicate: row => countPlace(summary.duplicateTimes, () => placeOf(row)),
      held: () => summary.heldSamples++,
      unknownState(column, row) {
        const known = summary.unknownStates.get(column) ?? createTally()
        summary.unknownStates.set(column, known)
        countPlace(known, () => placeOf(row))
      },
      device: name => summary.devices.push(name),
      passed(count) {
        summary.samples += count
      },
      refuse(row, reason): never {
        throw new RowFault(row, `${reason}${skippedHint(summary)}${otherTimeHint(contexts[0]!)}`)
      },
    },
  )
}

/** Another column of times may be the one that rises. */
function otherTimeHint({ relation, roles }: ScanContext): string {
  return risingTimes(relation, roles)
    .map(name => `; the times of ${name} rise in every row: --time-column '${name}' reads these`)
    .join('')
}

/** A clock that shows times which its zone skips was not put forward: it keeps one offset all year. */
function skippedHint({ skippedTimes: { count }, timeZone }: ReadSummary): string {
  if (count === 0 || timeZone === undefined) return ''
  return `; the clock of ${timeZone} skips ${count} of the times: a clock that keeps one offset all year needs --time-zone ${standardOffset(timeZone)}`
}

async function* readTables(
  contexts: readonly ScanContext[],
  options: PartOptions,
  lanes: Lanes,
  starts: Starts,
): AsyncGenerator<DevicePart> {
  const { start, end, isCut } = options.rows
  let doneBytes = 0
  let next = 0
  for (const context of contexts) {
    const { summary } = context
    const { sizeBytes, expectedRows } = context.relation
    const first = next
    starts.rows.push(first)
    const convert = createConverter(context, options, first)
    const wanted: RowRange = { start: start - first, end: end - first }
    if (wanted.end <= 0) {
      if (isCut) summary.stoppedAt = end
      return
    }
    for await (const raw of scanRows(context, wanted)) {
      if (options.signal?.aborted) throw createError('interrupted', { what: 'reading' })
      next = first + raw.row.at(-1)! + 1
      if (isCut && next > end) summary.stoppedAt = end
      summary.rows += raw.row.length
      yield* lanes.push(await convert(raw, wanted))
      const share = expectedRows > 0 ? Math.min(1, (next - first) / expectedRows) : 0
      tell(contexts, options, doneBytes + Math.round(share * sizeBytes))
    }
    doneBytes += sizeBytes
  }
}

function tell(contexts: readonly ScanContext[], options: PartOptions, bytes: number): void {
  if (options.onProgress === undefined) return
  const { rows } = contexts[0]!.summary
  const totalBytes = contexts.reduce((sum, context) => sum + context.relation.sizeBytes, 0)
  options.onProgress({ rows, expectedRows: Math.max(rows, options.expectedRows), bytes, totalBytes })
}

async function faultError(
  contexts: readonly ScanContext[],
  fault: RowFault,
  starts: Starts,
): Promise<TelltaleError> {
  const table = starts.tableOf(fault.row)
  const { relation, roles } = contexts[table]!
  const line = await lineOfRow(relation, fault.row - starts.rows[table]!)
  const column = roles.time!.columns.map(i => relation.names[i]!).join()
  return createError('data-bad-time', { file: relation.file, line, column, reason: fault.message })
}
