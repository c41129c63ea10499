import { freemem } from 'node:os'
import { readOptions, readTable } from '../../ingest/index.js'
import {
  chosenDetector,
  createRuntime,
  createSurveyor,
  defaultWorkers,
  type Plan,
  parseRows,
  planTraining,
  processMeter,
  saveModel,
  thresholdNotes,
  trainModel,
  trainOptions,
} from '../../pipeline/index.js'
import { formatBytes, formatDuration, formatModel } from '../../report/index.js'
import { checkArtefactTarget } from '../../store/index.js'
import { readArchitecture } from '../architecture.js'
import { defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { printIssues, printNotes } from '../notes.js'
import { checkFolder, pathIn } from '../paths.js'
import { tableSource } from '../table-source.js'

export const trainCommand = defineCommand({
  name: 'train',
  summary: 'Learns what normal looks like from a table of history and saves it as a model.',
  description:
    'Give it a stretch in which the machine was well. It is cut in time order into three parts: one to learn from, one that decides when to ' +
    'stop, and one from which the threshold is found. Prints what was learned from how much.',
  arguments: [
    {
      name: 'data',
      description:
        'Table: CSV, Parquet or JSON, plain, gzip or zstd; a file, a pattern, a folder, or - for standard input.',
      optional: true,
    },
  ],
  schema: trainOptions.required({ out: true }).extend(readOptions.shape),
  examples: [
    'telltale train history.csv --out model',
    'telltale train history.csv --out model --rows :5000 --window 60 --label-column label',
    'telltale train history.csv --out model --epochs 20 --keep-best --progress json',
    'telltale train "logs/*.csv.gz" --out model --group-by machine --device p7 --cadence 10s --time-zone Europe/Berlin',
    'telltale train history.csv --out model --architecture conv-ae --latent 8',
    'telltale train history.csv --out model --exclude 2024-03-01..2024-03-04 --trim 0.01',
    'telltale train history.csv --out model --false-alarms 1/week',
    'telltale train history.csv --out model --checkpoint model.checkpoint',
  ],
  async run({ args: [data], options, cli, io, progress }) {
    const rows = parseRows(options.rows)
    const out = pathIn(io, options.out)
    await checkArtefactTarget(out)
    await checkFolder(out, options.out)
    const architecture = options.architecture ? await readArchitecture(io, options.architecture) : undefined
    const { timeColumn, labelColumn } = options
    const { source, request } = tableSource(io, data, options, options)
    const table = await readTable(source, { ...request, timeColumn, labelColumn, rows })
    printNotes(io, table.notes)
    const labelled = table.labels?.reduce((sum, label) => sum + label, 0) ?? 0
    if (labelled > 0) {
      printNotes(io, [
        `${labelled} samples of the history are labelled anomalous: the model takes them for normal`,
      ])
    }

    if (chosenDetector(options) === 'auto') {
      const runtime = createRuntime(options.workers ?? defaultWorkers())
      const meter = { ...processMeter(freemem()), now: io.now }
      const surveyor = createSurveyor(table.frame.channels, options.maxGap)
      surveyor.add(table.frame)
      const plan = await planTraining(surveyor.take(), architecture, options, runtime, meter)
      printNotes(io, [costText(plan)])
    }
    const checkpoint = options.checkpoint && pathIn(io, options.checkpoint)
    if (checkpoint !== undefined) await checkFolder(checkpoint, options.checkpoint ?? checkpoint)
    const model = await trainModel(
      table.frame,
      { ...options, checkpoint },
      {
        onProgress: progress.fit,
        onIssues: issues => printIssues(io, issues),
        signal: io.signal,
        architecture,
        columns: { time: table.timeColumn, label: table.labelColumn },
      },
    ).catch(error => {
      progress.finish()
      if (io.signal.aborted && checkpoint !== undefined)
        printNotes(io, [`the same command goes on from ${options.checkpoint}`])
      throw error
    })
    progress.finish()
    if (io.signal.aborted) {
      printNotes(io, [
        `interrupted: the best weights so far, of epoch ${model.info.training.bestEpoch}, are kept`,
      ])
    }
    const { promise } = model.info.calibration
    if (options.falseAlarms !== undefined && promise?.warning) printNotes(io, [promise.warning])
    printNotes(io, thresholdNotes(model))
    await saveModel(model, out)
    io.stdout(formatModel(model.info, { model: options.out }, cli.format))
    return EXIT_OK
  },
})

/** What learning will take, member by member. */
function costText({ seconds, peakBytes, members = [] }: Plan): string {
  const took = (seconds: number) => formatDuration(1000 * seconds)
  const each = members.map(({ name, seconds }) => `${name} ${took(seconds)}`)
  return `auto will take about ${took(seconds.total)} (${each.join(', ')}) and at most ${formatBytes(peakBytes)} of memory`
}
