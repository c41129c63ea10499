import { createSampler, type Sampler, type SamplerOptions } from '../align/index.js'
import { nestedState, nestStates } from '../core/state.js'
import { stateFromBytes, stateToBytes } from '../core/state-bytes.js'
import { type LiveEvents, liveEvents } from '../explain/index.js'
import type { Model } from '../model/index.js'
import { openSession, type Session, type SessionSettings } from '../session/index.js'
import { createDeviceChannels, type DeviceChannels } from './channels.js'
import type { StateStore } from './state-store.js'

/** The model of a device; undefined where there is none: its messages are refused. */
export type ModelOf = (device: string) => Promise<Model | undefined>

/** A device that is in use. */
export interface Device {
  readonly model: Model
  readonly sampler: Sampler
  readonly channels: DeviceChannels
  readonly session: Session
  /** Says what its events look like. */
  readonly events: LiveEvents
  isChanged: boolean
}

export interface DeviceOptions {
  readonly modelOf: ModelOf
  readonly settings: SessionSettings
  readonly sampling: Omit<SamplerOptions, 'timeKind'>
  /** Devices that are held in memory; the others are in the store. */
  readonly resident: number
}

const KIND = 'live:device'

/** The devices of a stream: the ones that were used last are in memory, the others are put into the store and come back with the same bits. */
export class Devices {
  readonly #options: DeviceOptions
  readonly #store: StateStore
  /** In the order of their last use. */
  readonly #resident = new Map<string, Device>()

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
    const device = await this.#open(name, model)
    this.#resident.set(name, device)
    while (this.#resident.size > this.#options.resident) await this.#evict()
    return device
  }

  /** Lets go of a device whose session has ended. */
  forget(name: string): void {
    this.#resident.delete(name)
  }

  /** Puts the changed devices into the store. */
  async putAll(): Promise<void> {
    for (const [name, device] of this.#resident) await this.#put(name, device)
  }

  async #open(name: string, model: Model): Promise<Device> {
    const bytes = await this.#store.read(name)
    const saved = bytes && stateFromBytes(bytes, `the state of ${name || 'the device'}`)
    const { settings, sampling } = this.#options
    const options = { ...sampling, timeKind: model.info.training.timeKind }
    const channels = createDeviceChannels(model.info, saved && nestedState(saved, 'channels'))
    return {
      model,
      sampler: createSampler(channels.columns, options, saved && nestedState(saved, 'sampler')),
      session: openSession(model, settings, saved && nestedState(saved, 'session')),
      events: liveEvents(model, options.timeKind, saved && nestedState(saved, 'events')),
      channels,
      isChanged: false,
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
      channels: channels.state(),
      events: events.state(),
    })
    await this.#store.put(name, stateToBytes({ kind: KIND, version: 1, ...nested }))
    device.isChanged = false
  }
}
