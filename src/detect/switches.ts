import type { Frame, ScaledFrame } from '../core/frame.js'

/** A switch counts when its error is this many times the largest that it had on normal samples: 2 is twice, as of a score. */
const ABOVE = 2
/** Keeps the limit of one without any error above 0. */
const LEAST = 1e-3

/** How many different readings each channel has, `[C]`: 3 stands for three or more. Missing readings are left out. */
export function readingCounts({
  values,
  channels,
}: Pick<Frame | ScaledFrame, 'values' | 'channels'>): Uint8Array {
  const width = channels.length
  const first = new Float64Array(width).fill(Number.NaN)
  const second = new Float64Array(width).fill(Number.NaN)
  const counts = new Uint8Array(width)
  for (let i = 0; i < values.length; i++) {
    const c = i % width
    const value = values[i]
    if (Number.isNaN(value) || value === first[c] || value === second[c]) continue
    if (counts[c] === 0) first[c] = value
    if (counts[c] === 1) second[c] = value
    counts[c] = Math.min(3, counts[c] + 1)
  }
  return counts
}

/**
 * The channels with exactly two different readings in training: valves, pumps, commands, alarms. When one turns is mostly an operator's decision, and its errors are
 * rare and huge: averaged with those of measurements they would hide them.
 *
 * @param counts `[C]` see `readingCounts`
 * @returns `[C]` 1 = switch; undefined when there is none, or when no channel has more than two readings
 */
export function switchChannels(counts: Uint8Array): Uint8Array | undefined {
  return counts.includes(2) && counts.includes(3) ? counts.map(count => (count === 2 ? 1 : 0)) : undefined
}

/**
 * The limits of switches: errors smoothed at the first scale above which they count, from samples that the members have not learnt from.
 *
 * @param smooth `[n * (members + C)]` see `memberRows`, smoothed at the first scale; NaN where there is no score
 * @returns `[C]` see `LimitRule`
 */
export function switchLimits(switches: Uint8Array, smooth: Float64Array, members: number): Float64Array {
  const columns = members + switches.length
  return Float64Array.from(switches, (isSwitch, c) => {
    if (!isSwitch) return Number.NaN
    let largest = LEAST
    for (let at = members + c; at < smooth.length; at += columns)
      if (smooth[at] > largest) largest = smooth[at]
    return ABOVE * largest
  })
}
