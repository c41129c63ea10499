import { z } from 'zod'
import { counted } from '../../core/counted.js'
import { createError } from '../../core/errors.js'
import { option, positiveInteger } from '../../core/options.js'
import { knownOnly } from '../../core/parse-options.js'
import { evaluateOptions } from '../../evaluate/index.js'
import { readOptions, readTable } from '../../ingest/index.js'
import {
  detectOptions,
  evaluateModel,
  LEAST_EVENTS,
  type ModelEvaluation,
  type SmallestFaults,
  smallestFaults,
} from '../../pipeline/index.js'
import {
  comparisonRows,
  evaluationFacts,
  formatRows,
  metricRows,
  type ResultFormat,
  smallestFaultRows,
  sweepRows,
} from '../../report/index.js'
import { createRuntime, defaultWorkers } from '../../runtime/index.js'
import { sessionSettings } from '../../session/index.js'
import { checkThresholdOptions } from '../../threshold/index.js'
import { defineCommand } from '../command.js'
import { evaluateFleet, type FleetEvaluation } from '../evaluate-fleet.js'
import { EXIT_OK } from '../exit-codes.js'
import { openFleet, readFleetLike } from '../fleet.js'
import { fleetLabels, readLabelled } from '../labels.js'
import { modelIn } from '../model-place.js'
import { printNotes } from '../notes.js'
import { openModel } from '../open-model.js'
import { tableSource } from '../table-source.js'

const {
  timeColumn,
  rows,
  threshold,
  quantile,
  thresholdFactor,
  falseAlarms,
  sensitivity,
  thresholdRule,
  missing,
  maxGap,
  workers,
} = detectOptions.shape
const { buffer, inflated } = evaluateOptions.shape

const schema = z.object({
  model: option(z.string().min(1), 'Folder of the model, or of a fleet: then every device is evaluated.', {
    value: 'MODEL',
    path: 'read',
  }),
  labels: option(
    z.union([z.string().min(1), z.literal(false)]).optional(),
    'Ground truth: a column of 0 and 1, a file with one 0 or 1 per line, or a file of intervals START,END in samples or times, also as JSON; --no-labels for none. Default: the label column of the training.',
    {
      value: 'COLUMN|FILE',
      path: 'read',
      without: 'Evaluate without labels: the same as --faults, and a column of labels is ignored.',
    },
  ),
  faults: option(
    z.boolean().default(false),
    'Inject faults of every kind and increasing size into rows the model was not trained on, and report the smallest size that is detected. Rows labelled anomalous are not changed.',
  ),
  repeats: option(
    positiveInteger().max(10_000).default(20),
    'With --faults: number of faults per kind, size and channel; more take longer and give a finer estimate.',
    { value: 'N' },
  ),
  sweep: option(z.boolean().default(false), 'Also report the metrics at other multiples of the threshold.'),
  resamples: option(
    z.number().int().min(0).max(100_000).default(100),
    'Bootstrap resamples for the confidence intervals; 0 = no intervals.',
    { value: 'N' },
  ),
  buffer: option(
    buffer.unwrap().optional(),
    'VUS: largest buffer around an event in which a score counts in part, samples. Default: the window of the model.',
    { value: 'N' },
  ),
  inflated,
  timeColumn,
  rows,
  threshold,
  quantile,
  thresholdFactor,
  falseAlarms,
  sensitivity,
  thresholdRule,
  missing,
  maxGap,
  seed: option(z.number().int().min(0).max(4294967295).default(1), 'Seed of the random numbers.', {
    value: 'S',
  }),
  workers,
  ...readOptions.shape,
})

const BASELINES_TEXT =
  'random, absolute z and pca are baselines for comparison: where one is above the model, simple limits find these faults as well\n'

