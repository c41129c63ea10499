import { forChannels } from '../core/channels.js'
import type { AnomalyEvent } from '../core/contracts.js'
import { counted } from '../core/counted.js'
import { type ErrorKind, TelltaleError } from '../core/errors.js'
import type { Frame } from '../core/frame.js'
import { type EventTable, openScores, type ScoreWriter, writeEvents } from '../emit/index.js'
import { type HighestScores, highestScores } from '../explain/index.js'
import { type DeviceTable, type DeviceTables, summaryNotes } from '../ingest/index.js'
import type { Model } from '../model/index.js'
import { type DetectOptions, refuseInvalid } from '../pipeline/index.js'
import {
  EVENT_COLUMNS,
  eventRows,
  eventSentences,
  formatNumber,
  formatRows,
  isMostlyInEvents,
  type LabelCounts,
  labelLines,
  MOSTLY_IN_EVENTS,
  type ResultFormat,
  type Row,
  readableEventRows,
  sumLabelCounts,
} from '../report/index.js'
import { alignmentOf, calibrationOf, type SessionSettings } from '../session/index.js'
import { createDeviceNotes, type DeviceNotes } from './device-notes.js'
import { EXIT_ANOMALIES, EXIT_CODES, EXIT_OK } from './exit-codes.js'
import { explainChunks, explainedNotes, MOST_EXPLAINED } from './explain-worst.js'
import type { Fleet } from './fleet.js'
import type { Io } from './io.js'
import { printNotes } from './notes.js'
import { makeFolderOf, pathIn } from './paths.js'
import type { Progress } from './progress.js'
import { leastPValueOf, type ScoreCounts } from './score-counts.js'
import { type LabelledFrame, type ScoreSinks, scoreTable } from './score-table.js'
import { bytesOfWork } from './train-history.js'

/** What is scored by which models, and how. */
export interface FleetDetection {
  readonly devices: DeviceTables
  readonly fleet: Fleet
  readonly options: DetectOptions
  readonly settings: SessionSettings
  readonly format: ResultFormat
}

/** Errors of one device that say nothing about the next. */
const OF_A_DEVICE: readonly ErrorKind[] = ['data', 'limit', 'artefact']

interface Scored extends ScoreCounts {
  readonly events: EventTable & { readonly leastPValue: number }
  /** Absent when the table has no labels. */
  readonly labels?: LabelCounts
}

/**
 * Scores every device of a table, one after the other, by its own model or by one model for all. The results are sorted, most severe first. A
 * device without a model, or whose data cannot be scored, is reported and does not stop the others. Returns the exit code: of anomalies when these
 * fail, else that of the first device that failed, else `artefact` when no device had a model.
 */
