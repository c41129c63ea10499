import { z } from 'zod'
import type { AnomalyEvent } from '../../core/contracts.js'
import { createError } from '../../core/errors.js'
import { nearestName } from '../../core/nearest.js'
import { option, positiveInteger } from '../../core/options.js'
import { knownOnly } from '../../core/parse-options.js'
import { EXPLAIN_METHODS, type Explanation, explainEvents, namedChannels } from '../../explain/index.js'
import { readOptions, readTable } from '../../ingest/index.js'
import { type Detection, detect, detectOptions } from '../../pipeline/index.js'
import {
  EXPLANATION_COLUMNS,
  explanationJson,
  explanationRows,
  explanationText,
  formatDuration,
  formatRows,
  type ResultFormat,
  sampleJson,
  sampleRow,
  sampleText,
} from '../../report/index.js'
import { createRuntime, defaultWorkers } from '../../runtime/index.js'
import { alignmentOf, sessionSettings } from '../../session/index.js'
import { checkThresholdOptions } from '../../threshold/index.js'
import { defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { type AnswerAt, explainAt } from '../explain-at.js'
import { printIssues, printNotes } from '../notes.js'
import { openModel } from '../open-model.js'
import { tableSource } from '../table-source.js'
import { checkReport, writeReport } from '../write-report.js'

const schema = detectOptions
  .required({ model: true })
  .omit({
    scores: true,
    events: true,
    explain: true,
    report: true,
    chunkRows: true,
    memory: true,
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
      'Number of events to explain, highest score first. Default: 10.',
      { value: 'N' },
    ),
    method: option(
      z.enum(EXPLAIN_METHODS).default('repair'),
      'How channels are ranked. repair: those that have to read as the others call for, so that the event is gone; decomposition: share in the score; standardised: distance from what the others call for; permutation: readings of normal operation instead; shapley: Shapley values by sampling; integrated-gradients: gradients of a network.',
    ),
    budget: option(
      positiveInteger().max(1_000_000).optional(),
      'Scorings of an event at most. Default: 12 for repair, 20 per channel for permutation and shapley, 64 points of the path for integrated-gradients.',
      { value: 'N' },
    ),
    unit: option(
      z.array(z.string().min(1)).optional(),
      'Units of channels, such as temp=°C,flow=m³/h. Default: from names such as temp [°C].',
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
    'outside of events, so give some of them too. docs/explain.md has the methods and the rules.',
  arguments: [
    {
      name: 'data',
      reads: true,
      description: 'Table with the channels that the model was trained on.',
      optional: true,
    },
  ],
  schema,
  examples: [
    'telltale explain today.csv --model model',
    'telltale explain today.csv --model model --top 3 --unit temp=°C --report events.html',
    'telltale explain today.csv --model model --event e20240501T060000000 --method shapley --format json',
    'telltale explain today.csv --model model --at 2024-05-01T06:30',
  ],
  async run({ args: [data], options, cli, io, progress }) {
    checkThresholdOptions(options)
    checkChoice(options)
    const { report } = options
    if (report !== undefined) await checkReport(io, report)
    const model = await openModel(io, cli, options, createRuntime(options.workers ?? defaultWorkers()))
    const { channels } = model.info
    const named = namedChannels(channels, options.unit)
    const { read, times } = tableSource(io, data, options, model.info)
    const table = await read((source, request) => readTable(source, { ...request, expectChannels: channels }))
    printNotes(io, table.notes)
    const session = {
      ...knownOnly(sessionSettings, options),
      alignment: alignmentOf(model, options.alignment, 'two-sided'),
      timeZone: times.timeZone,
    }
    const hooks = { onProgress: progress.score, signal: io.signal, time: io.metrics.time }
    const detection = await detect(model, table.frame, session, hooks)
    progress.finish()
    printIssues(io, detection.issues)
    const { at } = options
    const answer =
      at === undefined ? undefined : await explainAt(model, detection, at, { session, named, times })
    const chosen = answer?.events ?? chooseEvents(detection.events, options)
    const { timeKind } = detection.frame
    const { method, budget, seed } = options
    const duration = timeKind === 'utc' ? formatDuration : undefined
    const settings = { method, budget, seed, named, session, duration }
    const found = await explainEvents(model, detection, detection.events, chosen, settings, {
      signal: io.signal,
    })
    if (report !== undefined) {
      const run = { title: data ?? 'the query', model, detection, explanations: found, settings: session }
      await writeReport(io, report, { ...run, labels: table.labels })
    }
    io.stdout(
      answer
        ? answerText(answer, found, timeKind, cli.format)
        : resultText(found, detection, report, cli.format),
    )
    return EXIT_OK
  },
})

/** Refuses more than one of the options that choose what is explained. Errors: `option-conflict`. */
function checkChoice({
  event,
  at,
  top,
}: {
  readonly event?: string
  readonly at?: string
  readonly top?: number
}) {
  const given = [event !== undefined && '--event', at !== undefined && '--at', top !== undefined && '--top']
  const [first, second] = given.filter(name => name !== false)
  if (second) throw createError('option-conflict', { first, second })
}

const TOP = 10

/** The event of an id, or those with the highest scores in the order of time. Errors: `event-unknown`. */
function chooseEvents(
  events: readonly AnomalyEvent[],
  { event: id, top = TOP }: { readonly event?: string; readonly top?: number },
): AnomalyEvent[] {
  if (id === undefined) {
    const worst = [...events].sort((a, b) => b.score - a.score).slice(0, top)
    return worst.sort((a, b) => a.start - b.start)
  }
  const chosen = events.filter(event => event.id === id)
  if (chosen.length > 0) return chosen
  const ids = events.map(event => event.id)
  const count = `${ids.length} ${ids.length === 1 ? 'event' : 'events'}`
  const known = ids.length === 0 ? 'no events' : `${count}, the nearest is ${nearestName(id, ids)}`
  throw createError('event-unknown', { id, known })
}

function resultText(
  explanations: readonly Explanation[],
  { frame: { timeKind }, events }: Detection,
  report: string | undefined,
  format: ResultFormat,
): string {
  if (format === 'json') return `${JSON.stringify(explanationJson(explanations, timeKind), null, 2)}\n`
  if (format !== 'table')
    return formatRows(explanationRows(explanations, timeKind), format, EXPLANATION_COLUMNS)
  const lines = [
    `${explanations.length} of ${events.length} ${events.length === 1 ? 'event' : 'events'} explained`,
    ...(report === undefined ? [] : [`report: ${report}`]),
  ]
  const text = explanationText(explanations, timeKind)
  return `${text}${text === '' ? '' : '\n'}${lines.join('\n')}\n`
}

/** What `--at` found out, with the explanation of the event that the sample is part of. */
function answerText(
  { explained, setting }: AnswerAt,
  explanations: readonly Explanation[],
  timeKind: Detection['frame']['timeKind'],
  format: ResultFormat,
): string {
  if (format === 'json') {
    const [explanation = null] = explanationJson(explanations, timeKind)
    return `${JSON.stringify({ ...sampleJson(explained, setting), explanation }, null, 2)}\n`
  }
  if (format !== 'table') return formatRows([sampleRow(explained, setting)], format)
  return [sampleText(explained, setting), explanationText(explanations, timeKind)].filter(Boolean).join('\n')
}
