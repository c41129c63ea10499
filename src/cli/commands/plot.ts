import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { nearestName, similarName } from '../../core/nearest.js'
import { option, positiveInteger } from '../../core/options.js'
import { knownOnly } from '../../core/parse-options.js'
import { checkDrift } from '../../drift/index.js'
import { windowAttention } from '../../explain/index.js'
import { readOptions, readTable } from '../../ingest/index.js'
import type { Model } from '../../model/index.js'
import { detect, detectOptions } from '../../pipeline/index.js'
import {
  architectureFigure,
  type Colours,
  driftFigure,
  EVENT_MARKS,
  FIGURES,
  type FigureName,
  PALETTES,
  type ScoredFigureName,
  scoredFigure,
  trainingFigure,
} from '../../report/index.js'
import { createRuntime, defaultWorkers } from '../../runtime/index.js'
import { alignmentOf, calibrationOf, sessionSettings } from '../../session/index.js'
import { checkThresholdOptions } from '../../threshold/index.js'
import { tooManyArguments } from '../action.js'
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
    out: option(
      z.string().min(1).optional(),
      'File for the figure: .svg, or .png with the package @resvg/resvg-js. Needed.',
      { value: 'FILE', path: 'write' },
    ),
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
    palette: option(
      z.enum(['light', 'dark', 'grey', 'colour-blind']).default('light'),
      'Colours: light, dark, grey for print, or those that differ without seeing red or green.',
    ),
    colours: option(
      z.array(z.string().min(1)).optional(),
      'Single colours in place of those of the palette, such as curve=#224466,error=orange: ink, soft, card, line, ok, error, curve.',
      { value: 'LIST' },
    ),
    width: option(SIZE, 'Width in pixels. Default: depends on the figure.', { value: 'N' }),
    height: option(SIZE, 'Height in pixels. Default: depends on the figure.', { value: 'N' }),
  })
type Options = z.output<typeof schema>

export const plotCommand = defineCommand({
  name: 'plot',
  summary:
    'Draws one figure as SVG or PNG: series, score, distribution, curves, confusion, attribution, attention, drift, training, architecture.',
  description: `Figures: ${Object.entries(FIGURES)
    .map(([name, { shows }]) => `${name} (${shows})`)
    .join(
      '; ',
    )}. Except for drift, the table is scored like \`detect\`; --from and --to score and draw a part of it.`,
  arguments: [
    { name: 'figure', description: `One of ${Object.keys(FIGURES).join(', ')}.` },
    {
      name: 'data',
      reads: true,
      description:
        'Table with the channels that the model was trained on; not for training and architecture.',
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
    'telltale plot drift today.csv --model model --out drift.svg',
    'telltale plot training --model model --palette dark --out training.svg',
    'telltale plot architecture --model model --out architecture.svg',
  ],
  async run(call) {
    const { args, options, cli, io } = call
    const name = figureName(args[0])
    checkThresholdOptions(options)
    const colours = coloursOf(options)
    const { out } = options
    // A model without an architecture is an error of its own, whatever the file.
    if (out === undefined && name !== 'architecture') throw createError('option-missing', { name: '--out' })
    const write = out === undefined ? undefined : await figureWriter(io, out)
    const model = await openModel(io, cli, options, createRuntime(options.workers ?? defaultWorkers()))
    const layout = { title: options.title, width: options.width, height: options.height, colours }
    const isOfModel = name === 'training' || name === 'architecture'
    if (isOfModel && args[1] !== undefined) throw tooManyArguments(`plot ${name}`, [], args.slice(1))
    const svg = await draw(name, model, call, layout)
    if (write === undefined) throw createError('option-missing', { name: '--out' })
    await write(svg)
    io.stdout(`${out}\n`)
    return EXIT_OK
  },
})

async function draw(name: FigureName, model: Model, call: Call<Options>, layout: Layout): Promise<string> {
  if (name === 'training') return trainingFigure(model, layout)
  if (name === 'architecture') return architectureFigure(model, layout)
  if (name === 'drift') return drawDrift(model, call, layout)
  return drawScored(name, model, call, layout)
}

/** Errors: `figure-unknown`. */
function figureName(name: string): FigureName {
  if (Object.hasOwn(FIGURES, name)) return name as FigureName
  const known = Object.keys(FIGURES)
  throw createError('figure-unknown', { name, known: known.join(', '), nearest: similarName(name, known) })
}

/** The palette with single colours replaced. Errors: `option-invalid`. */
function coloursOf({ palette, colours: given = [] }: Options): Colours {
  const chosen: Record<string, string> = { ...PALETTES[palette] }
  for (const entry of given) {
    const [, name, colour] = /^(\w+)=(#[0-9a-f]{3,8}|[a-z]{3,30})$/i.exec(entry) ?? []
    const names = Object.keys(chosen)
    if (!names.includes(name)) {
      const wanted = `it must be NAME=COLOUR, such as curve=#224466, with one of ${names.join(', ')}`
      throw createError('option-invalid', { name: '--colours', got: entry, where: 'the command', wanted })
    }
    chosen[name] = colour
  }
  return chosen as Colours
}

/** Compares the table with the history of the model and draws. Errors: `reference-missing`. */
async function drawDrift(
  { reference, info }: Model,
  { args: [, data], options, io }: Call<Options>,
  layout: Layout,
): Promise<string> {
  if (reference === undefined) throw createError('reference-missing', { model: options.model })
  const { read } = tableSource(io, data, { ...options, missing: 'mask' }, info)
  const table = await read((source, request) =>
    readTable(source, { ...request, expectChannels: info.channels }),
  )
  printNotes(io, table.notes)
  return driftFigure(checkDrift(reference, table.frame), layout)
}

/** How a figure looks. */
interface Layout extends Pick<Options, 'title' | 'width' | 'height'> {
  readonly colours: Colours
}

/** Scores the table and draws. */
async function drawScored(
  name: ScoredFigureName,
  model: Model,
  { args: [, data], options, io, progress }: Call<Options>,
  layout: Layout,
): Promise<string> {
  const { channels, events: mark, palette: _, colours: __, ...rest } = options
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
  return scoredFigure(name, { detection, calibration, labels, channels, mark, worst, ...layout })
}

/** Errors: `option-invalid`. */
function checkChannel(channel: string, channels: readonly string[]): void {
  if (channels.includes(channel)) return
  const wanted = `it must name channels of the model; the nearest is ${nearestName(channel, channels)}`
  throw createError('option-invalid', { name: '--channels', got: channel, where: 'the command', wanted })
}
