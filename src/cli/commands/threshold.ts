import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { option } from '../../core/options.js'
import { knownOnly } from '../../core/parse-options.js'
import { readOptions, readTable } from '../../ingest/index.js'
import { detectOptions, recalibrate } from '../../pipeline/index.js'
import { formatRows, recalibrationRows } from '../../report/index.js'
import { createRuntime, defaultWorkers } from '../../runtime/index.js'
import { checkModelTarget, findFleet, modelPath, parseReference, saveModel } from '../../store/index.js'
import { checkThresholdOptions, thresholdSettings } from '../../threshold/index.js'
import { type Call, defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { openFleet, readFleetLike } from '../fleet.js'
import { type ModelTarget, modelIn, modelTarget } from '../model-place.js'
import { printNotes } from '../notes.js'
import { loadTrusted } from '../open-model.js'
import { checkFleetTarget } from '../paths.js'
import { tableSource } from '../table-source.js'
import { levelNotes, thresholdFleet } from '../threshold-fleet.js'

const { timeColumn, labelColumn, rows, workers } = detectOptions.shape

const schema = z.object({
  out: option(z.string().min(1).optional(), 'Folder for the model with the new threshold.', {
    value: 'MODEL',
    path: 'write',
  }),
  inPlace: option(z.boolean().default(false), 'Replace the model itself; the write is atomic.'),
  ...thresholdSettings.shape,
  timeColumn,
  labelColumn,
  rows,
  workers,
  ...readOptions.shape,
})
type Options = z.output<typeof schema>

const NOTHING_WRITTEN = 'nothing was written: use --in-place or --out MODEL to save it'

export const thresholdCommand = defineCommand({
  name: 'threshold',
  summary: 'Recalibrates the threshold of a model without training, and shows before and after.',
  description:
    'Uses the calibration scores stored in the model, or the scores of normal rows (DATA) in their place. The default rule is that of ' +
    'the training. Nothing is written without --out or --in-place.',
  arguments: [
    { name: 'model', reads: true, description: 'Folder of a model, or of a fleet: then every model of it.' },
    {
      name: 'data',
      reads: true,
      description: 'Table of normal rows: a file, a pattern, a folder, or - for standard input.',
      optional: true,
    },
  ],
  schema,
  examples: [
    'telltale threshold model --false-alarms 1/week',
    'telltale threshold model --false-alarms 1/week --in-place',
    'telltale threshold model --sensitivity bearing_temp=2 --in-place',
    'telltale threshold model normal.csv --out recalibrated',
    'telltale threshold fleet --false-alarms 1/month --in-place',
  ],
  async run(call) {
    const { args, options, cli, io } = call
    checkThresholdOptions(options)
    if (options.inPlace && options.out !== undefined)
      throw createError('option-conflict', { first: '--in-place', second: '--out' })
    if (options.inPlace && parseReference(args[0]) !== undefined)
      throw createError('option-conflict', { first: '--in-place', second: `${args[0]}, which never changes` })
    const folder = await modelIn(io, cli, args[0])
    const isFleet = options.device === undefined && (await findFleet(folder)) !== undefined
    const target = options.out === undefined ? undefined : await modelTarget(io, cli, options.out, isFleet)
    try {
      return await recalibrateTo(call, folder, target)
    } finally {
      await target?.discard()
    }
  },
})

/** @param target of `--out` */
async function recalibrateTo(
  { args: [path, data], options, cli, io, progress }: Call<Options>,
  folder: string,
  target: ModelTarget | undefined,
): Promise<number> {
  const why = `telltale threshold ${path}`
  const runtime = createRuntime(options.workers ?? defaultWorkers())
  const fleet = options.device === undefined ? await openFleet(io, folder, runtime, false) : undefined
  if (fleet?.members) {
    if (options.inPlace) await checkFleetTarget(folder)
    const out = options.inPlace ? folder : target?.path
    const isFresh = data !== undefined || options.sql !== undefined
    const devices = isFresh ? (await readFleetLike(io, data, fleet, options, progress)).devices : undefined
    if (out === undefined) printNotes(io, [NOTHING_WRITTEN])
    const whole = {
      members: fleet.members,
      devices,
      rule: knownOnly(thresholdSettings, options),
      runtime,
      out,
      format: cli.format,
    }
    const code = await thresholdFleet(io, whole)
    if (target !== undefined && (await findFleet(target.path)) !== undefined)
      printNotes(io, [`the models with the threshold after: ${await target.publish(why)}`])
    return code
  }
  const source = await modelPath(folder, options.device)
  if (options.inPlace) await checkModelTarget(source)
  const out = options.inPlace ? source : target?.path
  const model = await io.metrics.time('load', () => loadTrusted(io, source, runtime))
  const table =
    data === undefined && options.sql === undefined
      ? undefined
      : await tableSource(io, data, options, model.info).read((from, request) =>
          readTable(from, { ...request, expectChannels: model.info.channels }),
        )
  printNotes(io, table?.notes ?? [])
  const { model: calibrated, changes } = await recalibrate(
    model,
    knownOnly(thresholdSettings, options),
    table?.frame,
    {
      onProgress: progress.score,
      signal: io.signal,
      time: io.metrics.time,
    },
  )
  progress.finish()
  printNotes(io, levelNotes(calibrated, changes))
  if (out !== undefined) await saveModel(calibrated, out)
  const written = target ? await target.publish(why) : options.inPlace ? path : null
  if (cli.format === 'json') io.stdout(`${JSON.stringify({ ...changes, model: written }, null, 2)}\n`)
  else io.stdout(formatRows(recalibrationRows(changes), cli.format))
  const whose = table === undefined ? 'that the model kept of its calibration' : 'of the rows given'
  const samples = Object.values(changes).map(change => change.samples)
  printNotes(io, [`before and after are about the same ${Math.max(...samples)} scores ${whose}`])
  printNotes(io, [written === null ? NOTHING_WRITTEN : `the model with the threshold after: ${written}`])
  return EXIT_OK
}
