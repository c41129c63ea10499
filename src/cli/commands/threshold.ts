import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { option } from '../../core/options.js'
import { readOptions, readTable, type Table } from '../../ingest/index.js'
import type { ModelInfo } from '../../model/index.js'
import { detectOptions, recalibrate } from '../../pipeline/index.js'
import { formatRows, recalibrationRows } from '../../report/index.js'
import { createRuntime, defaultWorkers } from '../../runtime/index.js'
import { checkArtefactTarget, loadModel, modelPath, saveModel } from '../../store/index.js'
import { checkThresholdOptions } from '../../threshold/index.js'
import { defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { openFleet, readFleetLike } from '../fleet.js'
import type { Io } from '../io.js'
import { printNotes } from '../notes.js'
import { checkFleetTarget, checkFolder, pathIn } from '../paths.js'
import { tableSource } from '../table-source.js'
import { levelNotes, thresholdFleet } from '../threshold-fleet.js'

const { timeColumn, labelColumn, rows, quantile, thresholdFactor, falseAlarms, thresholdRule, workers } =
  detectOptions.shape

const schema = z.object({
  out: option(z.string().min(1).optional(), 'Folder for the model with the new threshold.', {
    value: 'MODEL',
    path: 'write',
  }),
  inPlace: option(z.boolean().default(false), 'Replace the model itself; the write is atomic.'),
  quantile,
  thresholdFactor,
  falseAlarms,
  thresholdRule,
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
    'telltale threshold model normal.csv --out recalibrated',
    'telltale threshold fleet --false-alarms 1/month --in-place',
  ],
  async run({ args: [path, data], options, cli, io, progress }) {
    checkThresholdOptions(options)
    if (options.inPlace && options.out !== undefined)
      throw createError('option-conflict', { first: '--in-place', second: '--out' })
    const folder = pathIn(io, path)
    const runtime = createRuntime(options.workers ?? defaultWorkers())
    const fleet = options.device === undefined ? await openFleet(folder, runtime, false) : undefined
    if (fleet?.members) {
      const target = options.inPlace ? folder : options.out && pathIn(io, options.out)
      if (target !== undefined) await checkFleetTarget(target)
      const isFresh = data !== undefined || options.sql !== undefined
      const devices = isFresh ? (await readFleetLike(io, data, fleet, options, progress)).devices : undefined
      if (target === undefined) printNotes(io, [NOTHING_WRITTEN])
      const whole = { members: fleet.members, devices, options, runtime, out: target, format: cli.format }
      return thresholdFleet(io, whole)
    }
    const source = await modelPath(folder, options.device)
    const out = options.inPlace ? source : options.out && pathIn(io, options.out)
    if (out !== undefined) {
      await checkArtefactTarget(out)
      await checkFolder(out, options.out ?? path)
    }
    const model = await loadModel(source, runtime)
    const table =
      data === undefined && options.sql === undefined
        ? undefined
        : await readNormal(model.info, data, options, io)
    printNotes(io, table?.notes ?? [])
    const { model: calibrated, changes } = await recalibrate(model, options, table?.frame, {
      onProgress: progress.score,
      signal: io.signal,
    })
    progress.finish()
    printNotes(io, levelNotes(calibrated, changes))
    if (out !== undefined) await saveModel(calibrated, out)
    const written = out === undefined ? null : (options.out ?? path)
    if (cli.format === 'json') io.stdout(`${JSON.stringify({ ...changes, model: written }, null, 2)}\n`)
    else io.stdout(formatRows(recalibrationRows(changes), cli.format))
    const whose = table === undefined ? 'that the model kept of its calibration' : 'of the rows given'
    const samples = Object.values(changes).map(change => change.samples)
    printNotes(io, [`before and after are about the same ${Math.max(...samples)} scores ${whose}`])
    printNotes(io, [written === null ? NOTHING_WRITTEN : `the model with the threshold after: ${written}`])
    return EXIT_OK
  },
})

function readNormal(info: ModelInfo, data: string | undefined, options: Options, io: Io): Promise<Table> {
  const { read } = tableSource(io, data, options, info)
  return read((source, request) => readTable(source, { ...request, expectChannels: info.channels }))
}
