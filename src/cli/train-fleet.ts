import { join } from 'node:path'
import { counted } from '../core/counted.js'
import { type ErrorKind, TelltaleError } from '../core/errors.js'
import { knownOnly } from '../core/parse-options.js'
import {
  type DeviceTable,
  type ReadOptions,
  type ReadTableOptions,
  readDevices,
  readingOf,
  roleNote,
  summaryNotes,
  type TableSource,
} from '../ingest/index.js'
import type { Model } from '../model/index.js'
import {
  exclusionNotes,
  sampleBlocks,
  type TrainHooks,
  type TrainOptions,
  trainModel,
  trainOptions,
  withReadings,
} from '../pipeline/index.js'
import { firstScoreText, formatNumber, formatRows, type Row } from '../report/index.js'
import { deviceFolder, parseReference, saveModel } from '../store/index.js'
import type { Call } from './command.js'
import { createDeviceNotes } from './device-notes.js'
import { EXIT_CODES, EXIT_OK } from './exit-codes.js'
import type { Io } from './io.js'
import { devicesThatLeft, type ModelTarget } from './model-place.js'
import { printNotes } from './notes.js'
import { isModel } from './paths.js'
import type { Progress } from './progress.js'
import { countOnes } from './score-counts.js'
import { asHistory, blockRoom, labelledNote, type TrainHistory } from './train-history.js'

/** What a fleet is trained on, and how. */
export interface FleetTraining {
  readonly source: TableSource
  readonly request: ReadTableOptions
  readonly options: TrainOptions & ReadOptions & { readonly memory: number }
  readonly hooks: TrainHooks
  readonly target: ModelTarget
  /** For the history of a registry. */
  readonly why: string
  readonly cli: Call['cli']
}

/** Errors of one device that say nothing about the next. */
const OF_A_DEVICE: readonly ErrorKind[] = ['data', 'limit', 'option']

/**
 * Trains a model for each device of a table, one after the other, into a folder of models. A device that cannot be trained is reported in the
 * table of results and does not stop the others. Returns the exit code: that of the first device that failed.
 */
export async function trainFleet(
  io: Io,
  { source, request, options, hooks, target, why, cli }: FleetTraining,
  progress: Progress,
): Promise<number> {
  // A missing column is an error of its device only, so that it does not stop the others.
  const devices = await readDevices(source, {
    ...request,
    missing: 'keep',
    onProgress: ({ rows, expectedRows, ...bytes }) => progress.read(rows, expectedRows, bytes),
  })
  const rows: Row[] = []
  const deviceNotes = createDeviceNotes(io)
  let code = EXIT_OK
  for await (const table of devices) {
    const { device } = table
    if (rows.length === 0) {
      progress.finish()
      printNotes(io, [...summaryNotes(devices.summary), roleNote(devices.summary)])
    }
    const folder = deviceFolder(device)
    const path = join(target.path, folder)
    const told = (kind: string, note: string) => deviceNotes.add(device, kind, note)
    try {
      const { history, labelled, notes } = await historyOf(table, options, io)
      const { history: read, empty } = withReadings(history)
      for (const [i, note] of notes.entries()) told(`history ${i}`, note)
      if (empty.length > 0)
        told(`empty ${empty.join()}`, `no readings of ${empty.join(', ')}: left out of its model`)
      if (labelled > 0) told('labelled', labelledNote(labelled))
      const checkpoint = options.checkpoint && join(options.checkpoint, deviceFolder(device))
      const { timeColumn: time, labelColumn: label } = devices.summary
      const model = await trainModel(
        read,
        { ...knownOnly(trainOptions, options), checkpoint },
        {
          ...hooks,
          device,
          columns: { time, label },
          reading: readingOf(options, devices.summary),
          onIssues: issues => deviceNotes.issues(device, issues),
          onModel: model => io.metrics.time('save', () => saveModel(model, path)),
        },
      )
      rows.push(trainedRow(device, model, folder, options))
    } catch (error) {
      if (!(error instanceof TelltaleError) || !OF_A_DEVICE.includes(error.kind)) throw error
      rows.push(failedRow(device, table.samples, error))
      told(error.code, `it was not trained: ${error.remedy}`)
      if (await isModel(path))
        told(
          'earlier',
          `its model from an earlier training remains in ${join(options.out ?? target.path, folder)}`,
        )
      if (code === EXIT_OK) code = EXIT_CODES[error.kind]
    } finally {
      progress.finish()
    }
    // With --keep-best the device at hand was finished; the next one is not begun.
    if (io.signal.aborted) break
  }
  deviceNotes.print(exclusionNotes(options.exclude, devices.summary.devices))
  const isAny = rows.some(({ model }) => model !== null)
  const published = isAny ? await target.publish(why) : undefined
  io.stdout(formatRows(placed(rows, published), cli.format))
  if (cli.format === 'table') io.stdout(`\n${countText(rows)}${published ? ` in ${published}` : ''}\n`)
  if (published !== undefined) printNotes(io, leftNotes(await devicesThatLeft(io, cli, published)))
  return io.signal.aborted ? EXIT_CODES.interrupted : code
}

function leftNotes(left: readonly string[]): string[] {
  return left.length === 0
    ? []
    : [`the version before also had a model of ${left.join(', ')}; this one has none`]
}

async function historyOf(
  table: DeviceTable,
  options: FleetTraining['options'],
  io: Io,
): Promise<Omit<TrainHistory, 'columns' | 'summary'>> {
  const room = blockRoom(table.channels.length, options)
  if (table.samples <= room.capacity) {
    const { frame, labels } = await table.read()
    return { history: frame, labelled: labels ? countOnes(labels) : 0, notes: [] }
  }
  let labelled = 0
  async function* frames() {
    for await (const { frame, labels } of table.chunks()) {
      if (labels) labelled += countOnes(labels)
      yield frame
    }
  }
  const blocks = await sampleBlocks(frames(), { ...room, signal: io.signal })
  return { ...asHistory(blocks, options.memory), labelled }
}

function trainedRow(
  device: string,
  { info, detector }: Model,
  folder: string,
  { falseAlarms }: Pick<TrainOptions, 'falseAlarms'>,
): Row {
  const { rows, blocks } = info.training
  // The warning about the expected alarm rate matters only when --false-alarms was given.
  const calibration = info.calibration['two-sided']
  const warning = falseAlarms === undefined ? null : calibration?.expectedAlarms?.warning
  return {
    device,
    rows: blocks?.ofRows ?? rows,
    'trained on': rows,
    detector: info.architecture ?? info.kind,
    threshold: Number(formatNumber(calibration?.level ?? Number.NaN)),
    'first score': firstScoreText(info, detector),
    model: folder,
    result: warning ?? 'trained',
  }
}

function failedRow(device: string, rows: number, { code, message }: TelltaleError): Row {
  return {
    device,
    rows,
    'trained on': null,
    detector: null,
    threshold: null,
    'first score': null,
    model: null,
    result: `${code}: ${message}`,
  }
}

/** Rows with the place of each model: its folder, or the version of the fleet. */
function placed(rows: readonly Row[], published: string | undefined): Row[] {
  const isVersion = published !== undefined && parseReference(published) !== undefined
  const placeOf = (folder: string) => (isVersion ? published : join(published ?? '', folder))
  return rows.map(row => (typeof row.model === 'string' ? { ...row, model: placeOf(row.model) } : row))
}

function countText(rows: readonly Row[]): string {
  const trained = rows.filter(({ model }) => model !== null).length
  const failed = rows.length - trained
  return `${counted(trained, 'model')}${failed > 0 ? `, ${counted(failed, 'device')} without one,` : ''}`
}
