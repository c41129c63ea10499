import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { counted } from '../../core/counted.js'
import { createError } from '../../core/errors.js'
import { knownOnly } from '../../core/parse-options.js'
import { createRandom } from '../../core/random.js'
import { temporaryPath } from '../../files/index.js'
import { packBatch } from '../../live/index.js'
import type { Model } from '../../model/index.js'
import { type TrainSettings, trainModel, trainOptions } from '../../pipeline/index.js'
import { createRuntime } from '../../runtime/index.js'
import { generatePlant } from '../../simulate/index.js'
import { saveModel } from '../../store/index.js'
import type { Io } from '../io.js'
import { openStreamModels } from '../stream-models.js'
import { fullStateBytes } from './full-state.js'
import { planStream, type StreamLoad, type StreamPlan } from './plan.js'
import { type Probe, probeStream } from './probe.js'

export interface StreamQuestion {
  readonly devices: number
  readonly channels: number | undefined
  readonly rateHz: number
  readonly checkpointMs: number
  /** Path of a model; without one a model with this many channels is trained on a simulated plant. */
  readonly model: string | undefined
  readonly options: TrainSettings
  /** Is called with what is being done. */
  onStep(text: string): void
}

/** Devices of the larger probe at most: what more take is extrapolated. */
const MOST_DEVICES = 1500
const FEWER = 3
const HISTORY_ROWS = 5000

/** Measures a stream of fewer devices and plans one of all. Cost: a minute. @throws SourceError `probe-failed` */
export async function measureStreamPlan(
  io: Pick<Io, 'signal' | 'trusted'>,
  question: StreamQuestion,
): Promise<{ readonly plan: StreamPlan; readonly probes: readonly Probe[]; readonly channels: number }> {
  const folder = await temporaryPath()
  await mkdir(folder, 0o700)
  try {
    const model = question.model ?? (await trainLike(question, join(folder, 'model')))
    const { channels, first } = await openStreamModels(
      [{ place: model }],
      createRuntime(1),
      question.model === undefined ? {} : io,
    )
    const one = (await first()) as Model
    const message = messages(one, [...channels], question.rateHz)
    const most = Math.min(question.devices, MOST_DEVICES)
    const probes: Probe[] = []
    for (const devices of new Set([Math.ceil(most / FEWER), most])) {
      if (most === question.devices && devices !== most) continue
      question.onStep(`measuring a stream of ${counted(devices, 'device')}`)
      probes.push(await probeStream({ model, devices, signal: io.signal, message }))
    }
    const load: StreamLoad = {
      ...question,
      fullStateBytes: await fullStateBytes(one, message, join(folder, 'state')),
      ...messageSizes(message, [...channels]),
    }
    return { plan: planStream(load, probes), probes, channels: channels.size }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function trainLike(
  { channels, rateHz, options, onStep }: StreamQuestion,
  path: string,
): Promise<string> {
  if (channels === undefined) throw createError('option-missing', { name: '--channels' })
  onStep(`training a model of ${counted(channels, 'simulated channel')}`)
  const { train } = generatePlant({ rows: HISTORY_ROWS, channels, cadenceSeconds: 1 / rateHz, seed: 1 })
  await saveModel(await trainModel(train, knownOnly(trainOptions, options)), path)
  return path
}

/** Messages of devices in normal operation: each repeats another segment of the history that the model keeps. Columns that are no channels themselves get random numbers. */
function messages({ excerpt, info }: Model, columns: readonly string[], rateHz: number) {
  const random = createRandom(1)
  const startMs = Date.now()
  const width = info.channels.length
  const reading = (name: string, device: number, round: number): number => {
    const c = info.channels.indexOf(name)
    if (c < 0 || !excerpt) return 20 + random.normal()
    const { segment, frame } = excerpt
    const row = device * segment + Math.min(round, segment - 1)
    return frame.values[(row * width + c) % frame.values.length]
  }
  return (device: number, round: number): string => {
    const readings = columns.map(name => {
      const value = reading(name, device, round)
      return `${JSON.stringify(name)}:${Number.isFinite(value) ? value.toFixed(4) : null}`
    })
    return `{"time":${startMs + Math.round((1000 * round) / rateHz)},"device":"device-${device}",${readings.join()}}`
  }
}

function messageSizes(message: (device: number, round: number) => string, channels: readonly string[]) {
  const count = 100
  const texts = Array.from({ length: count }, (_, device) => message(device, 0))
  const batch = texts.map(text => {
    const { time, device, ...values } = JSON.parse(text) as Record<string, number> & { device: string }
    return {
      device: String(device),
      timeMs: Number(time),
      names: channels,
      values: channels.map(name => Number(values[name])),
    }
  })
  const line = packBatch({ nowMs: Date.now(), messages: batch, refused: {}, badReadings: 0, position: null })
  return {
    messageBytes: texts.reduce((sum, text) => sum + text.length + 1, 0) / count,
    journalBytes: line.length / count,
  }
}
