import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { type Frame, sampleCount } from '../../core/frame.js'
import { fraction, option } from '../../core/options.js'
import { findTrends } from '../../drift/index.js'
import { readOptions, readTable } from '../../ingest/index.js'
import { detect, detectOptions } from '../../pipeline/index.js'
import { formatRows, trendRows } from '../../report/index.js'
import { createRuntime, defaultWorkers } from '../../runtime/index.js'
import { modelPath } from '../../store/index.js'
import { type Call, defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { modelIn } from '../model-place.js'
import { printNotes } from '../notes.js'
import { loadTrusted } from '../open-model.js'
import { tableSource } from '../table-source.js'

const { timeColumn, labelColumn, rows, workers } = detectOptions.shape

const schema = z.object({
  model: option(
    z.string().min(1),
    'Model: a folder, a file or NAME@VERSION. Its score is the health index.',
    {
      value: 'MODEL',
      path: 'read',
    },
  ),
  limit: option(
    z
      .array(
        z.string().refine(text => /=[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text), {
          error: 'NAME=X is expected, such as bearing_temp=90',
        }),
      )
      .readonly()
      .default([]),
    'Limits of channels in their units, such as bearing_temp=90,pressure=2.5: the time until a trend reaches them is estimated. The score has the limit 1.',
    { value: 'LIST' },
  ),
  alpha: option(
    fraction().default(0.01),
    'Largest p-value of a trend, adjusted for the number of channels.',
    {
      value: 'P',
    },
  ),
  timeColumn,
  labelColumn,
  rows,
  workers,
  ...readOptions.shape,
})
type Options = z.output<typeof schema>

/** The health index among the channels. */
const SCORE = 'score'

export const trendCommand = defineCommand({
  name: 'trend',
  summary: 'Finds slow changes such as wear, and estimates when they reach a limit.',
  description:
    'Fits a line to each channel and to the score of the model, the health index (1 = threshold), and prints those that rise or fall clearly, allowing for ' +
    'autocorrelation and daily rhythm. The time to a limit has a 95 % confidence interval and assumes that the change continues at the same rate.',
  arguments: [
    {
      name: 'data',
      reads: true,
      description:
        'Table with the channels of the model: a file, a pattern, a folder, or - for standard input.',
      optional: true,
    },
  ],
  schema,
  examples: [
    'telltale trend month.csv --model model',
    'telltale trend month.csv --model model --limit bearing_temp=90',
    'telltale trend month.csv --model pump@champion --registry models --format json',
  ],
  async run({ args: [data], options, cli, io }: Call<Options>) {
    const path = await modelPath(await modelIn(io, cli, options.model), options.device)
    const model = await loadTrusted(io, path, createRuntime(options.workers ?? defaultWorkers()))
    const limits = limitsOf(options.limit, model.info.channels)
    const { read } = tableSource(io, data, { ...options, missing: 'mask' }, model.info)
    const table = await read((source, request) =>
      readTable(source, { ...request, expectChannels: model.info.channels }),
    )
    printNotes(io, table.notes)
    const { frame } = table
    const { score } = await detect(
      model,
      frame,
      { alignment: 'causal', missing: 'mask', validationLevel: 'permissive' },
      { signal: io.signal },
    )
    const trends = findTrends(withScore(frame, score), { limits, alpha: options.alpha })
    const last = frame.timeMs[sampleCount(frame) - 1]
    if (cli.format === 'json')
      io.stdout(`${JSON.stringify({ from: frame.timeMs[0], to: last, trends }, null, 2)}\n`)
    else if (trends.length > 0 || cli.format !== 'table')
      io.stdout(formatRows(trendRows(trends, frame.timeKind, last), cli.format))
    const still = Object.keys(limits).filter(
      name => name !== SCORE && !trends.some(trend => trend.name === name),
    )
    if (still.length > 0) printNotes(io, [`no trend in ${still.join(', ')}: no time to a limit`])
    if (trends.length === 0 && cli.format === 'table') io.stdout('no trend\n')
    return EXIT_OK
  },
})

/** `NAME=X` by name. @throws OptionError `option-invalid` for a channel that is not there */
function limitsOf(texts: readonly string[], channels: readonly string[]): Record<string, number> {
  const limits: Record<string, number> = { [SCORE]: 1 }
  for (const text of texts) {
    const at = text.lastIndexOf('=')
    const name = text.slice(0, at)
    if (!channels.includes(name))
      throw createError('option-invalid', {
        name: '--limit',
        got: text,
        where: 'the command',
        wanted: `it must name one of the channels ${channels.slice(0, 20).join(', ')}`,
      })
    limits[name] = Number(text.slice(at + 1))
  }
  return limits
}

/** The score as the first channel; a channel of that name stays beside it. */
function withScore({ timeMs, timeKind, values, channels }: Frame, score: Float32Array): Frame {
  const width = channels.length
  const both = new Float64Array(score.length * (width + 1))
  for (let i = 0; i < score.length; i++) {
    both[i * (width + 1)] = score[i]
    both.set(values.subarray(i * width, (i + 1) * width), i * (width + 1) + 1)
  }
  return { timeMs, timeKind, values: both, channels: [SCORE, ...channels] }
}
