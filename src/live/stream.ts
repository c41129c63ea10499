import { sliceFrame } from '../core/frame.js'
import type { Json } from '../core/state.js'
import {
  type Acknowledgement,
  acknowledgedEvent,
  anomalyEvent,
  anomalyId,
  type CloudEvent,
  coverageEvent,
  driftEvent,
  type EventOrigin,
  endOf,
  type LiveOutput,
} from '../emit/index.js'
import type { Step } from '../session/index.js'
import type { Message, Refusal } from '../sources/index.js'
import type { Batch } from './batch.js'
import { createDeviceChannels } from './channels.js'
import { countSamples, emptyCounts, refuse, type StreamCounts } from './counts.js'
import type { DeviceThreshold } from './device-threshold.js'
import { type Changeable, type Device, type DeviceOptions, Devices } from './devices.js'
import type { Learner } from './learner.js'
import { isNews, type Reported, reportedOf } from './news.js'
import type { StateStore } from './state-store.js'

export interface StreamOptions extends DeviceOptions {
  /** Devices that are taken at most. */
  readonly mostDevices: number
  /** Waited for before each device of a batch: where other work of the program gets its turn. Default: the batch is worked off at once. */
  readonly turn?: () => Promise<void>
}

/** What became of a batch. */
export interface Taken {
  /** What became known with it, by device in the order of their first messages. */
  readonly outputs: readonly LiveOutput[]
  /** Its messages that were refused, by reason. */
  readonly refused: Readonly<Record<string, number>>
}

/** What became of a batch, message by message. */
export interface Processed extends Taken {
  /** Those of its messages that the stream refused. */
  readonly refusals: readonly Refusal[]
}

/** What a checkpoint keeps; those of earlier versions lack what is optional. */
interface Saved {
  readonly counts: StreamCounts
  readonly signs: readonly [string, Sign][]
  readonly sinceMs: number
  readonly open?: readonly CloudEvent[]
  readonly reported?: readonly [string, Reported][]
  readonly acknowledged?: readonly string[]
  readonly drifts?: readonly CloudEvent[]
}

/** What is known of a device beside its own state: `[last sign of life, ms; 1 = silent]`. */
type Sign = [seenMs: number, isSilent: 0 | 1]

/**
 * Batches of messages to scores and events, for any number of devices. What comes out depends on the batches alone: the same batches give the same
 * outputs, whatever is in memory or in the store, and after any restart.
 */
export class Stream {
  readonly counts: StreamCounts
  #options: StreamOptions
  readonly #devices: Devices
  readonly #signs: Map<string, Sign>
  /** Silence is counted from here: the program may have been away. */
  #sinceMs: number
  /** The last news of the event that is open, by device. */
  readonly #open: Map<string, CloudEvent>
  /** The last message of the event that is open, by device. */
  readonly #reported: Map<string, Reported>
  /** The last news of each drift that is open, by device and signal. */
  readonly #drifts: Map<string, Map<string, CloudEvent>> = new Map()
  /** Devices whose open event was acknowledged. */
  readonly #acknowledged: Set<string>
  /** What ended with sessions that were replaced. */
  #ended: LiveOutput[] = []
  /** Messages of the batch that is worked on. */
  #refusals: Refusal[] = []

  /** @param from `state()` of another one with the same options */
  constructor(options: StreamOptions, store: StateStore, from: Json = null) {
    const saved = from as Saved | null
    this.#options = options
    this.#devices = new Devices(options, store)
    this.counts = { ...emptyCounts(), ...(saved && structuredClone(saved.counts)) }
    this.#signs = new Map(saved?.signs.map(([name, sign]) => [name, [...sign]]))
    this.#sinceMs = saved?.sinceMs ?? 0
    this.#open = new Map(saved?.open?.map(event => [event.subject, event]))
    this.#reported = new Map(saved?.reported)
    this.#acknowledged = new Set(saved?.acknowledged)
    for (const drift of saved?.drifts ?? []) this.#noteDrift(drift)
  }

