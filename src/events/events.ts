import type { AnomalyEvent } from '../core/contracts.js'
import type { Frame, Interval } from '../core/frame.js'

export interface EventOptions {
  /** Flagged stretches at most this many samples apart become one event. */
  readonly mergeGap: number
  /** Shorter events are dropped, samples. */
  readonly minLength: number
}

/**
 * Maximal flagged stretches, joined over gaps of at most `mergeGap` samples; those shorter than `minLength` are dropped.
 * Cost O(n).
 *
 * @example
 * import { flaggedIntervals } from 'telltale'
 * flaggedIntervals([0, 1, 1, 0, 1, 0, 0, 0, 1], { mergeGap: 1, minLength: 2 }) // => [{ "start": 1, "end": 5 }]
 */
export function flaggedIntervals(flag: ArrayLike<number>, options: EventOptions): Interval[] {
  const merged: { start: number; end: number }[] = []
  for (let i = 0; i < flag.length; i++) {
    if (!flag[i]) continue
    const last = merged[merged.length - 1]
    if (last !== undefined && i - last.end <= options.mergeGap) last.end = i + 1
    else merged.push({ start: i, end: i + 1 })
  }
  return merged.filter(({ start, end }) => end - start >= options.minLength)
}

/**
 * Flags and calibrated scores -> events, in time order, with a deterministic id made of the start.
 *
 * @param score `[N]` 1.0 = threshold; NaN where not scored
 * @param residual `[N * C]` non-negative shares of the channels in the score
 */
export function findEvents(
  frame: Frame,
  score: Float32Array,
  flag: Uint8Array,
  residual: Float32Array,
  options: EventOptions,
): AnomalyEvent[] {
  let previousEnd = 0
  return flaggedIntervals(flag, options).map(({ start, end }) => {
    let onset = start
    while (onset > previousEnd && score[onset - 1] > 0.5) onset--
    let peak = start
    for (let i = start; i < end; i++) if (score[i] > score[peak] || Number.isNaN(score[peak])) peak = i
    previousEnd = end
    return {
      id: eventId(frame, start),
      start,
      end,
      onset,
      peak,
      score: score[peak],
      severity: severity(score[peak], end - start),
      channels: channelShares(frame.channels, residual, start, end),
    }
  })
}

/**
 * Severity 0..100 from the highest score and the length in samples: 100 (1 - 1 / (sqrt(score) (1 + log10(length) / 4))).
 * Rises with both; a single sample at the threshold has 0.
 *
 * @example
 * import { severity } from 'telltale'
 * severity(4, 1) // => 50
 */
export function severity(score: number, length: number): number {
  const weight = Math.sqrt(score) * (1 + Math.log10(length) / 4)
  return Math.round(100 * (1 - 1 / Math.max(1, weight)))
}

function eventId(frame: Frame, start: number): string {
  return frame.timeKind === 'utc'
    ? `e${new Date(frame.timeMs[start]).toISOString().replace(/[-:.Z]/g, '')}`
    : `e${String(frame.timeMs[start]).padStart(6, '0')}`
}

function channelShares(
  channels: readonly string[],
  residual: Float32Array,
  start: number,
  end: number,
): { name: string; share: number }[] {
  const c = channels.length
  const sums = new Float64Array(c)
  for (let i = start; i < end; i++) {
    for (let j = 0; j < c; j++) {
      const value = residual[i * c + j]
      if (value > 0) sums[j] += value
    }
  }
  const total = sums.reduce((sum, value) => sum + value, 0)
  return channels
    .map((name, j) => ({ name, share: total > 0 ? sums[j] / total : 0 }))
    .sort((a, b) => b.share - a.share)
}
