import { z } from 'zod'
import { ALIGNMENTS } from '../../core/contracts.js'
import { option, positiveInteger } from '../../core/options.js'
import { knownOnly } from '../../core/parse-options.js'
import { readOptions, readTable } from '../../ingest/index.js'
import { backtest, trainOptions } from '../../pipeline/index.js'
import { backtestRows, formatRows } from '../../report/index.js'
import { readArchitecture } from '../architecture.js'
import { defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { readLabelled } from '../labels.js'
import { printNotes } from '../notes.js'
import { tableSource } from '../table-source.js'

export const backtestCommand = defineCommand({
  name: 'backtest',
  summary:
    'Backtests on a history as if it were live: trains on the past, scores the next interval, trains again (walk-forward).',
  description:
    'The model that scores an interval has seen only earlier data, and scores are causal unless --alignment says otherwise. Prints one row per ' +
    'interval and a total: events, alarms per day, and with labels false alarms and labelled events found. An event belongs to the interval in which ' +
    'it starts. Takes the options of `train`.',
  arguments: [
    {
      name: 'data',
      reads: true,
      description: 'Table with the history: a file, a pattern, a folder, or - for standard input.',
      optional: true,
    },
  ],
  schema: trainOptions
    .omit({ out: true, checkpoint: true, keepBest: true, labelColumn: true, exclude: true })
    .extend({
      ...readOptions.shape,
      alignment: option(
        z.enum(ALIGNMENTS).default('causal'),
        'causal: a score uses only the samples up to it, as in live operation. two-sided: also later ones (optimistic).',
      ),
      retrainEvery: option(
        z.string().min(1),
        'Time between trainings, such as 7d, 12h or 30m, or a number of samples.',
        { value: 'TIME' },
      ),
      firstRows: option(
        positiveInteger().optional(),
        'Number of samples the first model is trained on. Default: half of the history.',
        { value: 'N' },
      ),
      labels: option(
        z.string().min(1).optional(),
        'Ground truth: a column of 0 and 1, a file with one 0 or 1 per line, or a file of intervals START,END, also as JSON. Default: a 0/1 column named label or anomaly.',
        { value: 'COLUMN|FILE', path: 'read' },
      ),
    }),
  isRepeatable: true,
  examples: [
    'telltale backtest history.csv --retrain-every 7d',
    'telltale backtest history.csv --retrain-every 1000 --first-rows 5000 --labels label --false-alarms 1/week',
  ],
  async run({ args: [data], options, cli, io, progress }) {
    const { labels, retrainEvery, firstRows, alignment, ...training } = options
    const architecture = await readArchitecture(io, training.architecture)
    const { source, request, times } = tableSource(io, data, options)
    const { table, labels: truth } = await readLabelled(io, labels, times, labelColumn =>
      readTable(source, { ...request, labelColumn }),
    )
    printNotes(io, table.notes)
    const { frame } = table
    const result = await backtest(
      frame,
      truth,
      knownOnly(trainOptions, training),
      { retrainEvery, alignment, firstRows: firstRows ?? Math.floor(frame.timeMs.length / 2) },
      {
        signal: io.signal,
        time: io.metrics.time,
        times,
        architecture,
        onPeriod: progress.score,
      },
    )
    progress.finish()
    io.stdout(
      cli.format === 'json'
        ? `${JSON.stringify(result, null, 2)}\n`
        : formatRows(backtestRows(result, frame.timeKind), cli.format),
    )
    return EXIT_OK
  },
})