export async function detectFleet(io: Io, detection: FleetDetection, progress: Progress): Promise<number> {
  const { devices, fleet, options, format } = detection
  const { stream } = io
  const files = { scores: options.scores, events: options.events }
  const outputs = Object.values(files).filter(file => file !== undefined)
  for (const file of outputs) if (file !== '-') await makeFolderOf(pathIn(io, file), file)
  const axis = { channels: fleet.channels, timeKind: devices.timeKind, devices: true }
  const writer =
    files.scores === undefined ? undefined : await openScores(pathIn(io, files.scores), axis, { stream })
  const rows: Row[] = []
  const tables: Scored['events'][] = []
  const labels: LabelCounts[] = []
  const notes = createDeviceNotes(io)
  const highest = options.explain ? highestScores(MOST_EXPLAINED) : undefined
  const seen = new Set<string>()
  let code = EXIT_OK
  try {
    for await (const table of devices) {
      const { device, samples } = table
      if (seen.size === 0) {
        progress.finish()
        printNotes(io, summaryNotes(devices.summary))
      }
      seen.add(device)
      const takeBack = await writer?.mark?.()
      try {
        const model = await fleet.modelOf(device)
        if (model === undefined) {
          notes.add(device, 'no-model', noModel(samples))
          rows.push(silentRow(device, samples, 'no model'))
          continue
        }
        const result = await scoreDevice(io, model, table, detection, { writer, notes, highest })
        tables.push(result.events)
        if (result.labels) labels.push(result.labels)
        rows.push(scoredRow(device, result))
      } catch (error) {
        if (!(error instanceof TelltaleError) || !OF_A_DEVICE.includes(error.kind)) throw error
        // A device has all its scores in the file, or none; standard output takes nothing back.
        if (takeBack) await takeBack()
        else if (writer)
          printNotes(io, [
            `${device}: ignore its scores printed above; the device failed before they were complete`,
          ])
        rows.push(silentRow(device, samples, `${error.code}: ${error.message}`))
        notes.add(device, error.code, `it was not scored: ${error.remedy}`)
        if (code === EXIT_OK) code = EXIT_CODES[error.kind]
      }
    }
    if (files.events) await writeEvents(pathIn(io, files.events), tables, { stream })
    await writer?.finish()
  } catch (error) {
    await writer?.abandon()
    throw error
  }
  progress.finish()
  notes.print()
  const eventCount = tables.reduce((sum, { events }) => sum + events.length, 0)
  printNotes(io, [...absentNotes(fleet, seen), ...(highest ? explainedNotes(eventCount) : [])])
  if (code === EXIT_OK && tables.length === 0) code = EXIT_CODES.artefact
  const worst = rows.sort((a, b) => rank(b) - rank(a))
  // A table on stdout must stay one: then the result goes where people look.
  const print = outputs.includes('-') ? io.stderr : io.stdout
  const agreement = labels.length > 0 ? sumLabelCounts(labels) : undefined
  print(resultText({ rows: worst, tables, labels: agreement }, files, format, detection.settings.timeZone))
  return options.failOnAnomaly && tables.some(({ events }) => events.length > 0) ? EXIT_ANOMALIES : code
}

const noModel = (samples: number) =>
  `no model; its ${samples === 1 ? 'sample was' : `${samples} samples were`} not scored`

/** Devices that the fleet has a model of and the table no samples. */
function absentNotes({ members = [] }: Fleet, seen: ReadonlySet<string>): string[] {
  const absent = members.filter(({ device }) => !seen.has(device)).map(({ device }) => device)
  return absent.length === 0 ? [] : [`no samples of ${absent.join(', ')}, although the fleet has a model`]
}

interface DeviceOutputs {
  readonly writer: ScoreWriter | undefined
  readonly notes: DeviceNotes
  /** Of all devices; undefined when events are not explained. */
  readonly highest: HighestScores | undefined
}

/** Scores one device: whole, or chunk by chunk when it is larger than memory. */
async function scoreDevice(
  io: Io,
  model: Model,
  table: DeviceTable,
  { fleet, options, settings }: FleetDetection,
  { writer, notes, highest }: DeviceOutputs,
): Promise<Scored> {
  const { device } = table
  const { channels, schema } = model.info
  const own = ({ frame, labels }: LabelledFrame): LabelledFrame => ({
    frame: forChannels(frame, channels),
    labels,
  })
  async function* chunks() {
    for await (const chunk of table.chunks()) yield own(chunk)
  }
  const isWhole =
    options.chunkRows === undefined &&
    bytesOfWork(table.samples, table.channels.length) <= options.memory * 2 ** 20
  const whole = isWhole ? own(await table.read()) : undefined
  if (whole) refuseInvalid(model, whole.frame, settings)
  const found: AnomalyEvent[] = []
  const sinks: ScoreSinks = {
    scored: async samples =>
      io.metrics.time('write', async () => writer?.write({ ...onColumns(samples, fleet.channels), device })),
    closed: async events => {
      for (const event of events) found.push(event)
    },
  }
  const alignment = alignmentOf(model, settings.alignment, 'two-sided')
  const explained = { ...settings, alignment }
  const result = await scoreTable(model, whole ? [whole] : chunks(), settings, sinks, {
    signal: io.signal,
    metrics: io.metrics,
    explainer: highest && explainChunks(model, explained, highest, io.signal),
  })
  notes.issues(device, result.issues)
  if (isMostlyInEvents(found, result)) notes.add(device, 'mostly-in-events', MOSTLY_IN_EVENTS)
  const { timeKind, labels, samples, scored, flagged } = result
  const leastPValue = leastPValueOf(calibrationOf(model, alignment).scores)
  const events = { events: found, timeKind, stepMs: schema?.cadenceMs ?? 0, device, leastPValue }
  return { events, samples, scored, flagged, labels }
}

