import { createSampler, type Sampler, type SamplerOptions } from '../align/index.js'
import { TelltaleError } from '../core/errors.js'
import { nestedState, nestStates, type State } from '../core/state.js'
import { stateFromBytes, stateToBytes } from '../core/state-bytes.js'
import { type LiveEvents, liveEvents } from '../explain/index.js'
import type { Model } from '../model/index.js'
import { openSession, type Session, type SessionSettings } from '../session/index.js'
import { createDeviceChannels, type DeviceChannels, refuseFilter } from './channels.js'
import { type DeviceThreshold, deviceThreshold, isThresholdOf } from './device-threshold.js'
import { isLearner } from './learner.js'
import { Learners, type Learning } from './learners.js'
import type { StateStore } from './state-store.js'

/** The model of a device; undefined where there is none: its messages are refused. */
export type ModelOf = (device: string) => Promise<Model | undefined>

/** A device that is in use. */
export interface Device {
  readonly model: Model
  readonly sampler: Sampler
  readonly channels: DeviceChannels
  session: Session
  /** Says what its events look like; absent where that is not wanted. */
  events: LiveEvents | undefined
  /** How it comes to a threshold of its own; absent where it has that of its model. */
  readonly threshold: DeviceThreshold | undefined
  isChanged: boolean
  /** Its state was that of another model or other settings: the session is a new one. */
  isRestarted: boolean
}

/** What of a stream can be replaced while it runs. */
export type Changeable = Pick<DeviceOptions, 'modelOf' | 'settings' | 'sampling'>

/** How devices that share a model come to thresholds of their own. */
export interface DeviceCalibration {
  /** Scores of a device that its threshold is found from: it raises no events before. */
  readonly samples: number
  /** Whether a device has the model alone, and so its threshold. Default: none has. */
  isOwn?(device: string): boolean
}

export interface DeviceOptions {
  readonly modelOf: ModelOf
  readonly settings: SessionSettings
  readonly sampling: Omit<SamplerOptions, 'timeKind'>
  /** Devices that are held in memory; the others are in the store. */
  readonly resident: number
  /** The sender leaves out what the `where` of a training leaves out; without it such a model is refused. */
  readonly ignoreWhere?: boolean
  /** Whether events say kind, verdict and a sentence. Default true. */
  readonly explain?: boolean
  /** Devices that share a model find their threshold from their first scores. */
  readonly calibrate?: DeviceCalibration
  /** What devices without a model do. Default: their messages are refused. */
  readonly learn?: Learning
  /** What a state of another model or other settings does: `refuse` is an error; `restart` starts a new session. Default `refuse`. */
  readonly unfit?: 'refuse' | 'restart'
  /** Called with each device that starts a new session because of that. */
  onRestart?(device: string): void
}

const KIND = 'live:device'

/** The devices of a stream: the ones that were used last are in memory, the others are put into the store and come back with the same bits. */
export class Devices {
  #options: DeviceOptions
  readonly #store: StateStore
  /** In the order of their last use. */
  readonly #resident = new Map<string, Device>()
  /** Those that have no model yet. */
  readonly learners: Learners
  #isResampled = false

  constructor(options: DeviceOptions, store: StateStore) {
    this.#options = options
    this.#store = store
    this.learners = new Learners(options, store)
  }

