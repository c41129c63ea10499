import { freemem } from 'node:os'
import { z } from 'zod'
import { option } from '../../core/options.js'
import { readOptions, readTable } from '../../ingest/index.js'
import {
  createRuntime,
  defaultWorkers,
  loadModel,
  type Plan,
  parseRows,
  planScoring,
  planTraining,
  processMeter,
  trainOptions,
} from '../../pipeline/index.js'
import { formatBytes, formatDuration, formatNumber, formatSummary } from '../../report/index.js'
import { readArchitecture } from '../architecture.js'
import { defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { printNotes } from '../notes.js'
import { pathIn } from '../paths.js'
import { tableSource } from '../table-source.js'

const { out: _out, keepBest: _keepBest, ...work } = trainOptions.shape

export const planCommand = defineCommand({
  name: 'plan',
  summary:
    'Tells what training or detection will take, before it starts: windows, memory, seconds, batch size.',
  description:
    'With --model it plans `detect`, otherwise `train` with the options given. It reads the table, rehearses on random numbers for a few seconds ' +
    'with as many threads as the work will have, and extrapolates. Early stopping may end a training sooner.',
  arguments: [
    {
      name: 'data',
      description: 'Table: a file, a pattern, a folder, or - for standard input.',
      optional: true,
    },
  ],
  schema: z.object({
    ...readOptions.shape,
    ...work,
    model: option(z.string().min(1).optional(), 'Plan the detection with this model.', { value: 'MODEL' }),
    memory: option(
      z.number().positive().optional(),
      'Memory that may be used, megabytes. Default: what is free.',
      { value: 'MB' },
    ),
  }),
  examples: [
    'telltale plan today.csv --model model',
    'telltale plan history.csv --window 60 --epochs 20',
    'telltale plan history.csv --architecture conv-ae --memory 512 --format json',
  ],
  async run({ args: [data], options, cli, io }) {
    const runtime = createRuntime(options.workers ?? defaultWorkers())
    const model = options.model && (await loadModel(pathIn(io, options.model), runtime))
    const architecture = options.architecture ? await readArchitecture(io, options.architecture) : undefined
    const { timeColumn, labelColumn } = options
    const started = io.now()
    const { source, request } = tableSource(io, data, options, options)
    const table = await readTable(source, {
      ...request,
      timeColumn,
      labelColumn,
      rows: parseRows(options.rows),
      missing: 'keep',
      ...(model && { expectChannels: model.info.channels }),
    })
    const readSeconds = (io.now() - started) / 1000
    printNotes(io, table.notes)
    const availableBytes = options.memory === undefined ? freemem() : options.memory * 1e6
    const meter = processMeter(availableBytes)
    const plan = model
      ? await planScoring(model, table.frame, runtime, meter, { stride: options.stride })
      : await planTraining(table.frame, architecture, options, runtime, meter)
    if (plan.peakBytes > availableBytes)
      printNotes(io, [
        `the work needs ${formatBytes(plan.peakBytes)}, but only ${formatBytes(availableBytes)} may be used`,
      ])
    const whole = { ...plan, seconds: { ...plan.seconds, read: readSeconds }, availableBytes }
    io.stdout(formatSummary(planFacts(plan, readSeconds), whole, cli.format))
    return EXIT_OK
  },
})

function planFacts(plan: Plan, readSeconds: number): [name: string, value: string | number][] {
  const { seconds, memory } = plan
  const duration = (s: number) => formatDuration(1000 * s)
  return [
    ['samples', `${plan.samples} x ${plan.channels} channels`],
    ...(plan.parameters === null
      ? []
      : ([
          ['windows', `${plan.windows} of ${plan.window} samples`],
          [
            'network',
            `${plan.parameters} parameters, ${formatNumber(plan.windowsPerSecond, 3)} windows per second`,
          ],
        ] satisfies [string, string][])),
    ['memory', `${formatBytes(plan.peakBytes)} at most`],
    [
      'memory of windows',
      `${formatBytes(memory.viewBytes)}; copied out they would take ${formatBytes(memory.copiedBytes)}`,
    ],
    ['reading', duration(readSeconds)],
    ...(plan.members ?? []).map(({ name, seconds }): [string, string] => [
      `member ${name}`,
      duration(seconds),
    ]),
    ...(seconds.epoch === undefined
      ? ([['the work', duration(seconds.total)]] as [string, string][])
      : ([
          ['one epoch', duration(seconds.epoch)],
          ['all epochs', `${duration(seconds.total)} at most`],
        ] as [string, string][])),
    ...(plan.recommendedBatch === null
      ? []
      : ([['recommended batch', plan.recommendedBatch]] satisfies [string, number][])),
  ]
}
