import type { Alignment, AnomalyEvent } from '../../core/contracts.js'
import { counted } from '../../core/counted.js'
import { createError } from '../../core/errors.js'
import type { Frame } from '../../core/frame.js'
import { knownOnly } from '../../core/parse-options.js'
import { checkOutputFormat, openEvents, openScores } from '../../emit/index.js'
import { highestScores } from '../../explain/index.js'
import {
  type ChunkedTable,
  readChunks,
  readOptions,
  readTable,
  summaryNotes,
  type Table,
} from '../../ingest/index.js'
import type { Model } from '../../model/index.js'
import { detectOptions, refuseInvalid, thresholdNotes } from '../../pipeline/index.js'
import {
  adaptationLine,
  EVENT_COLUMNS,
  eventRows,
  eventSentences,
  expectedAlarmFacts,
  formatRows,
  isMostlyInEvents,
  labelLines,
  MOSTLY_IN_EVENTS,
  type ResultFormat,
  readableEventRows,
} from '../../report/index.js'
import { createRuntime, defaultWorkers } from '../../runtime/index.js'
import {
  alignmentOf,
  calibrationOf,
  type EffectiveThreshold,
  effectiveThreshold,
  joinScored,
  resolveSettings,
  type ScoredSamples,
  type SessionSettings,
  sessionSettings,
} from '../../session/index.js'
import { modelPath } from '../../store/index.js'
import { checkThresholdOptions } from '../../threshold/index.js'
import { defineCommand } from '../command.js'
import { detectFleet } from '../detect-fleet.js'
import { EXIT_ANOMALIES, EXIT_OK } from '../exit-codes.js'
import { explainChunks, explainedNotes, explainWorst, MOST_EXPLAINED } from '../explain-worst.js'
import { openFleet, readFleetLike } from '../fleet.js'
import type { Io } from '../io.js'
import { modelIn } from '../model-place.js'
import { printIssues, printNotes } from '../notes.js'
import { loadTrusted } from '../open-model.js'
import { checkFolder, makeFolderOf, pathIn } from '../paths.js'
import type { Progress } from '../progress.js'
import { leastPValueOf } from '../score-counts.js'
import { type ScoredTable, type ScoreSinks, scoreTable } from '../score-table.js'
import { chunkRowsOf, isForChunks, oneDevice } from '../table-chunks.js'
import { tableSource } from '../table-source.js'
import { checkReport, writeReport } from '../write-report.js'

export const detectCommand = defineCommand({
  name: 'detect',
  summary: 'Scores a table with a model and prints the anomalous events.',
  description:
    'A score of 1.0 is the threshold; higher is more anomalous. With labels it also prints precision and recall. With --group-by and without --device every ' +
    'device of the table is scored, by its own model where --model is the folder of a fleet; the most severe comes first.',
  arguments: [
    {
      name: 'data',
      reads: true,
      description:
        'Table with the channels that the model was trained on: a file, a pattern, a folder, or - for standard input.',
      optional: true,
    },
  ],
  schema: detectOptions.required({ model: true }).extend(readOptions.shape),
  isRepeatable: true,
  examples: [
    'telltale detect today.csv --model model',
    'telltale detect today.csv --model model --scores scores.csv --events events.jsonl',
    'telltale detect history.csv --model model --rows 5000: --label-column label --threshold 1.5',
    'telltale detect today.csv --model model --open-count 3 --open-within 5 --maintenance "Sun 02:00-04:00 Europe/Berlin"',
    'telltale detect today.csv --model model --direction-by-channel temp=above --min-absolute-by-channel temp=2.5',
    'telltale detect decade.parquet --model model --chunk-rows 50000 --scores scores.parquet',
    'telltale detect today.csv --model model --report today.html',
    'telltale detect today.csv --model fleet --group-by machine --events events.csv',
    'telltale detect today.csv --model pump@champion --registry models',
    'telltale detect today.csv --model model --format json --fail-on-anomaly',
  ],
  async run({ args: [data], options, cli, io, progress }) {
    checkThresholdOptions(options)
    const files = { scores: options.scores, events: options.events, report: options.report }
    if (files.report !== undefined) await checkReport(io, files.report)
    if (files.report !== undefined && options.chunkRows !== undefined)
      throw createError('option-conflict', { first: '--report', second: '--chunk-rows' })
    if (files.scores === '-' && files.events === '-') {
      throw createError('option-conflict', { first: '--scores -', second: '--events -' })
    }
    const outputs = [files.scores, files.events].filter(file => file !== undefined)
    for (const file of outputs) {
      checkOutputFormat(file)
      if (file !== '-') await checkFolder(pathIn(io, file), file)
    }
    const runtime = createRuntime(options.workers ?? defaultWorkers())
    const folder = await modelIn(io, cli, options.model)
    if (options.device === undefined) {
      const fleet = await openFleet(io, folder, runtime, options.groupBy !== undefined)
      if (fleet) {
        if (files.report !== undefined) throw createError('option-one-device', { what: 'a report' })
        const { devices, times } = await readFleetLike(io, data, fleet, options, progress)
        const settings = { ...knownOnly(sessionSettings, options), timeZone: times.timeZone }
        return detectFleet(io, { devices, fleet, options, settings, format: cli.format }, progress)
      }
    }
    const path = await modelPath(folder, options.device)
    const model = await io.metrics.time('load', () => loadTrusted(io, path, runtime))
    const { channels } = model.info
    const { source, request, read, times } = tableSource(io, data, options, model.info)
    const alignment = alignmentOf(model, options.alignment, 'two-sided')
    const settings = { ...knownOnly(sessionSettings, options), alignment, timeZone: times.timeZone }
    printNotes(io, cycleNotes(model, options.timeZone))
    const threshold = effectiveThreshold(model, settings)
    if ([options.thresholdRule, options.quantile, options.sensitivity].some(rule => rule !== undefined))
      printNotes(io, thresholdNotes(model, settings))
    const isChunked = files.report === undefined && (await isForChunks(source, request, options))
    const chunkRows = chunkRowsOf(options, channels.length)
    const table = await read<Table | ChunkedTable>((from, given) => {
      const asked = { ...given, expectChannels: channels }
      return isChunked
        ? readChunks(from, {
            ...asked,
            chunkRows,
            onProgress: ({ rows, expectedRows, ...bytes }) => progress.score(rows, expectedRows, bytes),
          })
        : readTable(from, asked)
    })
    const title = data ?? 'the query'
    const result = await scoreToFiles(
      io,
      model,
      table,
      { settings, explain: options.explain, title },
      files,
      progress,
    )
    if (isChunked) printNotes(io, summaryNotes(table.summary))
    printIssues(io, result.issues)
    const masks = maskNotes(resolveSettings(model, settings), table.summary)
    const explained = options.explain ? explainedNotes(result.eventCount) : []
    printNotes(io, [
      ...masks,
      ...moreEvents(result),
      ...(isMostlyInEvents(result.events, result) ? [MOSTLY_IN_EVENTS] : []),
      ...explained,
      ...expectedAlarmNotes(threshold),
    ])
    // A table on stdout must stay a table: the result then goes to stderr.
    const print = outputs.includes('-') ? io.stderr : io.stdout
    const leastPValue = leastPValueOf(calibrationOf(model, alignment).scores)
    const stepMs = model.info.schema?.cadenceMs ?? 0
    const all = { ...result, alignment, threshold, leastPValue, stepMs }
    print(resultText(all, files, cli.format, times.timeZone))
    return options.failOnAnomaly && result.eventCount > 0 ? EXIT_ANOMALIES : EXIT_OK
  },
})

