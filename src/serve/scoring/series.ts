import { leftOutNotes } from '../../core/channels.js'
import { REASONS } from '../../core/contracts.js'
import { counted } from '../../core/counted.js'
import { createError } from '../../core/errors.js'
import { readingOfModels, seriesChannels, trainedMapping } from '../../live/index.js'
import type { ModelInfo } from '../../model/index.js'
import { explanationJson } from '../../report/index.js'
import { createDecoder, messagesOfText, type RawMessage, type Reading } from '../../sources/index.js'
import type { DetectBody, DetectResult, EventExplanation } from '../contract/index.js'
import type { Services } from '../services.js'
import { detectTable } from '../tables/answers.js'
import type { DecodedTable } from '../tables/decode.js'
import type { AnswerTable } from '../tables/encode.js'
import { readingIn, SERIES_ADVICE, seriesTimes } from '../tables/readings.js'
import { namesOrder } from './windows.js'

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
  const { frame, notes } = Buffer.isBuffer(body)
    ? await scorer.decode({ bytes: body, model: served.model.info, mostRows: limits.rows }, signal)
    : typeof body === 'string'
      ? frameOfText(body, served.model.info)
      : frameOfBody(served.model.info, body)
  const rows = frame.timeMs.length
  if (rows === 0) throw createError('request-invalid', { where: 'body', reason: 'holds no rows' })
  if (rows > limits.rows)
    throw createError('request-too-large', {
      what: 'the series',
      got: counted(rows, 'row'),
      wanted: counted(limits.rows, 'row'),
    })
  if (frame.channels.length > limits.columns)
    throw createError('request-too-large', {
      what: 'the series',
      got: counted(frame.channels.length, 'column'),
      wanted: counted(limits.columns, 'column'),
    })
  const alignment = (isJson(body) ? body.alignment : undefined) ?? ('two-sided' as const)
  return { served, frame, alignment, notes: [...notes] }
}

function frameOfBody(info: ModelInfo, { rows, times, channels }: DetectBody): DecodedTable {
  const names = channels ?? info.channels
  const series = seriesChannels(info, name => names.includes(name))
  const order = namesOrder(series.names, channels)
  if (times && times.length !== rows.length)
    throw createError('request-invalid', {
      where: 'body/times',
      reason: `has ${times.length} times for ${counted(rows.length, 'row')}`,
    })
  const readings = rows.map((row, i) => {
    if (row.length !== names.length)
      throw createError('request-invalid', {
        where: `body/rows/${i}`,
        reason: `has ${counted(row.length, 'reading')}, but there are ${names.length} channels: ${names.join(', ').slice(0, 200)}`,
      })
    return series.names.map((name, c) => {
      const at = order ? order[c] : c
      return readingIn(row[at], series, name, `rows/${i}/${at}`)
    })
  })
  return {
    frame: series.frame(readings, seriesTimes(info, rows.length, times)),
    notes: series.notes(readings),
  }
}

/** Lines of a body, read as the messages of a stream: a table of CSV with a header, JSON objects. The time column has the name of the training, or `time`. */
function frameOfText(text: string, info: ModelInfo): DecodedTable {
  const models = readingOfModels([info])
  const known = new Set([...info.channels, ...models.channels])
  const raws = messagesOfText('the body', text, { lines: 'auto', known })
  if (raws.length === 0) throw createError('request-invalid', { where: 'body', reason: 'holds no rows' })
  const given = new Set(namesIn(raws[0]!))
  const time = timeIn(given, info)
  const isComputed = info.channels.every(name => given.has(name))
  const decode = createDecoder(
    trainedMapping(isComputed ? { ...models, states: new Map(), computed: new Map() } : models, {}, () => ({
      time,
    })),
    { channels: known, advice: SERIES_ADVICE },
  )
  const samples = raws.flatMap(raw => {
    const decoded = decode(raw)
    const problem =
      'bad' in decoded ? decoded.detail : decoded.unread?.find(({ reason }) => reason === 'no-number')?.detail
    if (problem !== undefined)
      throw createError('request-invalid', {
        where: `body/line ${raw.line}`,
        reason: `cannot be used: ${problem}`,
      })
    return 'messages' in decoded ? decoded.messages : []
  })
  const names = new Set(samples.flatMap(({ names }) => [...names]))
  const series = seriesChannels(info, name => names.has(name))
  const lost = series.names.filter(name => !names.has(name))
  if (lost.length > 0) throw noChannels(lost)
  const places = new Map(series.names.map((name, c) => [name, c]))
  const rows = samples.map(sample => {
    const row: Reading[] = series.names.map(() => Number.NaN)
    sample.names.forEach((name, i) => {
      const place = places.get(name)
      if (place !== undefined && !Number.isNaN(sample.values[i])) row[place] = sample.values[i]!
    })
    return row
  })
  const times = time === undefined ? undefined : samples.map(({ timeMs }) => timeMs)
  return {
    frame: series.frame(rows, seriesTimes(info, rows.length, times)),
    notes: [...leftOutNotes([...names].filter(name => !places.has(name))), ...series.notes(rows)],
  }
}

/** The time of the training, or `time`, where the first row of a body has it. */
function timeIn(given: ReadonlySet<string>, { timeColumn }: ModelInfo): string | undefined {
  const names = new Set([...given].map(name => name.toLowerCase()))
  const has = (path: string) => path.split(',').every(name => names.has(name.toLowerCase()))
  return [timeColumn, 'time'].find(path => path !== null && has(path)) ?? undefined
}

function namesIn({ columns, payload = '' }: RawMessage): readonly string[] {
  if (columns !== undefined) return columns
  try {
    return Object.keys(JSON.parse(payload))
  } catch {
    // Lines of another form say their time.
    return ['time']
  }
}

const noChannels = (lost: readonly string[]) =>
  createError('request-invalid', {
    where: 'body',
    reason: `has no channel ${lost.join(', ').slice(0, 300)}`,
  })
