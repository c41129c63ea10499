import { type Frame, sampleCount } from '../core/frame.js'

/** Range of a channel in consecutive equal intervals; null where there is no reading. */
export interface Envelope {
  readonly low: readonly (number | null)[]
  readonly high: readonly (number | null)[]
}

/** The smallest and largest finite reading of each interval of a channel: a plot in which a single spike is still visible. Cost O(N). */
export function envelope(frame: Frame, channel: number, parts: number): Envelope {
  const { values, channels } = frame
  const n = sampleCount(frame)
  const width = channels.length
  const count = Math.min(parts, n)
  const low: (number | null)[] = []
  const high: (number | null)[] = []
  for (let part = 0; part < count; part++) {
    let least = Number.POSITIVE_INFINITY
    let most = Number.NEGATIVE_INFINITY
    const end = Math.floor(((part + 1) * n) / count)
    for (let i = Math.floor((part * n) / count); i < end; i++) {
      const value = values[i * width + channel]
      if (value - value !== 0) continue
      if (value < least) least = value
      if (value > most) most = value
    }
    low.push(least <= most ? least : null)
    high.push(least <= most ? most : null)
  }
  return { low, high }
}