interface OutputFiles {
  readonly scores?: string
  readonly events?: string
  readonly report?: string
}

/** Opens the files of scores and events that were asked for. */
async function openWriters(io: Io, model: Model, timeKind: Frame['timeKind'], files: OutputFiles) {
  for (const file of [files.scores, files.events])
    if (file !== undefined && file !== '-') await makeFolderOf(pathIn(io, file), file)
  const { stream } = io
  const { channels, schema } = model.info
  const scores = files.scores
    ? await openScores(pathIn(io, files.scores), { channels, timeKind }, { stream })
    : undefined
  const events = files.events
    ? await openEvents(pathIn(io, files.events), { timeKind, stepMs: schema?.cadenceMs ?? 0 }, { stream })
    : undefined
  return { scores, events }
}

/** Scores a table and writes scores and events as they come. The files appear only when everything succeeded. */
async function scoreToFiles(
  io: Io,
  model: Model,
  table: Table | ChunkedTable,
  run: { readonly settings: SessionSettings; readonly explain: boolean; readonly title: string },
  files: OutputFiles,
  progress: Progress,
): Promise<FoundEvents> {
  const { settings } = run
  const isWhole = 'frame' in table
  const { timeKind } = isWhole ? table.frame : table
  if (isWhole) {
    printNotes(io, table.notes)
    refuseInvalid(model, table.frame, settings)
  }
  const { signal, metrics } = io
  const { time } = metrics
  const { scores, events } = await openWriters(io, model, timeKind, files)
  const writers = [scores, events].filter(writer => writer !== undefined)
  const explains = isWhole && (run.explain || files.report !== undefined)
  const kept: ScoredSamples[] = []
  const found: AnomalyEvent[] = []
  const sinks: ScoreSinks = {
    async scored(samples) {
      if (explains) kept.push(samples)
      await time('write', async () => scores?.write(samples))
    },
    async closed(closed) {
      if (!explains) return events?.write(closed)
      for (const event of closed) found.push(event)
    },
  }
  const onProgress = isWhole ? progress.score : undefined
  try {
    const pieces = isWhole ? [table] : oneDevice(table)
    const explainer =
      run.explain && !isWhole
        ? explainChunks(model, settings, highestScores(MOST_EXPLAINED), signal)
        : undefined
    const result = await scoreTable(model, pieces, settings, sinks, {
      signal,
      onProgress,
      metrics,
      explainer,
    })
    const whole = explains ? joinScored(kept) : undefined
    const { events: explained, explanations } = whole
      ? await explainWorst(model, whole, found, settings, signal)
      : { events: [], explanations: [] }
    if (explains) await events?.write(explained)
    if (whole && files.report !== undefined) {
      const detection = { ...whole, events: found, threshold: effectiveThreshold(model, settings) }
      const report = {
        title: run.title,
        model,
        detection,
        explanations,
        settings,
        labels: isWhole ? table.labels : undefined,
      }
      await writeReport(io, files.report, report)
    }
    for (const writer of writers) await writer.finish()
    const known = new Map(explained.map(event => [event.id, event]))
    return {
      ...result,
      events: result.events.map(event => known.get(event.id) ?? event),
      scores: io.isStdoutTerminal ? whole?.score : undefined,
    }
  } catch (error) {
    for (const writer of writers) await writer.abandon()
    throw error
  } finally {
    progress.finish()
  }
}

