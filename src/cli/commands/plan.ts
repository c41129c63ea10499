import { freemem } from 'node:os'
import { z } from 'zod'
import { counted } from '../../core/counted.js'
import { formatDuration } from '../../core/duration.js'
import { createError } from '../../core/errors.js'
import { option, positiveInteger } from '../../core/options.js'
import { refuseWithoutEffect } from '../../core/parse-options.js'
import { type ChunkedTable, durationMs, readChunks, readOptions, summaryNotes } from '../../ingest/index.js'
import {
  createSurveyor,
  detectOptions,
  type Plan,
  planScoring,
  planTraining,
  processMeter,
  type Survey,
  trainOptions,
} from '../../pipeline/index.js'
import { formatBytes, formatNumber, formatSummary, type ResultFormat } from '../../report/index.js'
import { createRuntime, defaultWorkers } from '../../runtime/index.js'
import { modelPath } from '../../store/index.js'
import { readArchitecture } from '../architecture.js'
import { type Call, defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { openFleet, readFleet, readFleetLike } from '../fleet.js'
import { modelIn } from '../model-place.js'
import { printNotes } from '../notes.js'
import { loadTrusted } from '../open-model.js'
import { planFleet } from '../plan-fleet.js'
import { measureStreamPlan } from '../plan-stream/index.js'
import { parseRate, rateOption } from '../rate.js'
import { streamOptions } from '../stream-options.js'
import { chunkRowsOf, isForChunks, oneDevice } from '../table-chunks.js'
import { tableSource } from '../table-source.js'

const { out: _out, keepBest: _keepBest, ...work } = trainOptions.shape

/** Samples in a second. */
function rateHz(text: string): number {
  const { count, periodMs } = parseRate(text)
  return (1000 * count) / periodMs
}

const schema = z.object({
  ...readOptions.shape,
  ...work,
  model: option(z.string().min(1).optional(), 'Plan the detection with this model.', {
    value: 'MODEL',
    path: 'read',
  }),
  memory: option(z.number().positive().optional(), 'Memory that may be used, MB. Default: the free memory.', {
    value: 'MB',
  }),
  devices: option(
    positiveInteger().max(10_000_000).optional(),
    'Plan a stream of this many devices; no table is read.',
  ),
  channels: option(
    readOptions.shape.channels,
    `${readOptions.shape.channels.meta()?.description} With --devices and without --model the number of channels: a model of simulated ones is trained.`,
    { value: 'LIST' },
  ),
  rate: option(
    rateOption().default('1Hz'),
    'Samples of each device of the stream: 1Hz, 0.1Hz, 10/s, 2/min, 6/h.',
    {
      value: 'RATE',
    },
  ),
  checkpointEvery: streamOptions.shape.checkpointEvery,
})
type Options = z.output<typeof schema>

export const planCommand = defineCommand({
  name: 'plan',
  summary: 'Estimates windows, memory, time and batch size of a training or detection before it starts.',
  description:
    'With --model it plans `detect`, otherwise `train` with the options given. It reads the table once, chunk by chunk, measures a few seconds of work on random numbers ' +
    'with the number of threads the work will use, and extrapolates. With --group-by and without --device, or with the folder of a fleet as --model, prints one row per device. Early stopping may end a training sooner. ' +
    'With --devices it plans `stream`: it runs one with up to 1,500 of the devices and generated messages for about a minute, and extrapolates memory, cores, disk and network.',
  arguments: [
    {
      name: 'data',
      reads: true,
      description: 'Table: a file, a pattern, a folder, or - for standard input.',
      optional: true,
    },
  ],
  schema,
  examples: [
    'telltale plan today.csv --model model',
    'telltale plan history.csv --window 60 --epochs 20',
    'telltale plan history.csv --architecture conv-ae --memory 512 --format json',
    'telltale plan --devices 4000 --channels 12 --rate 1Hz',
    'telltale plan --devices 4000 --model model --rate 2/min',
  ],
  async run(call) {
    if (call.options.devices !== undefined) return planDevices(call, call.options.devices)
    const {
      args: [data],
      options,
      cli,
      io,
      progress,
    } = call
    const runtime = createRuntime(options.workers ?? defaultWorkers())
    const place = options.model === undefined ? undefined : await modelIn(io, cli, options.model)
    const architecture = options.architecture ? await readArchitecture(io, options.architecture) : undefined
    const availableBytes = options.memory === undefined ? freemem() : options.memory * 1e6
    const meter = processMeter(availableBytes)
    const fleet =
      place !== undefined && options.device === undefined
        ? await openFleet(io, place, runtime, options.groupBy !== undefined)
        : undefined
    if (fleet !== undefined || (options.groupBy !== undefined && options.device === undefined)) {
      const { devices } = fleet
        ? await readFleetLike(io, data, fleet, options, progress)
        : await readFleet(io, data, options, progress)
      const format = cli.format
      return planFleet(io, { devices, fleet, architecture, options, runtime, meter, format }, progress)
    }
    const model =
      place === undefined ? undefined : await loadTrusted(io, await modelPath(place, options.device), runtime)
    const started = io.now()
    if (model) refuseWithoutEffect(trainOptions, options, model.info.kind, true)
    const { source, request, read } = tableSource(io, data, options, model?.info)
    const table = await read((from, given) =>
      readChunks(from, {
        ...given,
        chunkRows: CHUNK_ROWS,
        missing: 'keep',
        expectChannels: model?.info.channels,
      }),
    )
    const survey = await surveyTable(table, options.maxGap)
    const readSeconds = (io.now() - started) / 1000
    printNotes(io, summaryNotes(table.summary))
    const plan = model
      ? await planScoring(model, survey, runtime, meter, {
          stride: options.stride,
          held: (await isForChunks(source, request, { memory: DETECT_MEMORY }))
            ? Math.min(survey.samples, CHUNKS_HELD * chunkRowsOf({}, model.info.channels.length))
            : survey.samples,
        })
      : await planTraining(survey, architecture, options, runtime, meter)
    if (plan.peakBytes > availableBytes)
      printNotes(io, [
        `the work needs ${formatBytes(plan.peakBytes)}, but only ${formatBytes(availableBytes)} is available`,
      ])
    const whole = { ...plan, seconds: { ...plan.seconds, read: readSeconds }, availableBytes }
    io.stdout(formatSummary(planFacts(plan, readSeconds), whole, cli.format))
    return EXIT_OK
  },
})

function channelCount(text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count > 0 && count <= 1000) return count
  const wanted = 'it must be a number from 1 to 1000 with --devices'
  throw createError('option-invalid', {
    name: '--channels',
    got: text,
    where: 'the command line or configuration',
    wanted,
  })
}

