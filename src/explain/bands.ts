import type { AnomalyEvent } from '../core/contracts.js'
import { sampleCount } from '../core/frame.js'
import type { Model } from '../model/index.js'
import { learnExpectation } from './expectation.js'
import { type PossibleReadings, UNLIMITED } from './possible.js'
import { findReference, type ScoredSeries } from './reference.js'
import { BAND } from './usual-error.js'

/** What each channel should read given the others. */
export interface ChannelBands {
  /** `[C][N]` in units of the channels. */
  readonly expected: readonly Float64Array[]
  /** `[C]` half the width of the band around it. */
  readonly halfBands: readonly number[]
  /** `[C]` what channels can read at all. */
  readonly possible: readonly PossibleReadings[]
}

/** The bands of all channels over a whole series, as in explanations when all other channels are trusted. Cost O(N C^2). */
export async function channelBands(
  model: Model,
  scored: ScoredSeries,
  events: readonly AnomalyEvent[],
): Promise<ChannelBands> {
  const reference = findReference(model, scored, events)
  const expectation = learnExpectation(model, scored, reference)
  const range = { start: 0, end: sampleCount(scored.frame) }
  const bands: { values: Float64Array; usualError: number }[] = []
  for (let c = 0; c < scored.frame.channels.length; c++) bands.push(await expectation.of(c, [], range))
  return {
    expected: bands.map(({ values }) => values),
    halfBands: bands.map(({ usualError }) => BAND * usualError),
    possible: reference.channels.map(({ possible = UNLIMITED }) => possible),
  }
}
