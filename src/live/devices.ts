import { createSampler, type Sampler, type SamplerOptions } from '../align/index.js'
import { TelltaleError } from '../core/errors.js'
import { nestedState, nestStates, type State } from '../core/state.js'
import { stateFromBytes, stateToBytes } from '../core/state-bytes.js'
import { type LiveEvents, liveEvents } from '../explain/index.js'
import type { Model } from '../model/index.js'
import { openSession, type Session, type SessionSettings } from '../session/index.js'
import { createDeviceChannels, type DeviceChannels, refuseFilter } from './channels.js'
import type { StateStore } from './state-store.js'

/** The model of a device; undefined where there is none: its messages are refused. */
export type ModelOf = (device: string) => Promise<Model | undefined>

/** A device that is in use. */
export interface Device {
  readonly model: Model
  readonly sampler: Sampler
  readonly channels: DeviceChannels
  readonly session: Session
  /** Says what its events look like; absent where that is not wanted. */
  readonly events: LiveEvents | undefined
  isChanged: boolean
  /** Its state was that of another model or other settings: the session is a new one. */
  isRestarted: boolean
}

/** What of a stream can be replaced while it runs. */
export type Changeable = Pick<DeviceOptions, 'modelOf' | 'settings' | 'sampling'>

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
  /** What a state of another model or other settings does: `refuse` is an error; `restart` starts a new session. Default `refuse`. */
  readonly unfit?: 'refuse' | 'restart'
}

const KIND = 'live:device'

/** The devices of a stream: the ones that were used last are in memory, the others are put into the store and come back with the same bits. */
export class Devices {
  #options: DeviceOptions
  readonly #store: StateStore
  /** In the order of their last use. */
  readonly #resident = new Map<string, Device>()
  #isResampled = false

  constructor(options: DeviceOptions, store: StateStore) {
    this.#options = options
    this.#store = store
  }

  /** @throws ArtefactError `state-unfit` for a state of another model or other settings */
  async get(name: string): Promise<Device | undefined> {
    const known = this.#resident.get(name)
    if (known) {
      this.#resident.delete(name)
      this.#resident.set(name, known)
      return known
    }
    const model = await this.#options.modelOf(name)
    if (model === undefined) return undefined
    if (!this.#options.ignoreWhere) refuseFilter(model.info)
    const device = await this.#open(name, model)
    this.#isResampled ||= device.channels.isResampled
    this.#resident.set(name, device)
    while (this.#resident.size > this.#options.resident) await this.#evict()
    return device
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
  }

  async #open(name: string, model: Model): Promise<Device> {
    const bytes = await this.#store.read(name)
    const saved = bytes && stateFromBytes(bytes, `the state of ${name || 'the device'}`)
    const { settings, sampling, explain = true } = this.#options
    const options = { ...sampling, timeKind: model.info.training.timeKind }
    const session = saved && this.#continued(model, saved)
    const isRestarted = saved !== undefined && session === undefined
    const isKept =
      saved !== undefined && (!isRestarted || keyOf(saved) === createDeviceChannels(model.info).key)
    const channels = createDeviceChannels(model.info, {
      channels: isKept ? nestedState(saved, 'channels') : undefined,
      resampler: isKept ? nestedState(saved, 'resampler') : undefined,
    })
    const isOfColumns = !isRestarted || columnsOf(saved) === JSON.stringify(channels.columns)
    return {
      model,
      sampler: createSampler(
        channels.columns,
        options,
        isOfColumns ? saved && nestedState(saved, 'sampler') : undefined,
      ),
      session: session ?? openSession(model, settings),
      events: explain
        ? liveEvents(model, options.timeKind, isRestarted ? undefined : saved && nestedState(saved, 'events'))
        : undefined,
      channels,
      isChanged: isRestarted,
      isRestarted,
    }
  }

  /** The session of a state; undefined where it is of another model or other settings and a new one is to start. */
  #continued(model: Model, saved: State): Session | undefined {
    try {
      return openSession(model, this.#options.settings, nestedState(saved, 'session'))
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
    const { session, sampler, channels, events } = device
    const nested = nestStates({
      session: session.state(),
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
