import { stat } from 'node:fs/promises'
import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { option, positiveInteger } from '../../core/options.js'
import { evaluateOptions } from '../../evaluate/index.js'
import { readOptions, readTable, type Table } from '../../ingest/index.js'
import {
  checkThresholdOptions,
  createRuntime,
  defaultWorkers,
  detectOptions,
  evaluateModel,
  FAULT_SIZES,
  loadModel,
  type Model,
  type ModelEvaluation,
  modelPath,
  parseRows,
  smallestFaults,
} from '../../pipeline/index.js'
import {
  comparisonRows,
  formatRows,
  metricRows,
  type ResultFormat,
  smallestFaultRows,
  sweepRows,
} from '../../report/index.js'
import { defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import type { Io } from '../io.js'
import { parseLabels } from '../labels.js'
import { printNotes } from '../notes.js'
import { pathIn } from '../paths.js'
import { readLikeTraining } from '../read-like-training.js'
import { LABELS_LIMIT_BYTES, readText } from '../read-text.js'
import { asTrained, tableSource } from '../table-source.js'

const {
  timeColumn,
  rows,
  threshold,
  quantile,
  thresholdFactor,
  falseAlarms,
  thresholdRule,
  missing,
  maxGap,
  workers,
} = detectOptions.shape
const { buffer, inflated } = evaluateOptions.shape

const schema = z.object({
  model: option(z.string().min(1), 'Folder of the model.', { value: 'MODEL' }),
  labels: option(
    z.string().min(1).optional(),
    'The truth: a column of 0/1, a file with one 0 or 1 a line, or a file of intervals START,END in samples or times. Default: the label column of the training.',
    { value: 'COLUMN|FILE' },
  ),
  faults: option(
    z.boolean().default(false),
    'Needs no labels: injects faults of rising size into the table, and tells the smallest that is found.',
  ),
  repeats: option(
    positiveInteger().max(10_000).default(20),
    'With --faults: faults of each kind and size in each channel.',
    { value: 'N' },
  ),
  sweep: option(z.boolean().default(false), 'Also the figures at other multiples of the threshold.'),
  resamples: option(
    z.number().int().min(0).max(100_000).default(100),
    'Series drawn for the confidence intervals; 0 = none.',
    { value: 'N' },
  ),
  buffer: option(
    buffer.unwrap().optional(),
    'Widest zone around an event within which VUS counts a score in part, samples. Default: the window of the model.',
    { value: 'N' },
  ),
  inflated,
  timeColumn,
  rows,
  threshold,
  quantile,
  thresholdFactor,
  falseAlarms,
  thresholdRule,
  missing,
  maxGap,
  seed: option(z.number().int().min(0).max(4294967295).default(1), 'Seed of everything that is drawn.', {
    value: 'S',
  }),
  workers,
  ...readOptions.shape,
})
type Options = z.output<typeof schema>

export const evaluateCommand = defineCommand({
  name: 'evaluate',
  summary: 'Judges a model against labels beside three baselines, or without labels by injected faults.',
  description:
    'Uses the stored threshold unless another is given. Random scores, the mean |z| of the channels and a principal component analysis of ' +
    'the same rows stand beside the model, each at the threshold at which it flags as many samples. Intervals hold 95 % of a block bootstrap. ' +
    'A figure that is not defined is left empty, with the reason.',
  arguments: [
    {
      name: 'data',
      description: 'Table with the channels of the model: rows to judge, or normal rows with --faults.',
      optional: true,
    },
  ],
  schema,
  examples: [
    'telltale evaluate labelled.csv --model model --labels label',
    'telltale evaluate today.csv --model model --labels events.csv --sweep',
    'telltale evaluate labelled.csv --model model --labels label --format json --resamples 500',
    'telltale evaluate normal.csv --model model --faults',
  ],
  async run({ args: [data], options, cli, io, progress }) {
    checkThresholdOptions(options)
    if (options.faults && options.labels !== undefined)
      throw createError('option-conflict', { first: '--faults', second: '--labels' })
    const model = await loadModel(
      await modelPath(pathIn(io, options.model), options.device),
      createRuntime(options.workers ?? defaultWorkers()),
    )
    const labelFile = await existingFile(io, options.labels)
    const table = await readTableOf(model, data, options, labelFile ? undefined : options.labels, io)
    printNotes(io, table.notes)
    const hooks = { onProgress: progress.score, signal: io.signal }
    if (options.faults) {
      const faults = await smallestFaults(model, table.frame, options, hooks)
      progress.finish()
      const whole = { sizes: FAULT_SIZES, repeats: options.repeats, faults }
      io.stdout(
        cli.format === 'json'
          ? `${JSON.stringify(whole, null, 2)}\n`
          : formatRows(smallestFaultRows(faults), cli.format),
      )
      return EXIT_OK
    }
    const labels = labelFile
      ? parseLabels(await readText(labelFile, options.labels ?? labelFile, LABELS_LIMIT_BYTES), table.frame)
      : table.labels
    if (labels === undefined) throw createError('option-missing', { name: '--labels (or --faults)' })
    const { buffer, inflated } = options
    const judging = { inflated, ...(buffer !== undefined && { buffer }) }
    const evaluation = await evaluateModel(model, table.frame, labels, { ...options, judging }, hooks)
    progress.finish()
    io.stdout(resultText(evaluation, cli.format))
    return EXIT_OK
  },
})

async function existingFile(io: Io, labels: string | undefined): Promise<string | undefined> {
  if (labels === undefined) return undefined
  const path = pathIn(io, labels)
  const info = await stat(path).catch(() => undefined)
  return info?.isFile() ? path : undefined
}

function readTableOf(
  model: Model,
  data: string | undefined,
  options: Options,
  labels: string | undefined,
  io: Io,
): Promise<Table> {
  const { channels, timeColumn, labelColumn } = model.info
  const { source, request } = tableSource(io, data, asTrained(options, model.info.options), {
    ...model.info.options,
    ...options,
  })
  return readLikeTraining(
    asked => readTable(source, asked),
    {
      ...request,
      timeColumn: options.timeColumn,
      labelColumn: labels,
      rows: parseRows(options.rows),
      expectChannels: channels,
    },
    { timeColumn: timeColumn ?? undefined, labelColumn: labelColumn ?? undefined },
  )
}

function resultText(result: ModelEvaluation, format: ResultFormat): string {
  if (format === 'json') return `${JSON.stringify(result, null, 2)}\n`
  if (format !== 'table') return formatRows(comparisonRows(result.rows), format)
  const [{ evaluation }] = result.rows
  const { samples, unscored, events, labelledShare } = evaluation
  return [
    formatRows(comparisonRows(result.rows), 'table'),
    formatRows(metricRows(evaluation), 'table'),
    ...(result.sweep.length > 0 ? [formatRows(sweepRows(result.sweep), 'table')] : []),
    `${samples} scored samples (${unscored} without a score), ${events} labelled ${events === 1 ? 'event' : 'events'}, ${Number((100 * labelledShare).toPrecision(3))} % labelled\n`,
  ].join('\n')
}
