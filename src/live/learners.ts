import type { SamplerOptions } from '../align/index.js'
import { DataError } from '../core/errors.js'
import type { Frame } from '../core/frame.js'
import { stateFromBytes, stateToBytes } from '../core/state-bytes.js'
import { type Model, modelFromState, modelToBytes } from '../model/index.js'
import { createLearner, isLearner, type Learner } from './learner.js'
import type { StateStore } from './state-store.js'

/** How a device without a model gets one of its own. */
export interface Learning {
  /** Samples that it learns from; they get no score. */
  readonly samples: number
  /**
   * Trains the model of a device. The same history must give the same model: after a crash it is trained again. The stream waits for it.
   *
   * @param history its first `samples` samples, in time order; the channels are the numbers of its messages
   * @throws DataError when the history cannot be learnt from: the device forgets the older half of it and collects as many again
   */
  train(history: Frame, device: string): Promise<Model>
}

export interface LearnersOptions {
  /** Absent: devices without a model are refused. */
  readonly learn?: Learning
  readonly sampling: Omit<SamplerOptions, 'timeKind'>
  /** Devices that are held in memory. */
  readonly resident: number
}

/** Where the store keeps a model that was learnt: no device has such a name. */
const modelKey = (device: string) => `${device}\u0000model`

/** The devices of a stream that have no model, and the models that were learnt. */
export class Learners {
  readonly #options: LearnersOptions
  readonly #store: StateStore
  readonly #resident = new Map<string, Learner>()
  readonly #learnt = new Map<string, WeakRef<Model>>()

  constructor(options: LearnersOptions, store: StateStore) {
    this.#options = options
    this.#store = store
  }

  /** The model that a device has learnt. */
  async modelOf(name: string): Promise<Model | undefined> {
    const known = this.#learnt.get(name)?.deref()
    if (known) return known
    const bytes = await this.#store.read(modelKey(name))
    if (bytes === undefined) return undefined
    const model = modelFromState(stateFromBytes(bytes, `the model of ${name || 'the device'}`))
    this.#learnt.set(name, new WeakRef(model))
    return model
  }

  /** A device that collects samples; undefined where devices do not learn. */
  async get(name: string): Promise<Learner | undefined> {
    const { learn, resident } = this.#options
    if (learn === undefined) return undefined
    const known = this.#resident.get(name)
    if (known) return known
    if (this.#resident.size >= resident) await this.putAll()
    const bytes = await this.#store.read(name)
    const saved = bytes && stateFromBytes(bytes, `the state of ${name || 'the device'}`)
    const learner = createLearner(this.#options.sampling, saved && isLearner(saved) ? saved : undefined)
    this.#resident.set(name, learner)
    return learner
  }

  /** Trains the model of a device that has collected enough. @returns whether it has one now */
  async trainWhenDue(name: string, learner: Learner): Promise<boolean> {
    const { learn } = this.#options
    if (learn === undefined || learner.samples < learn.samples) return false
    try {
      const model = await learn.train(learner.history(), name)
      await this.#store.put(modelKey(name), modelToBytes(model))
      this.#resident.delete(name)
      return true
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      learner.forgetHalf()
      return false
    }
  }

  /** Puts those that collect into the store: what is there need not be in memory. */
  async putAll(): Promise<void> {
    for (const [name, learner] of this.#resident) await this.#store.put(name, stateToBytes(learner.state()))
    this.#resident.clear()
  }
}
