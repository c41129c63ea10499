import type { ChannelReference } from './reference.js'

/** Blocks of this many times the samples that say as much as an independent one are nearly independent themselves. */
const LONG_ENOUGH = 5
/** For references that know only how far whole distributions differ. */
const CAUTION = 2.5

/** How samples become one value of a test. */
export interface WatchBlock {
  /** Samples of a block. */
  readonly samples: number
  /** Standard deviation of the mean of the normal scores of a block. */
  readonly deviation: number
}

/**
 * Blocks whose means are nearly independent, by how much blocks of the history differed from the whole. Neighbouring values of a smooth score are alike: a test for independent ones
 * would take that for a change.
 *
 * @param asked samples of a block; undefined = as the history shows
 * @returns undefined where nothing was asked for and the history is too short to show it
 */
export function watchBlock(
  { designEffects, meanEffect }: Pick<ChannelReference, 'designEffects' | 'meanEffect'>,
  asked: number | undefined,
): WatchBlock | undefined {
  const known = Number.isNaN(meanEffect) ? CAUTION * (designEffects.at(-1) ?? Number.NaN) : meanEffect
  const effect = Number.isNaN(known) ? (asked ?? Number.NaN) / LONG_ENOUGH : known
  if (Number.isNaN(effect)) return undefined
  const samples = asked ?? Math.ceil(LONG_ENOUGH * effect)
  return { samples, deviation: Math.min(1, Math.sqrt(effect / samples)) }
}
