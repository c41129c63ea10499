import {
  createLanes,
  type DevicePart,
  type DeviceSamples,
  type DuplicatePolicy,
  holdsNothingBack,
  type LatePolicy,
  noTimes,
  type Part,
  pickSamples,
  type ResampleOptions,
} from '../align/index.js'
import { checkParts } from '../core/check-input.js'
import { createError, TelltaleError } from '../core/errors.js'
import { assignRoles, type RoleOptions, type Roles } from './columns/columns.js'
import type { TimeUnit } from './columns/time-unit.js'
import { createTimeReader, firstUnusable } from './columns/times.js'
import { openSource, type SourceOptions, type TableSource } from './files/source.js'
import { explainRow, lineOfRow } from './rows/diagnose.js'
import { holdsLabels, scanRows } from './rows/scan.js'
import type { RawRows, Room, RowRange, ScanContext, Tolerance } from './rows/scan-context.js'
import { createSummary, type ReadSummary } from './summary.js'
import type { Relation } from './tables/relation.js'
import { countPlace, type Place } from './tally.js'

export interface ReadTableOptions extends RoleOptions, SourceOptions, Partial<Tolerance> {
  /** Half-open range of rows to keep, 0 = the first after the header, counted through all files. Default: all. */
  readonly rows?: { readonly start?: number; readonly end?: number }
  /** Half-open range of times to keep, ms since the epoch. Default: all. */
  readonly between?: { readonly fromMs?: number; readonly toMs?: number }
  /** Unit of times that are numbers. Default: found by their size. */
  readonly timeUnit?: TimeUnit
  /** The one device to read. */
  readonly device?: string
  /** What becomes of readings that are missing: an error, or NaN in the frame. Default `error`. */
  readonly missing?: Tolerance['missing']
  /** What becomes of cells that are no finite number: an error, or a missing reading, which is then kept. Default `error`. */
  readonly badCells?: Tolerance['badCells']
  /** What becomes of rows that cannot be read: an error, or they are left out and counted. Default `error`. */
  readonly badRows?: Tolerance['badRows']
  /** Default `keep`, and a note says how many there are. */
  readonly duplicateTimes?: DuplicatePolicy
  /** Default `error`. */
  readonly lateRows?: LatePolicy
  /** A steady cadence to bring the samples to. */
  readonly resample?: ResampleOptions
  /** Reading stops before times and readings take more bytes than this, and `summary.stoppedAt` says where. Default: never. */
  readonly mostBytes?: number
  onProgress?(progress: ReadProgress): void
  readonly signal?: AbortSignal
}