  /** @throws ArtefactError `state-unfit` for a state of another model or other settings */
  async get(name: string): Promise<Device | undefined> {
    const known = this.#resident.get(name)
    if (known) {
      this.#resident.delete(name)
      this.#resident.set(name, known)
      return known
    }
    const model = await this.modelOf(name)
    if (model === undefined) return undefined
    if (!this.#options.ignoreWhere) refuseFilter(model.info)
    const device = await this.#open(name, model)
    this.#isResampled ||= device.channels.isResampled
    this.#resident.set(name, device)
    while (this.#resident.size > this.#options.resident) await this.#evict()
    return device
  }

  /** The model of a device: the one that it is given, else the one that it has learnt. */
  async modelOf(name: string, given: ModelOf = this.#options.modelOf): Promise<Model | undefined> {
    return (await given(name)) ?? this.learners.modelOf(name)
  }

  /** Opens the session of a device again, which has found its own threshold. */
  restart(device: Device): void {
    const { model, threshold } = device
    device.session = this.#session(model, threshold)
    device.events &&= liveEvents(model, model.info.training.timeKind)
    device.isChanged = true
  }

  /** A device that was opened gets samples of a steady cadence: the last step may wait. */
  get isResampled(): boolean {
    return this.#isResampled
  }

  /** Lets go of a device whose session has ended. */
  forget(name: string): void {
    this.#resident.delete(name)
  }

  /** Continues with other models, settings and sampling: devices whose state fits are as they were, the others start new sessions. */
  async replace(changed: Changeable): Promise<void> {
    await this.putAll()
    this.#resident.clear()
    this.#options = { ...this.#options, ...changed, unfit: 'restart' }
  }

  /** Puts the changed devices into the store. */
  async putAll(): Promise<void> {
    for (const [name, device] of this.#resident) await this.#put(name, device)
    await this.learners.putAll()
  }

  async #open(name: string, model: Model): Promise<Device> {
    const bytes = await this.#store.read(name)
    const saved = bytes && stateFromBytes(bytes, `the state of ${name || 'the device'}`)
    const { sampling, explain = true } = this.#options
    const options = { ...sampling, timeKind: model.info.training.timeKind }
    const device = saved && isLearner(saved) ? undefined : saved
    const threshold = this.#threshold(name, model, device)
    const session = device && this.#continued(model, threshold, device)
    const isRestarted = device !== undefined && session === undefined
    if (isRestarted) this.#options.onRestart?.(name)
    const isKept =
      device !== undefined && (!isRestarted || keyOf(device) === createDeviceChannels(model.info).key)
    const channels = createDeviceChannels(model.info, {
      channels: isKept ? nestedState(device, 'channels') : undefined,
      resampler: isKept ? nestedState(device, 'resampler') : undefined,
    })
    const isOfColumns = !isRestarted || columnsOf(device) === JSON.stringify(channels.columns)
    return {
      model,
      sampler: createSampler(
        channels.columns,
        options,
        isOfColumns ? device && nestedState(device, 'sampler') : undefined,
      ),
      session: session ?? this.#session(model, threshold),
      events: explain
        ? liveEvents(
            model,
            options.timeKind,
            isRestarted ? undefined : device && nestedState(device, 'events'),
          )
        : undefined,
      threshold,
      channels,
      isChanged: isRestarted,
      isRestarted,
    }
  }

  #threshold(name: string, model: Model, saved: State | undefined): DeviceThreshold | undefined {
    const { calibrate, settings } = this.#options
    if (calibrate === undefined || calibrate.isOwn?.(name)) return undefined
    const state = saved && nestedState(saved, 'threshold')
    const from = state && isThresholdOf(state, model) ? state : undefined
    return deviceThreshold(model, settings, calibrate.samples, from)
  }

  #session(model: Model, threshold: DeviceThreshold | undefined, from?: State): Session {
    const { model: own, settings } = threshold ?? { model, settings: this.#options.settings }
    return openSession(own, settings, from)
  }

  /** The session of a state; undefined where it is of another model or other settings and a new one is to start. */
  #continued(model: Model, threshold: DeviceThreshold | undefined, saved: State): Session | undefined {
    try {
      return this.#session(model, threshold, nestedState(saved, 'session'))
    } catch (error) {
      const isUnfit = error instanceof TelltaleError && error.code === 'state-unfit'
      if (isUnfit && this.#options.unfit === 'restart') return undefined
      throw error
    }
  }

  async #evict(): Promise<void> {
    const [[name, device]] = this.#resident
    this.#resident.delete(name)
    await this.#put(name, device)
  }

  async #put(name: string, device: Device): Promise<void> {
    if (!device.isChanged) return
    const { session, sampler, channels, events, threshold } = device
    const nested = nestStates({
      session: session.state(),
      threshold: threshold?.state(),
      sampler: sampler.state(),
      ...channels.states(),
      events: events?.state(),
    })
    const options = { ...nested.options, columns: channels.columns, key: channels.key }
    await this.#store.put(name, stateToBytes({ kind: KIND, version: 1, arrays: nested.arrays, options }))
    device.isChanged = false
  }
}

/** `DeviceChannels.key` of a saved device; older states do not say. */
function keyOf({ options }: State): string | undefined {
  return (options as { key?: string }).key
}

/** The columns of the messages of a saved device, as text; states of version 0.1 do not say. */
function columnsOf({ options }: State): string {
  return JSON.stringify((options as { columns?: readonly string[] }).columns)
}
