import { z } from 'zod'
import type { AnomalyEvent } from '../../core/contracts.js'
import { counted } from '../../core/counted.js'
import { createError } from '../../core/errors.js'
import { nearestName } from '../../core/nearest.js'
import { kebabCase, option, positiveInteger } from '../../core/options.js'
import { knownOnly } from '../../core/parse-options.js'
import type { ParseTimeOptions } from '../../core/parse-time.js'
import {
  compareMethods,
  EXPLAIN_METHODS,
  type ExplainSettings,
  type Explanation,
  explainEvents,
  globalImportance,
  modelChannels,
  type NamedChannel,
  withEventBands,
} from '../../explain/index.js'
import { readChunks, readOptions, readTable, summaryNotes } from '../../ingest/index.js'
import type { Model } from '../../model/index.js'
import { type Detection, detect, detectOptions } from '../../pipeline/index.js'
import {
  EXPLANATION_COLUMNS,
  explanationJson,
  explanationMarkdown,
  explanationRows,
  explanationText,
  formatRows,
  importanceText,
  methodText,
  type ResultFormat,
  sampleJson,
  sampleRow,
  sampleText,
} from '../../report/index.js'
import { createPause, createRuntime, defaultWorkers } from '../../runtime/index.js'
import { alignmentOf, type SessionSettings, sessionSettings } from '../../session/index.js'
import { checkThresholdOptions } from '../../threshold/index.js'
import { defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { type AnswerAt, explainAt } from '../explain-at.js'
import { type ExplainedTable, explainChunkedTable } from '../explain-chunks.js'
import { printIssues, printNotes } from '../notes.js'
import { openModel } from '../open-model.js'
import { chunkRowsOf, isForChunks } from '../table-chunks.js'
import { tableSource } from '../table-source.js'
import { checkReport, reportPage, writeReport } from '../write-report.js'

const schema = detectOptions
  .required({ model: true })
  .omit({
    scores: true,
    events: true,
    explain: true,
    report: true,
    failOnAnomaly: true,
  })
  .extend({
    event: option(z.string().min(1).optional(), 'Id of the event to explain. Default: those of --top.', {
      value: 'ID',
    }),
    at: option(
      z.string().min(1).max(100).optional(),
      'Time of a sample: says why it is part of an event, or why not, or why it has no score. In a table without times the number of a row.',
      { value: 'TIME' },
    ),
    top: option(
      positiveInteger().max(10_000).optional(),
      'Number of events to explain, highest score first. Default: 10; 100 with --global.',
      { value: 'N' },
    ),
    method: option(
      z.enum(EXPLAIN_METHODS).default('repair'),
      'How channels are ranked. repair: those that have to read as the others call for, so that the event is gone; decomposition: share in the score; standardised: distance from what the others call for; movement: distance from before the event, over the usual range; permutation: readings of normal operation instead; shapley: Shapley values by sampling; integrated-gradients: gradients of a network.',
    ),
    budget: option(
      positiveInteger().max(100_000).optional(),
      'Scorings of an event at most. Default: 12 for repair, 20 per channel for permutation and shapley, 64 points of the path for integrated-gradients.',
      { value: 'N' },
    ),
    global: option(
      z.boolean().default(false),
      'Print the importance of each channel over all chosen events, and for the model in normal operation, instead of single events.',
    ),
    compareMethods: option(
      z.boolean().default(false),
      'Compare the methods by the chosen events: how alike their rankings are, and how far the score falls when the first channels of each read as the others call for, against random orders.',
    ),
    unit: option(
      z.array(z.string().min(1)).optional(),
      'Units of channels, such as temp=°C,flow=m³/h. Default: from the history, its row or column of units, and from names such as temp [°C].',
      { value: 'LIST' },
    ),
    seed: option(z.number().int().min(0).max(4294967295).default(1), 'Seed of the random numbers.', {
      value: 'S',
    }),
    report: option(z.string().min(1).optional(), 'File for a report with plots (.html).', {
      value: 'FILE',
      path: 'write',
    }),
    ...readOptions.shape,
  })

export const explainCommand = defineCommand({
  name: 'explain',
  summary: 'Explains events: which channels, since when, what kind of fault, in one sentence.',
  description:
    'Scores the table like `detect`, then explains the events with the highest scores. Normal operation is taken from the samples of the same table that are ' +
    'outside of events, so give some of them too; of a table that is larger than --memory, from what the model keeps of its history. docs/explain.md has the methods and the rules.',
  arguments: [
    {
      name: 'data',
      reads: true,
      description: 'Table with the channels that the model was trained on.',
      optional: true,
    },
  ],
  schema,
  printsPage: true,
  examples: [
    'telltale explain today.csv --model model',
    'telltale explain today.csv --model model --top 3 --unit temp=°C --report events.html',
    'telltale explain today.csv --model model --event e20240501T060000000 --method shapley --format json',
    'telltale explain today.csv --model model --at 2024-05-01T06:30',
    'telltale explain today.csv --model model --global',
    'telltale explain today.csv --model model --compare-methods --top 5',
    'telltale explain today.csv --model model --format md',
    'telltale explain today.csv --model model --format html > events.html',
    'telltale explain decade.parquet --model model --chunk-rows 50000 --top 5',
  ],
  async run({ args: [data], options, cli, isPage, io, progress }) {
    checkThresholdOptions(options)
    checkChoice(options, isPage)
    const { report } = options
    if (report !== undefined) await checkReport(io, report)
    const model = await openModel(io, cli, options, createRuntime(options.workers ?? defaultWorkers()))
    const { channels } = model.info
    const named = modelChannels(model.info, options.unit)
    const { source, request, read, times } = tableSource(io, data, options, model.info)
    const asked = (given: typeof request) => ({ ...given, expectChannels: channels })
    const session = {
      ...knownOnly(sessionSettings, options),
      alignment: alignmentOf(model, options.alignment, 'two-sided'),
      timeZone: times.timeZone,
    }
    const { method, budget, seed } = options
    const settings = { method, budget, seed, named, session }
    if (!isPage && !needsAll(options) && (await isForChunks(source, request, options))) {
      const chunkRows = chunkRowsOf(options, channels.length)
      const table = await read((from, given) => readChunks(from, { ...asked(given), chunkRows }))
      const { event, top = TOP } = options
      const found = await explainChunkedTable(io, model, table, settings, { event, top })
      printNotes(io, summaryNotes(table.summary))
      if (event !== undefined && found.explanations.length === 0) throw unknownEvent(event, found.events)
      io.stdout(resultText(found, event !== undefined, undefined, cli.format, times.timeZone))
      return EXIT_OK
    }
    const table = await read((from, given) => readTable(from, asked(given)))
    printNotes(io, table.notes)
    const hooks = { onProgress: progress.score, signal: io.signal, time: io.metrics.time }
    const detection = await detect(model, table.frame, session, hooks)
    progress.finish()
    printIssues(io, detection.issues)
    const question: Asked = { model, detection, settings, named, session, times, signal: io.signal }
    const { text, explanations } = await answer(question, options, cli.format)
    const { labels } = table
    const run = { title: data ?? 'the query', model, detection, explanations, settings: session, labels }
    if (report !== undefined) await writeReport(io, report, run)
    io.stdout(isPage ? await reportPage(run) : text)
    return EXIT_OK
  },
})

type Options = z.output<typeof schema>

/** Options that choose different things to explain or to print, or that need all of a table. */
const CONFLICTS = [
  ['event', 'at'],
  ['event', 'top'],
  ['at', 'top'],
  ['at', 'global'],
  ['at', 'compareMethods'],
  ['global', 'compareMethods'],
  ['budget', 'compareMethods'],
  ['report', 'compareMethods'],
  ['report', 'chunkRows'],
  ['at', 'chunkRows'],
  ['global', 'chunkRows'],
  ['compareMethods', 'chunkRows'],
] as const

/** Options whose answer is no page. */
const NOT_ON_PAGES = ['at', 'global', 'compareMethods', 'chunkRows', 'report'] as const

/** Errors: `option-conflict`. */
function checkChoice(options: Options, isPage: boolean) {
  const isGiven = (name: keyof Options) => options[name] !== undefined && options[name] !== false
  const unfit = isPage ? NOT_ON_PAGES.find(isGiven) : undefined
  if (unfit !== undefined)
    throw createError('option-conflict', { first: '--format html', second: `--${kebabCase(unfit)}` })
  const found = CONFLICTS.find(names => names.every(isGiven))
  if (found === undefined) return
  const [first, second] = found.map(name => `--${kebabCase(name)}`)
  throw createError('option-conflict', { first, second })
}

/** What reads all of a table. */
function needsAll({ at, global, compareMethods, report }: Options): boolean {
  return at !== undefined || global || compareMethods || report !== undefined
}

/** A scored table, and how questions about it are asked. */
interface Asked {
  readonly model: Model
  readonly detection: Detection
  readonly settings: ExplainSettings
  readonly named: readonly NamedChannel[]
  readonly session: SessionSettings
  readonly times: ParseTimeOptions
  readonly signal: AbortSignal
}

/** The answer to what the options ask, as text, with the explanations that it is made of. */
async function answer(
  { model, detection, named, session, times, signal, ...asked }: Asked,
  options: Options,
  format: ResultFormat,
): Promise<{ readonly text: string; readonly explanations: readonly Explanation[] }> {
  const { timeKind } = detection.frame
  const all = detection.events
  const { at, global, report } = options
  const setting = { session, named, times }
  const sample = at === undefined ? undefined : await explainAt(model, detection, at, setting)
  const chosen = sample?.events ?? chooseEvents(all, options)
  const pauses = { signal, pause: createPause() }
  if (options.compareMethods) {
    if (chosen.length === 0 && format === 'table')
      return { text: 'no events: there is nothing to compare\n', explanations: [] }
    const { seed } = options
    const compared = await compareMethods(model, detection, all, chosen, { seed, session }, pauses)
    return { text: methodText(compared, format), explanations: [] }
  }
  const { settings } = asked
  const explanations = await explainEvents(model, detection, all, chosen, settings, pauses)
  const { timeZone } = times
  if (sample) return { text: answerText(sample, explanations, timeKind, format, timeZone), explanations }
  if (global) {
    const importance = await globalImportance(model, detection, all, explanations, settings, pauses)
    return { text: importanceText(importance, explanations.length, format), explanations }
  }
  const table = { timeKind, explanations, events: all, eventCount: all.length }
  return { text: resultText(table, options.event !== undefined, report, format, timeZone), explanations }
}

const TOP = 10
const TOP_GLOBAL = 100

/** The event of an id, or those with the highest scores in the order of time. Errors: `event-unknown`. */
function chooseEvents(
  events: readonly AnomalyEvent[],
  { event: id, global, top = global ? TOP_GLOBAL : TOP }: Options,
): AnomalyEvent[] {
  if (id === undefined) {
    const worst = [...events].sort((a, b) => b.score - a.score).slice(0, top)
    return worst.sort((a, b) => a.start - b.start)
  }
  const chosen = events.filter(event => event.id === id)
  if (chosen.length > 0) return chosen
  throw unknownEvent(id, events)
}

function unknownEvent(id: string, events: readonly AnomalyEvent[]): Error {
  const ids = events.map(event => event.id)
  const known =
    ids.length === 0 ? 'no events' : `${counted(ids.length, 'event')}, the nearest is ${nearestName(id, ids)}`
  return createError('event-unknown', { id, known })
}

function resultText(
  { timeKind, explanations, eventCount }: ExplainedTable,
  isOne: boolean,
  report: string | undefined,
  format: ResultFormat,
  zone: string | undefined,
): string {
  if (format === 'json') return `${JSON.stringify(explanationJson(explanations, timeKind), null, 2)}\n`
  if (format === 'md') return explanationMarkdown(explanations, timeKind, zone)
  if (format !== 'table')
    return formatRows(explanationRows(explanations, timeKind), format, EXPLANATION_COLUMNS)
  if (eventCount === 0 && report === undefined) return 'no events: there is nothing to explain\n'
  const lines = [
    `${explanations.length} of ${counted(eventCount, 'event')} explained${isOne || explanations.length >= eventCount ? '' : '; --top N explains more'}`,
    ...(report === undefined ? [] : [`report: ${report}`]),
  ]
  const text = explanationText(explanations, timeKind, zone)
  return `${text}${text === '' ? '' : '\n'}${lines.join('\n')}\n`
}

/** What `--at` found out, with the explanation of the event that the sample is part of. */
function answerText(
  { explained: asFound, setting }: AnswerAt,
  explanations: readonly Explanation[],
  timeKind: Detection['frame']['timeKind'],
  format: ResultFormat,
  zone: string | undefined,
): string {
  const [own] = explanations
  const explained = own ? withEventBands(asFound, own) : asFound
  if (format === 'json') {
    const [explanation = null] = explanationJson(explanations, timeKind)
    return `${JSON.stringify({ ...sampleJson(explained, setting), explanation }, null, 2)}\n`
  }
  if (format !== 'table') return formatRows([sampleRow(explained, setting)], format)
  return [sampleText(explained, setting, zone), explanationText(explanations, timeKind, zone)]
    .filter(Boolean)
    .join('\n')
}