  async process({ nowMs, messages, refused, badReadings, isFirst }: Batch): Promise<Processed> {
    const { counts } = this
    const before = { ...counts.refused }
    if (isFirst) this.#sinceMs = nowMs
    counts.received += messages.length
    counts.badReadings += badReadings
    for (const [reason, count] of Object.entries(refused)) {
      counts.received += count
      refuse(counts, reason, count)
    }
    const outputs: LiveOutput[] = []
    this.#refusals = []
    for (const [name, all] of byDevice(messages)) {
      await this.#options.turn?.()
      const admitted = await this.#admit(name, all, nowMs)
      if (admitted === undefined) continue
      const { device, own } = admitted
      const known = this.#refusals.length
      for (const { isGone, messages } of runsOf(own)) {
        const change = isGone ? this.#leave(name, messages.length) : this.#seen(name, nowMs)
        const events =
          change === undefined ? [] : [coverageEvent(originOf(name, device), { ...change, timeMs: nowMs })]
        outputs.push(
          ...(isGone ? [{ device: name, events }] : await this.#take(name, device, messages, nowMs, events)),
        )
      }
      if (this.#refusals.length > known)
        outputs.push({ device: name, events: [], refused: reasonsOf(this.#refusals.slice(known)) })
    }
    const silent = await this.#findSilent(nowMs)
    counts.devices = this.#signs.size
    return {
      outputs: [...this.#ended.splice(0), ...outputs, ...silent],
      refused: increase(before, counts.refused),
      refusals: this.#refusals,
    }
  }

  /**
   * Continues with other models, settings and sampling. A device whose state does not fit starts a new session: its open event ends, and messages that
   * wait to become samples are scored before where the new model reads other columns. Nothing that was taken is lost.
   */
  async replace(changed: Changeable): Promise<LiveOutput[]> {
    const outputs = await this.#takeWaiting(changed)
    await this.#devices.replace(changed)
    this.#options = { ...this.#options, ...changed }
    for (const name of new Set([...this.#open.keys(), ...this.#drifts.keys()]))
      if ((await this.#device(name)) === undefined) this.#endOpen(name)
    return [...outputs, ...this.#ended.splice(0)]
  }

  async #takeWaiting({ modelOf }: Changeable): Promise<LiveOutput[]> {
    const outputs: LiveOutput[] = []
    const { joinMs, waitMs } = this.#options.sampling
    if (joinMs === null && waitMs === 0 && !this.#devices.isResampled) return outputs
    for (const name of this.#signs.keys()) {
      const device = await this.#device(name)
      const next = await this.#devices.modelOf(name, modelOf)
      if (device === undefined) continue
      const channels = next && createDeviceChannels(next.info)
      if (`${channels?.columns}` !== `${device.channels.columns}`) {
        device.sampler.finish()
        outputs.push(...(await this.#score(name, device, [])))
      }
      if (channels?.key !== device.channels.key) outputs.push(...(await this.#rest(name, device)))
    }
    return outputs
  }

  /** A device; where its session is a new one, the event of the last one has ended. */
  async #device(name: string): Promise<Device | undefined> {
    const device = await this.#devices.get(name)
    if (device?.isRestarted) {
      device.isRestarted = false
      this.#endOpen(name)
    }
    return device
  }

  /** The last news of each event that is open. */
  open(): CloudEvent[] {
    return [...this.#open.values()]
  }

  /** Whether the event of a device that is open was acknowledged. */
  isAcknowledged(device: string): boolean {
    return this.#acknowledged.has(device)
  }

  /** Notes that events are known; of those that are not open, or were acknowledged before, nothing comes. */
  acknowledge(acknowledgements: readonly Acknowledgement[]): LiveOutput[] {
    return acknowledgements.flatMap(acknowledgement => {
      const id = anomalyId(acknowledgement.id)
      const last = this.open().find(event => anomalyId(event.id) === id)
      if (last === undefined || this.#acknowledged.has(last.subject)) return []
      this.#acknowledged.add(last.subject)
      return [{ device: last.subject, events: [acknowledgedEvent(last, acknowledgement)] }]
    })
  }

  #closeOpen(name: string): void {
    this.#open.delete(name)
    this.#reported.delete(name)
    this.#acknowledged.delete(name)
  }

  #endOpen(name: string): void {
    const last = this.#open.get(name)
    this.#closeOpen(name)
    const ended = [...(last ? [last] : []), ...(this.#drifts.get(name)?.values() ?? [])]
    this.#drifts.delete(name)
    if (ended.length > 0) this.#ended.push({ device: name, events: ended.map(endOf) })
  }

  /** The last news of each drift that is open. */
  drifts(): CloudEvent[] {
    return [...this.#drifts.values()].flatMap(own => [...own.values()])
  }

  #noteDrift(event: CloudEvent): void {
    const { subject, type, data } = event
    const { signal } = data as { readonly signal: string }
    const own = this.#drifts.get(subject) ?? new Map<string, CloudEvent>()
    if (type.includes('.closed.')) own.delete(signal)
    else own.set(signal, event)
    if (own.size > 0) this.#drifts.set(subject, own)
    else this.#drifts.delete(subject)
  }

  /** Whether `process` would find a device that became silent. Cost O(devices). */
  hasSilent(nowMs: number): boolean {
    for (const sign of this.#signs.values()) if (this.#isOverdue(sign, nowMs)) return true
    return false
  }

  /** The stream has ended: samples that wait and open events of all devices. */
  async *finish(): AsyncGenerator<LiveOutput> {
    for (const name of this.#signs.keys()) {
      const device = await this.#device(name)
      yield* this.#ended.splice(0)
      if (device === undefined) continue
      device.sampler.finish()
      yield* await this.#score(name, device, [])
      yield* await this.#rest(name, device)
      yield await this.#outputOf(name, device, device.session.finish(), [])
      this.#devices.forget(name)
    }
  }

  /** Samples that wait for the next one. */
  async #rest(name: string, device: Device): Promise<LiveOutput[]> {
    const rest = device.channels.end()
    device.isChanged = true
    if (rest.timeMs.length === 0) return []
    return [await this.#outputOf(name, device, device.session.push(rest), [])]
  }

  /** Puts the devices into the store, and gives the rest. */
  async state(): Promise<Json> {
    await this.#devices.putAll()
    const signs = [...this.#signs].map(([name, sign]) => [name, [...sign]])
    const saved = {
      counts: structuredClone(this.counts),
      signs,
      sinceMs: this.#sinceMs,
      open: this.open(),
      reported: [...this.#reported],
      acknowledged: [...this.#acknowledged],
      ...(this.#drifts.size > 0 && { drifts: this.drifts() }),
    }
    return saved as unknown as Json
  }

  /** The device of messages, and those that are for its session; undefined when they are refused, or it has no model yet. */
  async #admit(name: string, messages: readonly Message[], nowMs: number) {
    const isNew = !this.#signs.has(name)
    const isFull = isNew && this.#signs.size >= this.#options.mostDevices
    const device = isFull ? undefined : await this.#device(name)
    if (device !== undefined) return { device, own: messages }
    const learner = isFull ? undefined : await this.#devices.learners.get(name)
    if (learner === undefined) {
      for (const message of messages) this.#refuse(message, isFull ? 'too-many-devices' : 'unknown-device')
      return undefined
    }
    const learnt = await this.#learn(name, learner, messages, nowMs)
    const trained = learnt === messages.length ? undefined : await this.#device(name)
    return trained && { device: trained, own: messages.slice(learnt) }
  }

  /**
   * A device without a model takes messages until it has learnt one: their samples have no score.
   *
   * @returns how many it took
   */
  async #learn(name: string, learner: Learner, messages: readonly Message[], nowMs: number): Promise<number> {
    const { counts } = this
    if (this.#signs.get(name)?.[1]) counts.silent--
    this.#signs.set(name, [nowMs, 0])
    for (const [i, message] of messages.entries()) {
      const found = message.isGone ? false : learner.push(message, nowMs)
      if (typeof found === 'string') {
        this.#refuse(message, found)
        continue
      }
      counts.taken++
      if (!found) continue
      counts.samples++
      counts.unscored.learning = (counts.unscored.learning ?? 0) + 1
      if (await this.#devices.learners.trainWhenDue(name, learner)) return i + 1
    }
    return messages.length
  }

  #take(name: string, device: Device, messages: readonly Message[], nowMs: number, events: CloudEvent[]) {
    const { counts } = this
    for (const message of messages) {
      const { timeMs, names, values } = message
      const refused = device.sampler.push(
        Number.isNaN(timeMs) ? nowMs : timeMs,
        names,
        device.channels.numbersOf(names, values),
      )
      if (refused) this.#refuse(message, refused)
      else counts.taken++
    }
    return this.#score(name, device, events)
  }

  #refuse(message: Message, reason: string): void {
    refuse(this.counts, reason)
    this.#refusals.push({ message, reason })
  }

  async #score(name: string, device: Device, events: CloudEvent[]): Promise<LiveOutput[]> {
    const { frame: samples, silences } = device.sampler.take()
    const frame = device.channels.push(samples)
    device.isChanged = true
    for (const { isSilent, ...silence } of silences)
      events.push(coverageEvent(originOf(name, device), { ...silence, isLost: isSilent }))
    if (frame.timeMs.length === 0) return [{ device: name, events }]
    const newest = frame.timeMs[frame.timeMs.length - 1]
    if (frame.timeKind === 'utc') this.counts.newestMs = Math.max(this.counts.newestMs ?? newest, newest)
    const outputs: LiveOutput[] = []
    // A session that starts again does so after the same sample, however samples come together.
    for (let start = 0, end = 0; start < frame.timeMs.length; start = end) {
      const { threshold } = device
      end = isOpen(threshold) ? Math.min(frame.timeMs.length, start + threshold.missing) : frame.timeMs.length
      const step = device.session.push(sliceFrame(frame, start, end))
      outputs.push(await this.#outputOf(name, device, step, start === 0 ? events : []))
    }
    return outputs
  }

  async #outputOf(device: string, own: Device, step: Step, events: CloudEvent[]): Promise<LiveOutput> {
    const origin = originOf(device, own)
    const { scored, events: changes } = step
    const told = (await own.events?.push(scored, changes, own.session.settled())) ?? changes
    const isCalibrating = isOpen(own.threshold)
    for (const change of isCalibrating ? [] : told) {
      if (change.type === 'opened') this.counts.events++
      const event = anomalyEvent(origin, change)
      if (change.type === 'closed') this.#closeOpen(device)
      else this.#open.set(device, event)
      const last = this.#reported.get(device)
      if (change.type === 'updated' && last && !isNews(change.event, last)) continue
      if (change.type !== 'closed') this.#reported.set(device, reportedOf(change.event))
      events.push(event)
    }
    for (const change of step.drifts ?? []) {
      if (change.type === 'opened') this.counts.drifts++
      const event = driftEvent(origin, change)
      this.#noteDrift(event)
      events.push(event)
    }
    countSamples(this.counts, scored.reason)
    if (own.threshold?.push(scored.score)) {
      this.#devices.restart(own)
      this.#endOpen(device)
    }
    const named = device === '' ? {} : { device }
    return { device, events, ...(scored.score.length > 0 && { scored: { ...scored, ...named } }) }
  }

  /** Notes a sign of life; what it ends, when the device was silent. */
  #seen(name: string, nowMs: number) {
    const sign = this.#signs.get(name)
    if (sign === undefined) {
      this.#signs.set(name, [nowMs, 0])
      return undefined
    }
    const [sinceMs, wasSilent] = sign
    sign[0] = nowMs
    sign[1] = 0
    if (!wasSilent) return undefined
    this.counts.silent--
    return { isLost: false, sinceMs }
  }

  /** A device said that it is gone; what begins, when it was there. */
  #leave(name: string, messages: number) {
    this.counts.taken += messages
    const sign = this.#signs.get(name)
    if (sign === undefined || sign[1]) return undefined
    sign[1] = 1
    this.counts.silent++
    return { isLost: true, sinceMs: sign[0] }
  }

  #isOverdue([seenMs, isSilent]: Sign, nowMs: number): boolean {
    return !isSilent && nowMs - Math.max(seenMs, this.#sinceMs) > this.#options.sampling.silentAfterMs
  }

  async #findSilent(nowMs: number): Promise<LiveOutput[]> {
    const outputs: LiveOutput[] = []
    for (const [name, sign] of this.#signs) {
      if (!this.#isOverdue(sign, nowMs)) continue
      const device = await this.#device(name)
      sign[1] = 1
      this.counts.silent++
      if (device === undefined) continue
      const change = { isLost: true, sinceMs: sign[0], timeMs: nowMs }
      outputs.push({ device: name, events: [coverageEvent(originOf(name, device), change)] })
    }
    return outputs
  }
}

/** Whether a device still collects scores for its threshold. */
function isOpen(threshold: DeviceThreshold | undefined): threshold is DeviceThreshold {
  return threshold !== undefined && threshold.missing > 0
}

function reasonsOf(refusals: readonly Refusal[]): Record<string, number> {
  const found: Record<string, number> = {}
  for (const { reason } of refusals) found[reason] = (found[reason] ?? 0) + 1
  return found
}

function increase(before: Readonly<Record<string, number>>, after: Readonly<Record<string, number>>) {
  const changed = Object.keys(after).filter(reason => after[reason] !== before[reason])
  return Object.fromEntries(changed.map(reason => [reason, after[reason] - (before[reason] ?? 0)]))
}

function originOf(device: string, { model: { info } }: Pick<Device, 'model'>): EventOrigin {
  const { timeKind } = info.training
  return { device, model: info.id, timeKind, stepMs: info.schema?.cadenceMs ?? 0 }
}

/** Consecutive readings, and consecutive messages that say that the device is gone. */
function runsOf(messages: readonly Message[]) {
  const runs: { readonly isGone: boolean; readonly messages: Message[] }[] = []
  for (const message of messages) {
    const isGone = message.isGone === true
    const last = runs.at(-1)
    if (last?.isGone === isGone) last.messages.push(message)
    else runs.push({ isGone, messages: [message] })
  }
  return runs
}

function byDevice(messages: readonly Message[]): Map<string, Message[]> {
  const found = new Map<string, Message[]>()
  for (const message of messages) {
    const own = found.get(message.device)
    if (own) own.push(message)
    else found.set(message.device, [message])
  }
  return found
}