async function planDevices({ args, options, cli, io }: Call<Options>, devices: number): Promise<number> {
  if (args[0] !== undefined) throw createError('option-conflict', { first: 'DATA', second: '--devices' })
  const { model } = options
  const channels = options.channels === undefined ? undefined : channelCount(options.channels.join())
  if (model !== undefined && channels !== undefined)
    throw createError('option-conflict', { first: '--model', second: '--channels' })
  const measured = await measureStreamPlan(io, {
    devices,
    channels,
    rateHz: rateHz(options.rate),
    checkpointMs: durationMs(options.checkpointEvery),
    model: model === undefined ? undefined : await modelIn(io, cli, model),
    options,
    onStep: text => printNotes(io, [text]),
  })
  io.stdout(streamText(measured, devices, cli.format))
  return EXIT_OK
}

function streamText(
  { plan, probes, channels }: Awaited<ReturnType<typeof measureStreamPlan>>,
  devices: number,
  format: ResultFormat,
): string {
  const { messagesPerSecond, cores, memoryBytes, deviceBytes, checkpointSeconds, checkpointMs } = plan
  const facts: [string, string][] = [
    [
      'devices',
      `${devices} x ${counted(channels, 'channel')}, ${formatNumber(messagesPerSecond)} messages/s`,
    ],
    [
      'cores',
      `${formatNumber(cores, 2)} busy; one program uses about one core, so ${Math.ceil(cores / USABLE)} of them`,
    ],
    [
      'memory',
      `${formatBytes(memoryBytes)}${deviceBytes > 0 ? `; ${formatBytes(deviceBytes)} per device` : ''}`,
    ],
    ['disk, written', `${formatBytes(plan.diskWriteBytesPerSecond)}/s`],
    ['disk, kept', `${formatBytes(plan.diskBytes)} in --state`],
    ['network', `${formatBytes(plan.networkBytesPerSecond)}/s of JSON messages`],
    [
      'checkpoint',
      `every ${formatDuration(checkpointMs)}, ${formatDuration(1000 * checkpointSeconds)} of one core`,
    ],
    ['measured with', `${probes.map(probe => probe.devices).join(' and ')} devices`],
  ]
  return formatSummary(facts, { devices, channels, ...plan, probes }, format)
}

/** Share of a core that is planned with, so that peaks have room. */
const USABLE = 0.7

/** Where a table of this size would be scored chunk by chunk: the default of `detect --memory`. */
const DETECT_MEMORY = detectOptions.shape.memory.parse(undefined)
/** Rows that are read at a time. */
const CHUNK_ROWS = 65_536
/** The chunk that is scored, the one before it and the one that is read. */
const CHUNKS_HELD = 3

/** Reads a table of one device once and keeps what a plan needs. */
async function surveyTable(table: ChunkedTable, maxGap: number): Promise<Survey> {
  const surveyor = createSurveyor(table.channels, maxGap)
  for await (const { frame } of oneDevice(table)) surveyor.add(frame)
  return surveyor.take()
}

function planFacts(plan: Plan, readSeconds: number): [name: string, value: string | number][] {
  const { seconds, memory } = plan
  const duration = (s: number) => formatDuration(1000 * s)
  return [
    ['samples', `${plan.samples} x ${counted(plan.channels, 'channel')}`],
    ...(plan.parameters === null
      ? []
      : ([
          ['windows', `${plan.windows} of ${counted(plan.window, 'sample')}`],
          [
            'network',
            `${counted(plan.parameters, 'parameter')}, ${formatNumber(plan.windowsPerSecond, 3)} windows per second`,
          ],
        ] satisfies [string, string][])),
    ['memory', `${formatBytes(plan.peakBytes)} at most`],
    [
      'memory of windows',
      `${formatBytes(memory.viewBytes)}${memory.ratio > 1 ? `; copied they would take ${formatBytes(memory.copiedBytes)}` : ''}`,
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