/** How far reading has come. */
export interface ReadProgress {
  readonly rows: number
  /** About how many there will be, at least `rows`. */
  readonly expectedRows: number
  /** Of the files as they are stored; those of the file being read are estimated from its rows. */
  readonly bytes: number
  readonly totalBytes: number
}

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
    missing: options.badCells === 'missing' ? 'keep' : (options.missing ?? 'error'),
    badCells: options.badCells ?? 'error',
    badRows: options.badRows ?? 'error',
  }
  const opened = await openSource(
    source,
    {
      ...options,
      spelledMissing: tolerance.missing === 'keep',
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
      const isPassedOn = roles.device === undefined && holdsNothingBack(options)
      contexts.push({ engine, relation, roles, tolerance, summary, room: isPassedOn ? room : undefined })
    }
    const { relation, roles } = contexts[0]!
    const nameOf = (column: number | undefined) => (column === undefined ? undefined : relation.names[column])
    summary.timeColumn = nameOf(roles.time?.column)
    summary.labelColumn = nameOf(roles.label?.column)
    summary.deviceColumn = nameOf(roles.device)
    if (roles.label?.found === 'guessed') summary.labelGuessed = true
    if (options.resample && roles.time === undefined) throw noTimes(relation.file)
    const rows = rowsThatFit(options, roles.channels.length)
    const allRows = relations.reduce((sum, { expectedRows }) => sum + expectedRows, 0)
    const expectedRows = Math.min(allRows, rows.end - rows.start)
    return {
      channels: roles.channels.map(i => relation.names[i]!),
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

/** The rows that are wanted, as far as the memory for them goes. */
function rowsThatFit({ rows, mostBytes = Number.POSITIVE_INFINITY }: ReadTableOptions, width: number) {
  const { start = 0, end = Number.POSITIVE_INFINITY } = rows ?? {}
  const fitting = Math.max(1, Math.floor(mostBytes / (Float64Array.BYTES_PER_ELEMENT * (width + 1))))
  return { start, end: Math.min(end, start + fitting), isCut: start + fitting < end }
}

async function firstRoles(
  table: Pick<ScanContext, 'engine' | 'relation'>,
  options: RoleOptions,
): Promise<Roles> {
  const { relation } = table
  const given = { ...options, deviceColumn: options.deviceColumn ?? relation.deviceColumn }
  const roles = assignRoles(relation, given, true)
  const isGuess = roles.label?.found === 'guessed'
  return !isGuess || (await holdsLabels({ ...table, roles })) ? roles : assignRoles(relation, given, false)
}

/** The roles of a further file: its columns must be those of the first, in any order. */
function rolesLike(first: ScanContext, relation: Relation, options: RoleOptions): Roles {
  const nameOf = (column: number | undefined) =>
    column === undefined ? undefined : first.relation.names[column]
  const { time, label, device, channels } = first.roles
  const names = channels.map(i => nameOf(i)!)
  try {
    const alike = {
      ...options,
      timeColumn: nameOf(time?.column),
      labelColumn: nameOf(label?.column),
      deviceColumn: nameOf(device),
      channels: options.channels && names,
      expectChannels: names,
    }
    return assignRoles(relation, alike, false)
  } catch (error) {
    if (!(error instanceof TelltaleError)) throw error
    const { file } = relation
    throw createError('data-files-differ', { file, first: first.relation.file, reason: error.message }, error)
  }
}

/** A row that a policy does not allow; its line is looked up where it is caught. */
class RowFault extends Error {
  readonly row: number
  constructor(row: number, reason: string) {
    super(reason)
    this.row = row
  }
}

async function* readParts(
  contexts: readonly ScanContext[],
  options: ReadTableOptions & {
    readonly rows: ReturnType<typeof rowsThatFit>
    readonly expectedRows: number
  },
  sortSpan: number,
  close: () => Promise<void>,
): AsyncGenerator<DevicePart> {
  const { summary, roles, relation } = contexts[0]!
  const starts: number[] = []
  const placeOf = (row: number): Place => {
    const table = Math.max(
      0,
      starts.findLastIndex(start => start <= row),
    )
    return { file: contexts[table]!.relation.file, row: row - starts[table]! }
  }
  const lanes = createLanes(
    roles.channels.length,
    { ...options, hasTimes: roles.time !== undefined, sortSpan },
    {
      late: row => countPlace(summary.lateRows, () => placeOf(row)),
      duplicate: row => countPlace(summary.duplicateTimes, () => placeOf(row)),
      held: () => summary.heldSamples++,
      device: name => summary.devices.push(name),
      passed(count) {
        summary.samples += count
      },
      refuse(row, reason): never {
        throw new RowFault(row, reason)
      },
    },
  )
  const { start, end, isCut } = options.rows
  const totalBytes = contexts.reduce((sum, context) => sum + context.relation.sizeBytes, 0)
  const tell = (bytes: number) => {
    const { rows } = summary
    options.onProgress?.({ rows, expectedRows: Math.max(rows, options.expectedRows), bytes, totalBytes })
  }
  let doneBytes = 0
  let next = 0
  try {
    for (const context of contexts) {
      const { sizeBytes, expectedRows } = context.relation
      const first = next
      starts.push(first)
      const convert = createConverter(context, options, first)
      const wanted: RowRange = { start: start - first, end: end - first }
      if (wanted.end <= 0) {
        if (isCut) summary.stoppedAt = end
        break
      }
      for await (const raw of scanRows(context, wanted)) {
        if (options.signal?.aborted) throw createError('interrupted', { what: 'reading' })
        next = first + raw.row.at(-1)! + 1
        if (isCut && next > end) summary.stoppedAt = end
        summary.rows += raw.row.length
        yield* lanes.push(await convert(raw, wanted))
        const share = expectedRows > 0 ? Math.min(1, (next - first) / expectedRows) : 0
        tell(doneBytes + Math.round(share * sizeBytes))
      }
      doneBytes += sizeBytes
    }
    yield* lanes.end()
    tell(totalBytes)
    if (summary.samples === 0) throw emptyError(relation, options, summary)
  } catch (error) {
    if (!(error instanceof RowFault)) throw error
    const table = Math.max(
      0,
      starts.findLastIndex(start => start <= error.row),
    )
    const { file, names } = contexts[table]!.relation
    const line = await lineOfRow(contexts[table]!.relation, error.row - starts[table]!)
    throw createError('data-bad-time', {
      file,
      line,
      column: names[roles.time!.column]!,
      reason: error.message,
    })
  } finally {
    await close()
  }
}

function emptyError(
  { file, firstRow, header }: Relation,
  { rows, between, device }: ReadTableOptions,
  summary: ReadSummary,
): TelltaleError {
  return createError('data-empty', { file, reason: reason() })

  function reason(): string {
    if (!firstRow) return header ? 'there is only a header line' : 'it has no rows'
    if (summary.rejectedRows.count > 0) return 'no row can be read'
    if (device !== undefined) return `no row is of the device ${device}`
    if (between) return 'no row is in the range of times'
    if (rows && (rows.start || Number.isFinite(rows.end)))
      return `no row is in the range ${rows.start ?? 0}:${rows.end ?? Number.POSITIVE_INFINITY}`
    return 'no row is left'
  }
}

type Converter = (raw: RawRows, wanted: RowRange) => Promise<DeviceSamples>

/** Turns stored rows into samples: times to ms, rows that are not wanted left out, the rest checked. `first`: number of the first row among all files. */
function createConverter(context: ScanContext, options: ReadTableOptions, first: number): Converter {
  const { relation, roles, tolerance, summary } = context
  const { file, names } = relation
  const width = roles.channels.length
  const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = options.between ?? {}
  const timeName = roles.time && names[roles.time.column]!
  const times = roles.time && createTimeReader(roles.time, timeName!, options, summary)

  /** What becomes of a row; a fault is a row that must not be left out. */
  const judge = (
    samples: DeviceSamples,
    raw: RawRows,
    i: number,
    wanted: RowRange,
  ): 'keep' | 'leave' | 'fault' => {
    const row = raw.row[i]!
    if (row < wanted.start || row >= wanted.end) return 'leave'
    if (options.device !== undefined && (raw.device?.[i] ?? '') !== options.device) return 'leave'
    const time = samples.timeMs[i]!
    const badTime = roles.time && Number.isNaN(time)
    const badLabel = raw.label && raw.label[i] !== 0 && raw.label[i] !== 1
    if (badTime || badLabel) {
      if (tolerance.badRows === 'error') return 'fault'
      const column = (badTime ? roles.time : roles.label)!.column
      countPlace(summary.rejectedRows, () => ({
        file,
        row,
        column: names[column]!,
        ...raw.describe?.(row, column),
        reason: `it is no ${badTime ? 'time' : 'label'}`,
      }))
      return 'leave'
    }
    if (roles.time && (time < fromMs || time >= toMs)) {
      summary.outsideRange++
      return 'leave'
    }
    return 'keep'
  }

  return async (raw, wanted) => {
    const n = raw.row.length
    const row = first === 0 ? raw.row : raw.row.map(row => first + row)
    const timeMs = times ? times.read(raw.time!, i => ({ file, row: raw.row[i]! })) : row
    const problem = times?.problem()
    if (problem !== undefined) throw new RowFault(first + raw.row[0]!, problem)
    const samples: DeviceSamples = {
      timeMs,
      values: raw.values,
      labels: raw.label && Uint8Array.from(raw.label),
      row,
      device: raw.device,
    }
    const areTimes = times === undefined || firstUnusable(timeMs) < 0
    const needsLook =
      raw.row[0]! < wanted.start ||
      raw.row[n - 1]! >= wanted.end ||
      options.device !== undefined ||
      options.between !== undefined ||
      (raw.label !== undefined && !areLabels(raw.label)) ||
      !areTimes
    let kept = samples
    if (needsLook) {
      const positions: number[] = []
      for (let i = 0; i < n; i++) {
        const verdict = judge(samples, raw, i, wanted)
        if (verdict === 'fault') throw await explainRow(context, raw.row[i]!)
        if (verdict === 'keep') positions.push(i)
      }
      if (positions.length < n) {
        kept = {
          ...pickSamples(samples, positions),
          device: raw.device && positions.map(i => raw.device![i]!),
        }
      }
    }
    // A time that could not be read is a fault or has been left out by now.
    const outside = areTimes ? -1 : firstUnusable(kept.timeMs)
    if (outside >= 0) throw new RowFault(kept.row[outside]!, 'the time is outside of the calendar')
    if (!raw.isFinite) await checkReadings(kept, raw)
    return kept
  }

  async function checkReadings({ values, row }: Part, raw: RawRows): Promise<void> {
    for (let at = 0; at < values.length; at++) {
      const value = values[at]!
      if (Number.isFinite(value)) continue
      const isMissing = Number.isNaN(value)
      const itsRow = row[Math.floor(at / width)]! - first
      if (isMissing ? tolerance.missing === 'error' : tolerance.badCells === 'error') {
        throw await explainRow(context, itsRow)
      }
      const position = roles.channels[at % width]!
      const column = names[position]!
      const place = () => ({ file, row: itsRow, column, ...raw.describe?.(itsRow, position) })
      if (isMissing) {
        countPlace(summary.missingCells, () => ({ ...place(), got: undefined }))
        summary.missingByChannel.set(column, (summary.missingByChannel.get(column) ?? 0) + 1)
      } else {
        values[at] = Number.NaN
        countPlace(summary.badCells, place)
      }
    }
  }
}

function areLabels(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (values[i] !== 0 && values[i] !== 1) return false
  return true
}