interface FoundEvents extends ScoredTable {
  /** For small plots of events, where stdout shows them. */
  readonly scores?: Float32Array
}

interface Result extends FoundEvents {
  readonly alignment: Alignment
  readonly threshold: EffectiveThreshold
  readonly leastPValue: number
  /** 0 = not known. */
  readonly stepMs: number
}

/** The expected false alarms when threshold or event rules differ from those of the training. */
function expectedAlarmNotes({ expectedAlarms }: EffectiveThreshold): string[] {
  if (expectedAlarms === undefined) return []
  if (expectedAlarms === null)
    return ['expected false alarms per day: unknown, because the history had no regular times']
  const facts = expectedAlarmFacts(expectedAlarms).map(([name, value]) => `expected ${name}: ${value}`)
  return expectedAlarms.warning === null ? facts : [...facts, expectedAlarms.warning]
}

/** What a mask does where readings are missing for long. */
function maskNotes(
  { model, policies, missing }: Pick<ReturnType<typeof resolveSettings>, 'model' | 'policies' | 'missing'>,
  { missingByChannel }: Table['summary'],
): string[] {
  const { channels } = model.info
  const long = channels.filter(
    (name, c) => policies[c] === 'mask' && (missingByChannel.get(name) ?? 0) > missing.maxGap,
  )
  if (long.length === 0 || channels.length === 1) return []
  return [
    `missing readings of ${long.join(', ')} are filled with what the other channels call for (mask): a fault of ${long.length === 1 ? 'it' : 'them'} does not show there; --missing hold leaves such samples without a score`,
  ]
}

function moreEvents({ eventCount, events }: ScoredTable): string[] {
  const count = eventCount - events.length
  if (count === 0) return []
  return [
    `only the events with the highest scores are listed; ${count} more are not shown (--events FILE writes all)`,
  ]
}

/** A zone that is given at scoring does not move the cycle that was learnt. */
function cycleNotes({ info: { cycle } }: Model, timeZone: string | undefined): string[] {
  if (cycle === undefined || timeZone === undefined || timeZone === cycle.zone) return []
  return [
    `times are read and shown in ${timeZone}, but the ${cycle.days === 1 ? 'daily' : 'weekly'} cycle of the model follows ${cycle.zone}: \`telltale train\` with --time-zone ${timeZone} moves it`,
  ]
}

/** Rows of events for `jsonl` and `csv`; everything for `json` and for text. */
function resultText(
  { timeKind, events, labels, leastPValue, scores, stepMs, ...result }: Result,
  files: OutputFiles,
  format: ResultFormat,
  zone = 'UTC',
): string {
  if (format !== 'json' && format !== 'table')
    return formatRows(eventRows(events, timeKind), format, EVENT_COLUMNS)
  if (format === 'json') {
    const more = { events: eventRows(events, timeKind), labels: labels ?? null, files }
    const { issues: _, ...told } = result
    return `${JSON.stringify({ ...told, ...more }, null, 2)}\n`
  }
  const rows = readableEventRows(events, timeKind, { leastPValue, zone, stepMs })
  const { eventCount, samples, scored, flagged, adaptation } = result
  const { inMaintenance, inCoolDown } = result.suppressed
  const lines = [
    `${counted(eventCount, 'event')}; ${flagged} of ${counted(scored, 'scored sample')} ${flagged === 1 ? 'is' : 'are'} above the threshold`,
    ...(inMaintenance > 0
      ? [`${inMaintenance} of these are in maintenance windows, which produce no events`]
      : []),
    ...(inCoolDown > 0 ? [`${inCoolDown} of these are in the cool-down after an event`] : []),
    ...(scored < samples
      ? [
          `${counted(samples - scored, 'sample')} ${samples - scored === 1 ? 'has' : 'have'} no score; --scores FILE gives the reason`,
        ]
      : []),
    ...(adaptation ? [adaptationLine(adaptation)] : []),
    ...(labels ? labelLines(labels) : []),
    ...Object.entries(files).flatMap(([what, file]) => (file === undefined ? [] : [`${what}: ${file}`])),
  ]
  const sentences = eventSentences(events, timeKind, scores, zone)
  return [formatRows(rows, 'table'), sentences, `${lines.join('\n')}\n`].filter(Boolean).join('\n')
}
