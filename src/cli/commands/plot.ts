import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { nearestName, similarName } from '../../core/nearest.js'
import { option, positiveInteger } from '../../core/options.js'
import { knownOnly } from '../../core/parse-options.js'
import { windowAttention } from '../../explain/index.js'
import { readOptions, readTable } from '../../ingest/index.js'
import type { Model } from '../../model/index.js'
import { detect, detectOptions } from '../../pipeline/index.js'
import { EVENT_MARKS, FIGURES, type FigureName, scoredFigure, trainingFigure } from '../../report/index.js'
import { createRuntime, defaultWorkers } from '../../runtime/index.js'
import { alignmentOf, calibrationOf, sessionSettings } from '../../session/index.js'
import { checkThresholdOptions } from '../../threshold/index.js'
import { type Call, defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { readLabelled } from '../labels.js'
import { printIssues, printNotes } from '../notes.js'
import { openModel } from '../open-model.js'
import { tableSource } from '../table-source.js'
import { figureWriter } from '../write-figure.js'

const SIZE = positiveInteger().min(100).max(10_000).optional()

const schema = detectOptions
  .required({ model: true })
  .omit({ scores: true, explain: true, report: true, chunkRows: true, memory: true, failOnAnomaly: true })
  .extend({
    ...readOptions.shape,
    out: option(z.string().min(1), 'File for the figure: .svg, or .png with the package @resvg/resvg-js.', {
      value: 'FILE',
      path: 'write',
    }),
    labels: option(
      z.string().min(1).optional(),
      'Ground truth, for curves and confusion: a column of 0 and 1, or a file as for `telltale evaluate`. Default: the label column of the training.',
      { value: 'COLUMN|FILE', path: 'read' },
    ),
    channels: option(
      z.array(z.string().min(1)).min(1).optional(),
      'Channels that series draws, in this order. Default: all.',
      { value: 'NAMES' },
    ),
    events: option(
      z.enum(EVENT_MARKS).default('background'),
      'How series and score show events: the background behind them, the area below the readings, the line in another colour, or a marker at the peak.',
    ),
    title: option(z.string().min(1).max(200).optional(), 'Title. Default: what the figure shows.', {
      value: 'TEXT',
    }),
    width: option(SIZE, 'Width in pixels. Default: depends on the figure.', { value: 'N' }),
    height: option(SIZE, 'Height in pixels. Default: depends on the figure.', { value: 'N' }),
  })
type Options = z.output<typeof schema>

export const plotCommand = defineCommand({
  name: 'plot',
  summary:
    'Draws one figure as SVG or PNG: series, score, distribution, curves, confusion, attribution, attention, training.',
  description: `Figures: ${Object.entries(FIGURES)
    .map(([name, { shows }]) => `${name} (${shows})`)
    .join('; ')}. The table is scored like \`detect\`; --from and --to score and draw a part of it.`,
  arguments: [
    { name: 'figure', description: `One of ${Object.keys(FIGURES).join(', ')}.` },
    {
      name: 'data',
      reads: true,
      description: 'Table with the channels that the model was trained on; not for training.',
      optional: true,
    },
  ],
  schema,
  examples: [
    'telltale plot series today.csv --model model --out series.svg',
    'telltale plot series today.csv --model model --channels flow,pressure --events line --title "Pump 7" --out pump.png',
    'telltale plot score today.csv --model model --from 2024-05-01 --to 2024-05-02 --out score.svg',
    'telltale plot curves labelled.csv --model model --labels label --out curves.svg',
    'telltale plot attribution today.csv --model model --out attribution.svg',
    'telltale plot training --model model --out training.svg',
  ],
  async run(call) {
    const { args, options, cli, io } = call
    const name = figureName(args[0])
    checkThresholdOptions(options)
    const write = await figureWriter(io, options.out)
    const model = await openModel(io, cli, options, createRuntime(options.workers ?? defaultWorkers()))
    if (name === 'training' && args[1] !== undefined)
      throw createError('argument-unexpected', { where: '`telltale plot training`' })
    await write(name === 'training' ? trainingFigure(model, options) : await drawScored(name, model, call))
    io.stdout(`${options.out}\n`)
    return EXIT_OK
  },
})

/** Errors: `figure-unknown`. */
function figureName(name: string): FigureName {
  if (Object.hasOwn(FIGURES, name)) return name as FigureName
  const known = Object.keys(FIGURES)
  throw createError('figure-unknown', { name, known: known.join(', '), nearest: similarName(name, known) })
}

/** Scores the table and draws. */
async function drawScored(
  name: Exclude<FigureName, 'training'>,
  model: Model,
  { args: [, data], options, io, progress }: Call<Options>,
): Promise<string> {
  const { channels, events: mark, title, width, height, ...rest } = options
  for (const channel of channels ?? []) checkChannel(channel, model.info.channels)
  const { read, times } = tableSource(io, data, rest, model.info)
  const { table, labels } = await readLabelled(io, options.labels, times, labelColumn =>
    read((source, request) =>
      readTable(source, {
        ...request,
        labelColumn: labelColumn ?? request.labelColumn,
        expectChannels: model.info.channels,
      }),
    ),
  )
  printNotes(io, table.notes)
  const alignment = alignmentOf(model, options.alignment, 'two-sided')
  const session = { ...knownOnly(sessionSettings, rest), alignment, timeZone: times.timeZone }
  const hooks = { onProgress: progress.score, signal: io.signal, time: io.metrics.time }
  const detection = await detect(model, table.frame, session, hooks)
  progress.finish()
  printIssues(io, detection.issues)
  const { level } = detection.threshold
  const calibration = calibrationOf(model, alignment).scores.map(score => score / level)
  const [event] = [...detection.events].sort((a, b) => b.score - a.score)
  const worst = event && { event, attention: windowAttention(model, detection, event) }
  return scoredFigure(name, { detection, calibration, labels, channels, mark, worst, title, width, height })
}

/** Errors: `option-invalid`. */
function checkChannel(channel: string, channels: readonly string[]): void {
  if (channels.includes(channel)) return
  const wanted = `it must name channels of the model; the nearest is ${nearestName(channel, channels)}`
  throw createError('option-invalid', { name: '--channels', got: channel, where: 'the command', wanted })
}
