import { createError } from '../../core/errors.js'
import { scoredCount } from '../../detect/index.js'
import { checkOutputFormat, writeEvents, writeScores } from '../../emit/index.js'
import { readChunks, readOptions, readTable } from '../../ingest/index.js'
import {
  defaultWorkers,
  detect,
  detectOptions,
  type EffectiveThreshold,
  effectiveThreshold,
  parseRows,
  thresholdNotes,
} from '../../pipeline/index.js'
import {
  adaptationLine,
  countAgainstLabels,
  EVENT_COLUMNS,
  eventRows,
  formatRows,
  labelLines,
  promiseFacts,
  type ResultFormat,
  readableEventRows,
} from '../../report/index.js'
import { createRuntime } from '../../runtime/index.js'
import { loadModel, modelPath } from '../../store/index.js'
import { checkThresholdOptions } from '../../threshold/index.js'
import { defineCommand } from '../command.js'
import { type ChunkedDetection, chunkRowsOf, detectChunks, isForChunks } from '../detect-chunks.js'
import { detectFleet } from '../detect-fleet.js'
import { EXIT_ANOMALIES, EXIT_OK } from '../exit-codes.js'
import { openFleet, readFleetLike } from '../fleet.js'
import { printIssues, printNotes } from '../notes.js'
import { checkFolder, makeFolderOf, pathIn } from '../paths.js'
import { readLikeTraining } from '../read-like-training.js'
import { countScores } from '../score-counts.js'
import { asTrained, tableSource } from '../table-source.js'

export const detectCommand = defineCommand({
  name: 'detect',
  summary: 'Scores a table with a model and prints the anomalous events.',
  description:
    'A score of 1.0 is the threshold; higher is more anomalous. With labels it also prints precision and recall. With --group-by and without --device every ' +
    'device of the table is scored, by its own model where --model is the folder of a fleet; the most severe comes first.',
  arguments: [
    {
      name: 'data',
      description:
        'Table with the channels that the model was trained on: a file, a pattern, a folder, or - for standard input.',
      optional: true,
    },
  ],
  schema: detectOptions.required({ model: true }).extend(readOptions.shape),
  examples: [
    'telltale detect today.csv --model model',
    'telltale detect today.csv --model model --scores scores.csv --events events.jsonl',
    'telltale detect history.csv --model model --rows 5000: --label-column label --threshold 1.5',
    'telltale detect today.csv --model model --open-count 3 --open-within 5 --maintenance "Sun 02:00-04:00 Europe/Berlin"',
    'telltale detect today.csv --model model --direction-by-channel temp=above --min-absolute-by-channel temp=2.5',
    'telltale detect decade.parquet --model model --chunk-rows 50000 --scores scores.parquet',
    'telltale detect today.csv --model fleet --group-by machine --events events.csv',
    'telltale detect today.csv --model model --format json --fail-on-anomaly',
  ],
  async run({ args: [data], options, cli, io, progress }) {
    checkThresholdOptions(options)
    const rows = parseRows(options.rows)
    const files = { scores: options.scores, events: options.events }
    if (files.scores === '-' && files.events === '-') {
      throw createError('option-conflict', { first: '--scores -', second: '--events -' })
    }
    const outputs = Object.values(files).filter(file => file !== undefined)
    for (const file of outputs) {
      checkOutputFormat(file)
      if (file !== '-') await checkFolder(pathIn(io, file), file)
    }
    const runtime = createRuntime(options.workers ?? defaultWorkers())
    const folder = pathIn(io, options.model)
    if (options.device === undefined) {
      const fleet = await openFleet(folder, runtime, options.groupBy !== undefined)
      if (fleet) {
        const devices = await readFleetLike(io, data, fleet, { ...options, rows }, progress)
        return detectFleet(io, { devices, fleet, options, format: cli.format }, progress)
      }
    }
    const model = await loadModel(await modelPath(folder, options.device), runtime)
    const { channels, timeColumn, labelColumn } = model.info
    const { source, request } = tableSource(io, data, asTrained(options, model.info.options), {
      ...model.info.options,
      ...options,
    })
    const given = {
      ...request,
      timeColumn: options.timeColumn,
      labelColumn: options.labelColumn,
      rows,
      expectChannels: channels,
    }
    const trained = { timeColumn: timeColumn ?? undefined, labelColumn: labelColumn ?? undefined }
    const threshold = effectiveThreshold(model, options)
    if (options.thresholdRule !== undefined || options.quantile !== undefined)
      printNotes(io, thresholdNotes(model, options))
    // A table on stdout must stay a table: the result then goes to stderr.
    const print = outputs.includes('-') ? io.stderr : io.stdout
    const leastPValue = leastPValueOf(model.calibrationScores)
    const finish = (found: ChunkedDetection) => {
      const result = { ...found, threshold, leastPValue }
      const more = result.eventCount - result.events.length
      printNotes(io, [...(more > 0 ? [moreEvents(more)] : []), ...promiseNotes(threshold)])
      print(resultText(result, files, cli.format))
      return options.failOnAnomaly && result.eventCount > 0 ? EXIT_ANOMALIES : EXIT_OK
    }

    if (await isForChunks(source, request, options)) {
      const chunks = await readLikeTraining(
        asked =>
          readChunks(source, {
            ...asked,
            chunkRows: chunkRowsOf(options, channels.length),
            onProgress: ({ rows, expectedRows, ...bytes }) => progress.score(rows, expectedRows, bytes),
          }),
        given,
        trained,
      )
      return finish(await detectChunks(io, model, chunks, options, progress))
    }

    const table = await readLikeTraining(asked => readTable(source, asked), given, trained)
    printNotes(io, table.notes)

    const detection = await detect(model, table.frame, options, {
      onProgress: progress.score,
      signal: io.signal,
    })
    progress.finish()
    printIssues(io, detection.issues)
    for (const file of outputs) if (file !== '-') await makeFolderOf(pathIn(io, file), file)
    const { stream } = io
    if (files.scores) await writeScores(pathIn(io, files.scores), detection, { stream })
    if (files.events) await writeEvents(pathIn(io, files.events), detection, { stream })
    const labels = table.labels && countAgainstLabels(detection.flag, table.labels, detection.events)
    const { frame, events, score, flag, suppressed, adaptation } = detection
    const counts = { eventCount: events.length, ...countScores(score, flag), labels }
    return finish({ frame, events, ...counts, suppressed, adaptation })
  },
})

