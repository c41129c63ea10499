import { freemem } from 'node:os'
import type { z } from 'zod'
import { ALIGNMENTS, type FitProgress } from '../../core/contracts.js'
import { formatDuration } from '../../core/duration.js'
import { option } from '../../core/options.js'
import { knownOnly } from '../../core/parse-options.js'
import { readingOf, readOptions, roleNote } from '../../ingest/index.js'
import type { Model } from '../../model/index.js'
import {
  chosenDetector,
  createSurveyor,
  detectOptions,
  networkOption,
  type Plan,
  planTraining,
  processMeter,
  thresholdNotes,
  trainModel,
  trainOptions,
} from '../../pipeline/index.js'
import { formatBytes, formatModel } from '../../report/index.js'
import { createRuntime, defaultWorkers } from '../../runtime/index.js'
import { saveModel } from '../../store/index.js'
import { readArchitecture } from '../architecture.js'
import { type Call, defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { type ModelTarget, modelTarget } from '../model-place.js'
import { printIssues, printNotes } from '../notes.js'
import { checkFolder, pathIn } from '../paths.js'
import { tableSource } from '../table-source.js'
import { trainFleet } from '../train-fleet.js'
import { labelledNote, readHistory } from '../train-history.js'

const memory = option(
  detectOptions.shape.memory,
  'Memory limit, MB. Of a larger file, evenly spread blocks are read and used for training, so that memory does not grow with the table.',
  { value: 'MB' },
)

const schema = trainOptions.required({ out: true }).extend({ ...readOptions.shape, memory })
type Options = z.output<typeof schema>

export const trainCommand = defineCommand({
  name: 'train',
  summary: 'Trains a model of normal behaviour on a table of history.',
  description:
    'The history should be a period of normal operation. It is split in time order into parts for training, for early stopping (networks) and for ' +
    'calibrating the threshold. Prints a summary of the model. With --group-by and without --device every device of the table gets a ' +
    'model of its own in the folder --out; a device that cannot be trained does not stop the others. With --registry and a plain name as --out, ' +
    'the model or the fleet becomes the next version of that name.',
  arguments: [
    {
      name: 'data',
      reads: true,
      description:
        'Table: CSV, Parquet or JSON, plain, gzip or zstd; a file, a pattern, a folder, or - for standard input.',
      optional: true,
    },
  ],
  schema,
  examples: [
    'telltale train history.csv --out model',
    'telltale train history.csv --out model --rows :5000 --window 60 --label-column label',
    'telltale train history.csv --out model --epochs 20 --keep-best --progress json',
    'telltale train "logs/*.csv.gz" --out model --group-by machine --device p7 --cadence 10s --time-zone Europe/Berlin',
    'telltale train fleet.parquet --out fleet --group-by machine',
    'telltale train history.csv --out model --architecture conv-ae --latent 8',
    'telltale train history.csv --out model --exclude 2024-03-01..2024-03-04 --trim 0.01',
    'telltale train history.csv --out model --false-alarms 1/week',
    'telltale train history.csv --out model --sensitivity bearing_temp=2',
    'telltale train history.csv --registry models --out pump',
    'telltale train history.csv --out model --checkpoint model.checkpoint',
    'telltale train decade.parquet --out model --memory 500',
  ],
  async run(call) {
    const { options, cli, io } = call
    // A device of several is one model; without one, each of them is.
    const isFleet = options.groupBy !== undefined && options.device === undefined
    const target = await modelTarget(io, cli, options.out, isFleet)
    try {
      return await train(call, target, isFleet)
    } finally {
      await target.discard()
    }
  },
})

async function train(
  { args: [data], options, cli, io, progress }: Call<Options>,
  target: ModelTarget,
  isFleet: boolean,
): Promise<number> {
  const detector = chosenDetector(options)
  const why = `telltale train${data === undefined ? '' : ` ${data}`}`
  const architecture = options.architecture ? await readArchitecture(io, options.architecture) : undefined
  const checkpoint = options.checkpoint && pathIn(io, options.checkpoint)
  if (checkpoint !== undefined) await checkFolder(checkpoint, options.checkpoint ?? checkpoint)
  const { source, request, times } = tableSource(io, data, options)
  const hooks = {
    onProgress: (fit: FitProgress) => {
      io.metrics.set('telltale_train_epoch', fit.epoch)
      if (fit.epochEnd) io.metrics.set('telltale_train_loss', fit.validationLoss)
      progress.fit(fit)
    },
    signal: io.signal,
    time: io.metrics.time,
    times,
    architecture,
  }
  if (isFleet) {
    const whole = { ...options, ...(checkpoint && { checkpoint }) }
    const training = { source, request, options: whole, hooks, target, why, cli }
    return trainFleet(io, training, progress)
  }
  const { history, columns, labelled, summary, notes } = await io.metrics.time('read', () =>
    readHistory(io, source, request, options, progress),
  )
  const network = options.architecture === undefined ? networkOption(options) : undefined
  printNotes(io, [
    ...notes,
    roleNote(summary),
    ...(network === undefined ? [] : [`${network} is an option of networks: the detector is an autoencoder`]),
  ])
  if (labelled > 0) {
    printNotes(io, [`${labelledNote(labelled)} (--exclude leaves ${labelled === 1 ? 'it' : 'them'} out)`])
  }

  if (detector === 'auto') {
    const frame = 'borders' in history ? history.frame : history
    const runtime = createRuntime(options.workers ?? defaultWorkers())
    const meter = { ...processMeter(freemem()), now: io.now }
    const surveyor = createSurveyor(frame.channels, options.maxGap)
    surveyor.add(frame)
    const plan = await planTraining(surveyor.take(), architecture, options, runtime, meter)
    printNotes(io, [costText(plan)])
  }
  let place = options.out
  const model = await trainModel(
    history,
    { ...knownOnly(trainOptions, options), checkpoint },
    {
      ...hooks,
      columns,
      reading: readingOf(options, summary),
      onIssues: issues => printIssues(io, issues),
      // The version is there before the checkpoint goes.
      onModel: async model => {
        await io.metrics.time('save', () => saveModel(model, target.path))
        place = await target.publish(why)
      },
      ...(options.groupBy && { device: options.device }),
    },
  ).catch(error => {
    progress.finish()
    if (io.signal.aborted) printNotes(io, interruptedNotes(options))
    throw error
  })
  progress.finish()
  if (io.signal.aborted) {
    printNotes(io, [`interrupted: kept the best weights so far, of epoch ${model.info.training.bestEpoch}`])
  }
  printNotes(io, trainingNotes(model, options))
  io.stdout(formatModel(model, { model: place }, cli.format))
  return EXIT_OK
}

/** How an interrupted training continues, or could: only networks have epochs to continue from. */
function interruptedNotes(options: Parameters<typeof chosenDetector>[0] & { checkpoint?: string }): string[] {
  if (options.checkpoint !== undefined) return [`the same command continues from ${options.checkpoint}`]
  if (chosenDetector(options) !== 'autoencoder') return []
  return ['--checkpoint FOLDER lets the same command continue; --keep-best saves the best weights so far']
}

/** What there is to say about the thresholds of a new model: of both alignments, each note once. */
function trainingNotes(
  model: Model,
  { falseAlarms, timeZone }: { falseAlarms?: string; timeZone?: string },
): string[] {
  const notes = ALIGNMENTS.flatMap(alignment => {
    const warning =
      falseAlarms === undefined ? null : model.info.calibration[alignment]?.expectedAlarms?.warning
    return [...(warning ? [`${alignment} scores: ${warning}`] : []), ...thresholdNotes(model, { alignment })]
  })
  const { cycle } = model.info
  return [...new Set(cycle && timeZone === undefined ? [...notes, clockNote(cycle.days)] : notes)]
}

/** A cycle of UTC is an hour late or early for half of the year where the machine follows local time. */
const clockNote = (days: 1 | 7) =>
  `the ${days === 1 ? 'daily' : 'weekly'} cycle follows UTC, or the times of the table where these name no zone; for a machine that follows local clocks, which change twice a year, give --time-zone, such as Europe/Berlin`

/** Expected training cost, member by member. */
function costText({ seconds, peakBytes, members = [] }: Plan): string {
  const took = (seconds: number) => formatDuration(1000 * seconds)
  const each = members.map(({ name, seconds }) => `${name} ${took(seconds)}`)
  return `auto will take about ${took(seconds.total)} (${each.join(', ')}) and at most ${formatBytes(peakBytes)} of memory`
}
