import { leftOutNotes } from '../../core/channels.js'
import { REASONS } from '../../core/contracts.js'
import { createError } from '../../core/errors.js'
import type { Frame } from '../../core/frame.js'
import { type FrameRow, frameFromRows } from '../../core/frame-builders.js'
import { splitRecord } from '../../ingest/index.js'
import type { ModelInfo } from '../../model/index.js'
import { explanationJson } from '../../report/index.js'
import type { DetectBody, DetectResult, EventExplanation } from '../contract/index.js'
import type { Services } from '../services.js'
import { detectTable } from '../tables/answers.js'
import type { DecodedTable } from '../tables/decode.js'
import type { AnswerTable } from '../tables/encode.js'
import type { ServedModel } from './served-models.js'
import { channelOrder } from './windows.js'

/** A body: text of CSV or NDJSON, bytes of Parquet or Arrow. */
type Body = DetectBody | string | Buffer

/** Scores a series and finds its events. Errors: `request-invalid`, `request-too-large`, `model-unknown`. */
export async function detectSeries(
  services: Services,
  name: string,
  body: Body,
  signal: AbortSignal,
  device?: string,
): Promise<DetectResult> {
  return (await detectIn(services, name, body, signal, device)).result
}

/** The same as a table of samples. */
export async function detectSeriesTable(
  services: Services,
  name: string,
  body: Body,
  signal: AbortSignal,
  device?: string,
): Promise<AnswerTable> {
  const { result, frame } = await detectIn(services, name, body, signal, device)
  return detectTable(result, frame.timeKind === 'utc' ? frame.timeMs : undefined)
}

async function detectIn(services: Services, name: string, body: Body, signal: AbortSignal, device?: string) {
  const { served, frame, alignment, notes } = await openSeries(services, name, body, signal, device)
  const { detection } = await services.scorer.series(
    { path: served.path, frame, settings: { alignment } },
    signal,
  )
  const { score, reason, events, issues } = detection
  services.measures.metrics.add('telltale_samples_scored_total', reason.filter(why => why === 0).length, {
    model: served.version.name,
  })
  const stepMs = frame.timeKind === 'utc' ? (served.model.info.schema?.cadenceMs ?? 0) : 1
  const result: DetectResult = {
    model: served.name,
    score: Array.from(score, value => (Number.isNaN(value) ? null : value)),
    reason: Array.from(reason, index => REASONS[index]),
    events: events.map(event => ({
      id: event.id,
      state: 'closed',
      startMs: event.times.startMs,
      endMs: event.times.lastMs + stepMs,
      onsetMs: event.times.onsetMs,
      peakMs: event.times.peakMs,
      score: event.score,
      pValue: event.pValue ?? null,
      severity: event.severity,
      channels: [...event.channels],
      sentence: null,
      kind: null,
    })),
    issues: issues.map(issue => ({ code: issue.code, severity: issue.severity, message: issue.message })),
    notes,
  }
  return { result, frame }
}

/** Explains the events of a series. Errors: as `detectSeries`. */
export async function explainSeries(
  services: Services,
  name: string,
  body: Body & { readonly top?: number },
  signal: AbortSignal,
  device?: string,
) {
  const { served, frame, alignment, notes } = await openSeries(services, name, body, signal, device)
  const top = isJson(body) ? ((body as { readonly top?: number }).top ?? 10) : 10
  const { explanations } = await services.scorer.series(
    { path: served.path, frame, settings: { alignment }, explain: top },
    signal,
  )
  return {
    model: served.name,
    explanations: explanationJson(explanations, frame.timeKind) as EventExplanation[],
    notes,
  }
}

const isJson = (body: Body): body is DetectBody => typeof body !== 'string' && !Buffer.isBuffer(body)

/** The model and the samples of a request. @param device of a fleet, where the body names none. Errors: `request-invalid`, `request-too-large`, `request-unreadable`, `model-unknown`. */
export async function openSeries(
  { models, limits, scorer }: Pick<Services, 'models' | 'limits' | 'scorer'>,
  name: string,
  body: Body,
  signal: AbortSignal,
  device?: string,
) {
  const served = await models.get(name, (isJson(body) ? body.device : undefined) ?? device)
  const { frame, leftOut } = Buffer.isBuffer(body)
    ? await scorer.decode(
        { bytes: body, channels: served.model.info.channels, mostRows: limits.rows },
        signal,
      )
    : typeof body === 'string'
      ? frameOfText(body, served.model.info)
      : { frame: frameOfBody(served, body), leftOut: [] }
  const rows = frame.timeMs.length
  if (rows === 0) throw createError('request-invalid', { where: 'body', reason: 'holds no rows' })
  if (rows > limits.rows)
    throw createError('request-too-large', {
      what: 'the series',
      got: `${rows} rows`,
      wanted: `${limits.rows} rows`,
    })
  if (frame.channels.length > limits.columns)
    throw createError('request-too-large', {
      what: 'the series',
      got: `${frame.channels.length} columns`,
      wanted: `${limits.columns} columns`,
    })
  const lost = served.model.info.channels.filter(channel => !frame.channels.includes(channel))
  if (lost.length > 0) throw noChannels(lost)
  const alignment = (isJson(body) ? body.alignment : undefined) ?? ('two-sided' as const)
  return { served, frame, alignment, notes: leftOutNotes(leftOut) }
}

