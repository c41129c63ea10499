import type { Frame, Interval } from '../core/frame.js'
import type { Reference } from './reference.js'

/** Samples on both sides of the start of an event. */
const NEAR = 2
/** Share of samples at which a state turns that is turned rarely: by chance one of 20 does so as an event begins. */
const RARE = 0.01

/**
 * Channels of two readings (valves, states, commands) that turned as an event began, those that rose first: a machine that was switched is no machine at rest, also where the
 * others call for the new reading. Cost O(C).
 *
 * @param reference which channels have two readings in normal operation
 * @returns numbers of channels
 */
export function turnedChannels(
  { values, channels: { length } }: Frame,
  { channels }: Pick<Reference, 'channels'>,
  { start, end }: Interval,
): number[] {
  const n = values.length / length
  const first = Math.max(1, start - NEAR)
  const last = Math.min(n - 1, end - 1, start + NEAR)
  /** Of the samples around the start, the last change of a channel; 0 when there is none. */
  const changeOf = (c: number) => {
    for (let i = last; i >= first; i--) {
      const change = values[i * length + c] - values[(i - 1) * length + c]
      if (change !== 0 && !Number.isNaN(change)) return change
    }
    return 0
  }
  return channels
    .flatMap(({ hasMany }, c) => (!hasMany ? [{ c, change: changeOf(c) }] : []))
    .filter(({ change }) => change !== 0)
    .sort((a, b) => b.change - a.change)
    .map(({ c }) => c)
}

/** Whether channels of two readings are among these that turn rarely in normal operation: that one turns as an event begins is then no chance. */
export function isRareTurn(turned: readonly number[], { channels }: Pick<Reference, 'channels'>): boolean {
  return turned.some(c => {
    const { roughness, min, max } = channels[c]
    return max > min && (roughness / (max - min)) ** 2 < RARE
  })
}
