import type { AnomalyEvent } from '../core/contracts.js'
import { type Interval, sampleCount } from '../core/frame.js'
import type { Pauses } from '../core/pause.js'
import type { Model } from '../model/index.js'
import type { ScoredSamples, SessionSettings } from '../session/index.js'
import { type ChannelExpectation, learnExpectation } from './expectation.js'
import { frozenChannels } from './frozen.js'
import { findReference, historyReference, type Reference, type ScoredSeries } from './reference.js'
import { openRescorer, type Rescorer } from './rescore.js'

/** What methods work with. */
export interface Question {
  readonly model: Model
  /** How the series was scored. */
  readonly session: SessionSettings
  readonly series: ScoredSeries
  readonly reference: Reference
  readonly expectation: ChannelExpectation
  readonly rescorer: Rescorer
  /** The event, samples. */
  readonly event: { readonly start: number; readonly end: number }
  /** Numbers of the channels that are frozen over it, see `frozenChannels`. */
  readonly frozen: readonly number[]
  readonly seed: number
  /** Evaluations of the detector at most, for the methods that need some. */
  readonly budget: number
}

/** How questions about a series are asked. */
export interface Asking {
  readonly seed?: number
  /** What normal operation is taken from. Default `table`. */
  readonly normal?: 'table' | 'history'
  readonly session?: SessionSettings
}

/** What all questions about the events of one series share. */
export interface Questions extends Pick<Question, 'reference' | 'expectation'> {
  about(event: AnomalyEvent, budget: number): Question
}

/** An event and `margin` samples on both sides. */
export function surroundings(
  { frame }: Pick<ScoredSeries, 'frame'>,
  { start, end }: Interval,
  margin: number,
): Interval {
  return { start: Math.max(0, start - margin), end: Math.min(sampleCount(frame), end + margin) }
}

/** Finds normal operation of a series, and what channels call for in it. Cost O(N C). */
export function questionsOf(
  model: Model,
  series: ScoredSamples,
  all: readonly AnomalyEvent[],
  { seed = 1, normal = 'table', session = {} }: Asking,
  pauses: Pauses = {},
): Questions {
  const history = normal === 'history' ? historyReference(model) : undefined
  const reference = history ?? findReference(model, series, all)
  const expectation = learnExpectation(model, series, reference, all)
  const shared = { model, session, series, reference, expectation, seed }
  return {
    reference,
    expectation,
    about: (event, budget) => ({
      ...shared,
      event,
      frozen: frozenChannels(series, reference, event, surroundings(series, event, model.info.window)),
      budget,
      rescorer: openRescorer(model, session, series, event, pauses),
    }),
  }
}