/** The result of scoring a table, whole or chunk by chunk. */
interface Result extends ChunkedDetection {
  readonly threshold: EffectiveThreshold
  readonly leastPValue: number
}

/** The smallest p-value that the calibration scores of a model can give. */
function leastPValueOf(calibrationScores: Float32Array): number {
  return 1 / (1 + scoredCount(calibrationScores))
}

/** The expected false alarms when threshold or event rules differ from those of the training. */
function promiseNotes({ promise }: EffectiveThreshold): string[] {
  if (promise === undefined) return []
  if (promise === null)
    return ['expected false alarms per day: unknown, because the history had no regular times']
  const facts = promiseFacts(promise).map(([name, value]) => `expected ${name}: ${value}`)
  return promise.warning === null ? facts : [...facts, promise.warning]
}

const moreEvents = (count: number) =>
  `only the events with the highest scores are listed; ${count} more are not shown (--events FILE writes all)`

/** Rows of events for `jsonl` and `csv`; everything for `json` and for text. */
function resultText(
  { frame, events, labels, leastPValue, ...result }: Result,
  files: { readonly scores?: string; readonly events?: string },
  format: ResultFormat,
): string {
  if (format === 'csv' || format === 'jsonl')
    return formatRows(eventRows(frame, events), format, EVENT_COLUMNS)
  if (format === 'json') {
    const more = { events: eventRows(frame, events), labels: labels ?? null, files }
    return `${JSON.stringify({ ...result, ...more }, null, 2)}\n`
  }
  const rows = readableEventRows(frame, events, { leastPValue })
  const { eventCount, samples, scored, flagged, adaptation } = result
  const { inMaintenance, inCoolDown } = result.suppressed
  const lines = [
    `${eventCount} ${eventCount === 1 ? 'event' : 'events'}; ${flagged} of ${scored} scored samples are above the threshold`,
    ...(inMaintenance > 0
      ? [`${inMaintenance} of these are in maintenance windows, which produce no events`]
      : []),
    ...(inCoolDown > 0 ? [`${inCoolDown} of these are in the cool-down after an event`] : []),
    ...(scored < samples
      ? [`${samples - scored} samples have no score; --scores FILE gives the reason`]
      : []),
    ...(adaptation ? [adaptationLine(adaptation)] : []),
    ...(labels ? labelLines(labels) : []),
    ...Object.entries(files).flatMap(([what, file]) => (file === undefined ? [] : [`${what}: ${file}`])),
  ]
  return `${formatRows(rows, 'table')}${rows.length > 0 ? '\n' : ''}${lines.join('\n')}\n`
}