export const evaluateCommand = defineCommand({
  name: 'evaluate',
  summary: 'Evaluates a model against labels and three baselines, or without labels by injected faults.',
  description:
    'Uses the stored threshold unless another is given. The baselines are random scores, the mean |z| of the channels and the distance from the principal components ' +
    'of the training data, each at the threshold at which it flags as many samples. Intervals are 95 % block-bootstrap intervals. ' +
    'A metric that is undefined is left empty, with the reason; docs/evaluation.md says what each metric means. Fewer than five labelled events get no intervals. Of a fleet, one row per device.',
  arguments: [
    {
      name: 'data',
      reads: true,
      description: 'Table with the channels of the model: rows to evaluate, or normal rows with --no-labels.',
      optional: true,
    },
  ],
  schema,
  isRepeatable: true,
  examples: [
    'telltale evaluate labelled.csv --model model --labels label',
    'telltale evaluate today.csv --model model --labels events.csv --sweep',
    'telltale evaluate labelled.csv --model model --labels label --format json --resamples 500',
    'telltale evaluate normal.csv --model model --no-labels',
  ],
  async run({ args: [data], options, cli, io, progress }) {
    checkThresholdOptions(options)
    const byFaults = options.faults || options.labels === false
    const runtime = createRuntime(options.workers ?? defaultWorkers())
    const { buffer, inflated } = options
    const metrics = { inflated, ...(buffer !== undefined && { buffer }) }
    const session = knownOnly(sessionSettings, options)
    const { resamples, sweep, seed, repeats } = options
    const measure = { metrics, resamples, sweep, seed }
    const faults = { repeats, seed }
    if (options.device === undefined) {
      const folder = await modelIn(io, cli, options.model)
      const fleet = await openFleet(io, folder, runtime, options.groupBy !== undefined)
      if (fleet) {
        const whole = sweep ? '--sweep' : inflated ? '--inflated' : undefined
        if (whole !== undefined) throw createError('option-one-device', { what: whole })
        const { labelColumn, labelsOf } = await fleetLabels(io, options.labels)
        const asked = { ...options, ...(labelColumn !== undefined && { labelColumn }) }
        const { devices, times } = await readFleetLike(io, data, fleet, asked, progress)
        const evaluation: FleetEvaluation = {
          devices,
          fleet,
          byFaults,
          session,
          measure,
          faults,
          labelsOf: samples => labelsOf(samples, times),
          format: cli.format,
        }
        return evaluateFleet(io, evaluation, progress)
      }
    }
    const model = await openModel(io, cli, options, runtime)
    const { read, times } = tableSource(io, data, options, model.info)
    const { table, labels } = await readLabelled(io, options.labels || undefined, times, labelColumn =>
      read((source, request) =>
        readTable(source, {
          ...request,
          labelColumn: labelColumn ?? request.labelColumn,
          expectChannels: model.info.channels,
        }),
      ),
    )
    printNotes(io, table.notes)
    const hooks = { onProgress: progress.score, signal: io.signal, time: io.metrics.time }
    if (byFaults) {
      const known = options.labels === false ? undefined : labels
      const result = await smallestFaults(model, table.frame, { ...session, ...faults, labels: known }, hooks)
      progress.finish()
      const units = new Map([
        ...table.columns.flatMap(({ name, unit }) => (unit === undefined ? [] : [[name, unit] as const])),
        ...Object.entries(table.summary.form.units ?? {}),
      ])
      io.stdout(faultsText(result, cli.format, units))
      return EXIT_OK
    }
    if (labels === undefined) throw createError('option-missing', { name: '--labels (or --no-labels)' })
    const evaluation = await evaluateModel(model, table.frame, labels, { ...session, ...measure }, hooks)
    progress.finish()
    io.stdout(resultText(evaluation, cli.format))
    return EXIT_OK
  },
})

const HELD_BACK = {
  history: 'of the history that the model was not trained on, and later ones',
  times: 'at other times than the history',
  unknown: '(it is unknown whether the model was trained on them: use rows outside the history)',
} as const satisfies Record<SmallestFaults['known'], string>

function faultsText(
  result: SmallestFaults,
  format: ResultFormat,
  units: ReadonlyMap<string, string>,
): string {
  if (format === 'json') return `${JSON.stringify(result, null, 2)}\n`
  const rows = formatRows(smallestFaultRows(result, units), format)
  if (format !== 'table') return rows
  const { lookahead, repeats, known } = result
  const wait =
    lookahead > 0
      ? ` Two-sided scores need ${counted(lookahead, 'later sample')}: add them to a delay for live use.`
      : ''
  return `${rows}\nSmallest size at which 95 % of ${counted(repeats, 'injected fault')} are detected, in ${counted(result.rows, 'normal row')} ${HELD_BACK[known]}. A spread is 1.4826 times the median absolute deviation of the channel.${wait}\n`
}

function resultText(result: ModelEvaluation, format: ResultFormat): string {
  if (format === 'json') return `${JSON.stringify(result, null, 2)}\n`
  if (format !== 'table') return formatRows(comparisonRows(result.rows), format)
  const [{ evaluation }] = result.rows
  return [
    formatRows(comparisonRows(result.rows), 'table'),
    BASELINES_TEXT,
    formatRows(metricRows(evaluation), 'table'),
    ...(result.sweep.length > 0 ? [formatRows(sweepRows(result.sweep), 'table')] : []),
    evaluationFacts(evaluation),
    ...(evaluation.events < LEAST_EVENTS
      ? [
          `no 95 % intervals: ${LEAST_EVENTS} labelled events or more are needed to show how much the figures vary\n`,
        ]
      : []),
  ].join('\n')
}