/** Scores with a residual for each of the columns; NaN where the model of the device does not have the channel. */
function onColumns<Table extends { readonly frame: Frame; readonly residual: Float32Array }>(
  scores: Table,
  columns: readonly string[],
): Table {
  const { frame, residual } = scores
  const { channels, timeMs } = frame
  if (channels.length === columns.length && channels.every((name, c) => name === columns[c])) return scores
  const spread = new Float32Array(timeMs.length * columns.length).fill(Number.NaN)
  channels.forEach((name, c) => {
    const to = columns.indexOf(name)
    for (let i = 0; i < timeMs.length; i++)
      spread[i * columns.length + to] = residual[i * channels.length + c]
  })
  return { ...scores, frame: { ...frame, channels: columns }, residual: spread }
}

function scoredRow(device: string, { events, samples, scored, flagged }: Scored): Row {
  const isNormal = events.events.length === 0
  const worst = (of: 'severity' | 'score') =>
    events.events.reduce((most, event) => Math.max(most, event[of]), 0)
  return {
    device,
    severity: isNormal ? null : Number(formatNumber(worst('severity'), 3)),
    score: isNormal ? null : Number(formatNumber(worst('score'))),
    events: events.events.length,
    flagged,
    scored,
    samples,
    result: isNormal ? 'normal' : 'anomalies',
  }
}

function silentRow(device: string, samples: number, result: string): Row {
  return { device, severity: null, score: null, events: null, flagged: null, scored: null, samples, result }
}

/** By severity; devices that could not be scored come before normal ones. */
function rank({ severity, score, events }: Row): number {
  if (events === 0) return 0
  if (typeof severity !== 'number' || typeof score !== 'number') return 0.5
  return 1 + severity + score / (1 + score)
}

function resultText(
  {
    rows,
    tables,
    labels,
  }: {
    readonly rows: readonly Row[]
    readonly tables: readonly Scored['events'][]
    readonly labels?: LabelCounts
  },
  files: { readonly scores?: string; readonly events?: string },
  format: ResultFormat,
  zone = 'UTC',
): string {
  const rowsOf = (make: (table: Scored['events']) => Row[], score: string) =>
    tables
      .flatMap(table => make(table).map((row): Row => ({ device: table.device ?? '', ...row })))
      .sort((a, b) => Number(b.severity) - Number(a.severity) || Number(b[score]) - Number(a[score]))
  if (format !== 'table') {
    const events = rowsOf(({ events, timeKind }) => eventRows(events, timeKind), 'score')
    if (format !== 'json') return formatRows(events, format, ['device', ...EVENT_COLUMNS])
    return `${JSON.stringify({ devices: rows, events, labels: labels ?? null, files }, null, 2)}\n`
  }
  const events = rowsOf(
    ({ events, timeKind, stepMs, leastPValue }) =>
      readableEventRows(events, timeKind, { zone, stepMs, leastPValue }),
    'peak score',
  )
  const sentences = tables.flatMap(({ events, timeKind, device = '' }) =>
    eventSentences(events, timeKind, undefined, zone)
      .split('\n')
      .filter(line => line !== '')
      .map(line => `${device}  ${line}\n`),
  )
  const troubled = rows.filter(({ result }) => result === 'anomalies').length
  const lines = [
    `${counted(events.length, 'event')} in ${troubled} of ${counted(rows.length, 'device')}`,
    ...(labels ? labelLines(labels) : []),
    ...Object.entries(files).flatMap(([what, file]) => (file === undefined ? [] : [`${what}: ${file}`])),
  ]
  return [formatRows(rows, 'table'), formatRows(events, 'table'), sentences.join(''), `${lines.join('\n')}\n`]
    .filter(Boolean)
    .join('\n')
}
