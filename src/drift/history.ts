import { DAY_MS } from '../core/milliseconds.js'
import { fitLinearTrend } from '../stats/index.js'
import type { ChannelDrift } from './check.js'
import { type DriftLevel, isDrift } from './level.js'

/** What is kept of one channel in one check. */
export type ChannelRecord = Pick<ChannelDrift, 'channel' | 'level' | 'missingLevel'> & {
  /** Standard deviations of the reference; null without readings. */
  readonly distance: number | null
}

/** What is kept of one check. */
export interface DriftRecord {
  /** When the check was made, ms since the epoch. */
  readonly atMs: number
  readonly drifted: boolean
  readonly channels: readonly ChannelRecord[]
}

/** How a channel developed over several checks. */
export interface ChannelHistory {
  readonly channel: string
  readonly checks: number
  /** Checks in which it, or its missing share, had drifted. */
  readonly drifted: number
  /** Of the last check. */
  readonly level: DriftLevel
  readonly distance: number | null
  /** Change of the distance in standard deviations a day; null with fewer than 8 checks. */
  readonly slope: number | null
  readonly pValue: number | null
  /** `rising` and `falling` where the slope is significant. */
  readonly trend: 'rising' | 'falling' | 'none' | 'unknown'
}

/**
 * The development of each channel over checks, channels of the last check first. The trend is a line through the distances, which counts the checks as equally spaced and
 * allows for their autocorrelation. Cost O(checks times channels).
 *
 * @param records in the order of their time
 * @param alpha largest p-value of a trend
 */
export function driftHistory(records: readonly DriftRecord[], alpha = 0.01): ChannelHistory[] {
  const names = [
    ...new Set(records.toReversed().flatMap(({ channels }) => channels.map(({ channel }) => channel))),
  ]
  return names.map((name): ChannelHistory => {
    const own = records.flatMap(({ atMs, channels }) => {
      const found = channels.find(({ channel }) => channel === name)
      return found === undefined ? [] : [{ ...found, atMs }]
    })
    const last = own[own.length - 1]
    const days = (last.atMs - own[0].atMs) / DAY_MS
    const fit = fitLinearTrend(
      own.map((_, i) => i),
      own.map(({ distance }) => distance ?? Number.NaN),
      0,
    )
    const isTrend = fit !== undefined && fit.pValue <= alpha
    return {
      channel: name,
      checks: own.length,
      drifted: own.filter(({ level, missingLevel }) => isDrift(level) || isDrift(missingLevel)).length,
      level: last.level,
      distance: last.distance,
      slope: fit === undefined || days <= 0 ? null : (fit.slope * (own.length - 1)) / days,
      pValue: fit?.pValue ?? null,
      trend: fit === undefined ? 'unknown' : !isTrend ? 'none' : fit.slope > 0 ? 'rising' : 'falling',
    }
  })
}
