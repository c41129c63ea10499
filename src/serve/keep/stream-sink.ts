import { REASONS } from '../../core/contracts.js'
import type { CloudEvent, DriftData, LiveOutput, SinkPlan } from '../../emit/index.js'
import type { OpenDrift } from '../contract/index.js'
import type { Measures } from '../measures.js'
import type { LiveBus } from '../streams/live-bus.js'
import type { Keep } from './keep.js'
import { type DeviceRecord, eventOf, modelName, unscoredOf } from './records.js'

/** What a sink needs to know of the model of a device. */
export interface SinkModel {
  /** `NAME@VERSION`. */
  readonly name: string
  readonly channels: readonly string[]
  /** The column that each channel comes from. */
  readonly sources: readonly string[]
  readonly cadenceMs: number | null
}

/** Where a sink brings what it gets. */
export interface SinkPlaces {
  readonly keep: Keep
  readonly live: LiveBus
  readonly measures: Measures
}

export const SINK = 'keep'

/**
 * Brings what a stream finds out into the store and to those who watch, when its messages are in the journal: the store is never ahead of it. A batch that is worked off again after a
 * crash changes nothing that is on the disk already.
 *
 * @param modelOf the model of a device of this stream
 */
export function keepSink(
  places: SinkPlaces,
  stream: string,
  modelOf: (device: string) => SinkModel,
): SinkPlan {
  const { keep } = places
  return {
    name: SINK,
    async open(from) {
      let batch = (from as { batch: number } | null)?.batch ?? 0
      if (from === null) await keep.forgetProgress(stream)
      const written = await keep.progressOf(stream)
      /** Batches that are taken when they are kept, in order. */
      let taking: Promise<void> = Promise.resolve()
      let failure: unknown
      return {
        async write(outputs, kept) {
          if (failure !== undefined) throw failure
          batch++
          if (batch <= written) return
          await keep.room()
          const number = batch
          taking = Promise.all([taking, kept])
            .then(() => {
              for (const output of outputs) take(places, stream, modelOf(output.device), output)
              keep.endBatch(stream, number)
            })
            .catch(error => {
              failure ??= error
            })
        },
        async state() {
          await taking
          if (failure !== undefined) throw failure
          await keep.flush()
          return { batch }
        },
        counts: () => ({ waiting: 0, lost: 0 }),
        async drain() {
          await taking
          await keep.flush()
        },
        async close() {
          await taking
          await keep.flush()
        },
      }
    },
  }
}

function take(places: SinkPlaces, stream: string, model: SinkModel, output: LiveOutput): void {
  const device = places.keep.device(stream, output.device, model.name, model.channels, model.cadenceMs)
  if (output.scored) takeSamples(places, device, output.scored, model.sources)
  const [reason] = Object.keys(output.refused ?? {}).filter(reason => !NO_FAULTS.has(reason))
  if (reason !== undefined) device.refusedFor = reason
  for (const one of output.events) takeEvent(places, device, one)
}

/** Why messages are refused that were scored before. */
const NO_FAULTS = new Set(['late', 'duplicate'])
const MISSING = REASONS.indexOf('missing')

/** Notes whether the newest samples lack readings. */
function noteLack(
  device: DeviceRecord,
  reason: number,
  readings: ArrayLike<number>,
  sources: readonly string[],
): void {
  device.refusedFor = null
  if (reason !== MISSING) {
    if (reason === 0) device.lacking = 0
    return
  }
  device.lacking++
  device.lacks = [...new Set(sources.filter((_, c) => Number.isNaN(readings[c])))]
}

function takeSamples(
  { keep, live, measures }: SinkPlaces,
  device: DeviceRecord,
  scored: NonNullable<LiveOutput['scored']>,
  sources: readonly string[],
): void {
  const { frame, score, severity, flag, reason, expected } = scored
  const width = frame.channels.length
  const isWatched = live.isWatched(device.id)
  const half = isWatched ? keep.usualError(device).halfWidths() : undefined
  for (let i = 0; i < score.length; i++) {
    const readings = frame.values.slice(i * width, (i + 1) * width)
    const wanted = expected?.slice(i * width, (i + 1) * width)
    const timeMs = frame.timeMs[i]
    noteLack(device, reason[i], readings, sources)
    keep.addSample(device, {
      device: device.id,
      timeMs,
      score: score[i],
      severity: severity[i],
      flag: flag[i],
      reason: reason[i],
      readings,
      expected: wanted,
    })
    if (half === undefined) continue
    live.sample({
      device: device.id,
      timeMs,
      score: finite(score[i]),
      reason: REASONS[reason[i]],
      flag: flag[i] !== 0,
      severity: finite(severity[i]),
      values: Array.from(readings, finite),
      expected: Array.from(readings, (_, c) => finite(wanted?.[c])),
      low: Array.from(readings, (_, c) => finite((wanted?.[c] ?? Number.NaN) - half[c])),
      high: Array.from(readings, (_, c) => finite((wanted?.[c] ?? Number.NaN) + half[c])),
    })
  }
  if (score.length === 0) return
  const newestMs = frame.timeMs[score.length - 1]
  live.status({ device: device.id, timeMs: newestMs, score: device.score, unscored: unscoredOf(device) })
  measures.samples.add(device.stream, device.model, reason, newestMs)
}

function takeEvent({ keep, live, measures }: SinkPlaces, device: DeviceRecord, message: CloudEvent): void {
  const found = eventOf(message, device.id, device.model)
  if (found) {
    const event = keep.addEvent(device, found)
    const change = message.type.split('.')[3] as 'opened' | 'updated' | 'closed'
    live.event({ change, event })
    const kind = event.matches === null ? 'anomaly' : 'expected'
    if (change === 'opened')
      measures.metrics.add('telltale_events_total', 1, { model: modelName(device.model), kind })
    return
  }
  const [, , kind, change] = message.type.split('.')
  if (kind === 'drift') {
    if (change === 'opened')
      measures.metrics.add('telltale_events_total', 1, { model: modelName(device.model), kind: 'drift' })
    const own = { device: device.id, change: change as 'opened' | 'updated' | 'closed' }
    live.drift({ ...own, ...driftOf(message) })
    return
  }
  const { channel, since } = message.data as { channel: string | null; since: string | null }
  const isLost = message.type.includes('.lost.')
  if (channel === null) device.isSilent = isLost
  live.coverage({
    device: device.id,
    channel,
    isLost,
    sinceMs: since === null ? null : Date.parse(since),
    timeMs: message.time === undefined ? 0 : Date.parse(message.time),
  })
}

/** The drift that a message of a stream is about. */
export function driftOf({ data }: CloudEvent): OpenDrift {
  const { since, last, ...facts } = data as unknown as DriftData
  return { ...facts, sinceMs: millisOf(since), lastMs: millisOf(last) }
}

const millisOf = (time: string | number) => (typeof time === 'number' ? time : Date.parse(time))

function finite(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : value
}