function frameOfBody(served: ServedModel, { rows, times, channels }: DetectBody): Frame {
  channelOrder(served, channels)
  const names = channels ?? served.model.info.channels
  if (times && times.length !== rows.length)
    throw createError('request-invalid', {
      where: 'body/times',
      reason: `has ${times.length} times for ${rows.length} rows`,
    })
  const values = new Float64Array(rows.length * names.length)
  rows.forEach((row, i) => {
    if (row.length !== names.length)
      throw createError('request-invalid', {
        where: `body/rows/${i}`,
        reason: `has ${row.length} readings, but there are ${names.length} channels: ${names.join(', ').slice(0, 200)}`,
      })
    for (let c = 0; c < names.length; c++) values[i * names.length + c] = row[c] ?? Number.NaN
  })
  const stamps =
    times &&
    frameFromRows(
      times.map(time => ({ time, value: 0 })),
      { time: 'time', channels: ['value'] },
    )
  return {
    timeMs: stamps?.timeMs ?? Float64Array.from({ length: rows.length }, (_, i) => i),
    timeKind: times ? 'utc' : 'index',
    values,
    channels: names,
  }
}

/** What a row says of time and channels; other columns are left out and named. */
interface Columns {
  /** Undefined where samples have no times. */
  readonly time: string | undefined
  readonly channels: readonly string[]
}

/** A table of CSV with a header, or of JSON objects on lines. The time column has the name of the training, or `time`. */
function frameOfText(text: string, info: ModelInfo): DecodedTable {
  const lines = text.split(/\r?\n/).filter(line => line.trim() !== '')
  if (lines.length === 0) throw createError('request-invalid', { where: 'body', reason: 'holds no rows' })
  const rows = lines[0].trimStart().startsWith('{') ? jsonRows(lines) : undefined
  const names = rows ? [...new Set(rows.flatMap(row => Object.keys(row)))] : splitRecord(lines[0], ',').cells
  const time = [info.timeColumn ?? 'time', 'time'].find(name => names.includes(name))
  const columns = { time, channels: info.channels }
  const table = rows ?? csvRows(lines, columns)
  const lost = info.channels.filter(channel => !names.includes(channel))
  if (lost.length > 0) throw noChannels(lost)
  const leftOut = names.filter(name => name !== time && !info.channels.includes(name))
  return { frame: frameFromRows(table, columns), leftOut }
}

const noChannels = (lost: readonly string[]) =>
  createError('request-invalid', {
    where: 'body',
    reason: `has no channel ${lost.join(', ').slice(0, 300)}`,
  })

function jsonRows(lines: readonly string[]): FrameRow[] {
  return lines.map((line, i) => {
    try {
      const row = JSON.parse(line)
      if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row
    } catch {
      // Answered below.
    }
    throw createError('request-invalid', { where: `body/line ${i + 1}`, reason: 'is no JSON object' })
  })
}

function csvRows(lines: readonly string[], { time, channels }: Columns): FrameRow[] {
  const header = splitRecord(lines[0], ',').cells
  const taken = header.flatMap((name, c) =>
    name === time || channels.includes(name) ? [[name, c] as const] : [],
  )
  return lines.slice(1).map((line, i) => {
    const cells = splitRecord(line, ',').cells
    if (cells.length !== header.length)
      throw createError('request-invalid', {
        where: `body/line ${i + 2}`,
        reason: `has ${cells.length} cells, but the header has ${header.length}`,
      })
    return Object.fromEntries(
      taken.map(([name, c]) => [name, name === time ? cells[c] : numberOf(cells[c], i + 2, name)]),
    )
  })
}

function numberOf(cell: string, line: number, name: string): number | null {
  const text = cell.trim()
  if (text === '' || /^(nan|null)$/i.test(text)) return null
  const value = Number(text)
  if (!Number.isNaN(value)) return value
  throw createError('request-invalid', {
    where: `body/line ${line}`,
    reason: `has ${JSON.stringify(text.slice(0, 40))} for ${name}, which is no number`,
  })
}
