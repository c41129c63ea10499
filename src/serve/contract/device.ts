import { z } from 'zod'
import { DRIFT_VERDICTS } from '../../drift/index.js'
import { instantMs, maybe, pageOf, rangeQuery } from './common.js'
import { event, verdict } from './event.js'
import { openDrift, unscored } from './live.js'

/**
 * `alarm`: an event is open; `watch`: one ended within the last hour; `unscored`: its newest samples have no score, or its messages are refused; `silent`: sends
 * no more; `waiting`: no score yet.
 */
export const DEVICE_STATUS = ['alarm', 'watch', 'unscored', 'silent', 'waiting', 'ok'] as const

const facts = {
  /** `STREAM:DEVICE`; percent-encode it in a path. */
  id: z.string(),
  /** As its messages name it; empty where they name none. */
  name: z.string(),
  stream: z.string(),
  /** `NAME@VERSION`. */
  model: z.string(),
  status: z.enum(DEVICE_STATUS),
  /** Newest score, 1.0 = threshold; null before the first. */
  score: maybe,
  /** Time of its newest sample. */
  lastMs: maybe,
  openEvents: z.number().int(),
  unscored: unscored.nullable(),
}

export const device = z.object(facts)
export type Device = z.output<typeof device>
export const devicePage = pageOf(device)

/** A device with what its model says of it. */
export const deviceDetail = z.object({
  ...facts,
  firstMs: maybe,
  samples: z.number().int(),
  /** Usual time between samples, ms. */
  cadenceMs: maybe,
  window: z.number().int(),
  channels: z.array(z.object({ name: z.string(), unit: z.string().nullable() })),
  /** Whether its stream tests for drift while it scores, and what drifts now. */
  watchesDrift: z.boolean(),
  drifts: z.array(openDrift),
  /** Raw score that is 1.0. */
  level: z.number(),
})
export type DeviceDetail = z.output<typeof deviceDetail>

/** An event as a mark in a swim lane. */
const laneEvent = z.object({
  id: z.string(),
  startMs: instantMs,
  endMs: instantMs,
  state: z.enum(['open', 'closed']),
  score: z.number(),
  severity: z.number(),
  verdict: verdict.nullable(),
  matches: z.string().nullable(),
})

/** A device as a swim lane. */
const lane = z.object({
  ...facts,
  /** Largest severity of its events of the range that are not expected: lanes are in this order, largest first. */
  worst: z.number(),
  /** Share of the range since its first sample that has scores, 0 to 1; null without samples. */
  coverage: maybe,
  events: z.array(laneEvent),
  /** What the drifts that are open now call for; null without one. */
  drift: z.enum(DRIFT_VERDICTS).nullable(),
})
export type Lane = z.output<typeof lane>

export const overviewQuery = z.object({
  ...rangeQuery,
  limit: z.coerce.number().int().min(1).max(2000).default(500),
})
/** All devices of a range of time, worst first; the default is the last 7 days up to the newest sample. */
export const overview = z.object({
  fromMs: instantMs,
  toMs: instantMs,
  /** Lanes that are not in the list. */
  more: z.number().int(),
  totals: z.object({
    devices: z.number().int(),
    alarm: z.number().int(),
    unscored: z.number().int(),
    silent: z.number().int(),
    events: z.number().int(),
  }),
  devices: z.array(lane),
})
export type Overview = z.output<typeof overview>

export const seriesQuery = z.object({
  ...rangeQuery,
  /** Intervals of time at most. */
  points: z.coerce.number().int().min(10).max(5000).default(800),
})

const column = z.array(maybe)
/**
 * Readings and scores of a device in equal intervals of time, columns of equal length P; null where there is nothing. An interval of one sample has equal
 * minimum and maximum. The default range is the last 2 hours of samples.
 */
export const series = z.object({
  device: z.string(),
  fromMs: instantMs,
  toMs: instantMs,
  /** Length of an interval, ms. */
  stepMs: z.number(),
  samples: z.number().int(),
  /** `[P]` start of each interval that has samples, ascending. */
  timeMs: z.array(instantMs),
  /** `[P]` highest score, and 1.0 = threshold. */
  score: column,
  threshold: z.number(),
  /** `[P]` share of its samples that have a score. */
  coverage: column,
  channels: z.array(
    z.object({
      name: z.string(),
      unit: z.string().nullable(),
      min: column,
      max: column,
      /** `[P]` what the model expected, and the band of usual errors around it; null where it does not know. */
      expected: column,
      low: column,
      high: column,
    }),
  ),
  /** Events that overlap the range. */
  events: z.array(event),
})
export type Series = z.output<typeof series>

/** What of the readings of a device has changed since the training. Default range: the last day of samples. */
export const drift = z.object({
  device: z.string(),
  model: z.string(),
  fromMs: instantMs,
  toMs: instantMs,
  samples: z.number().int(),
  drifted: z.boolean(),
  /** What to do about it, and why; the readings decide, errors of the model are not compared. */
  verdict: z.enum(DRIFT_VERDICTS),
  reason: z.string(),
  channels: z.array(
    z.object({
      channel: z.string(),
      level: z.enum(['none', 'moderate', 'large', 'unknown']),
      psi: maybe,
      wasserstein: maybe,
      meanShift: maybe,
      pValue: maybe,
      missingShare: maybe,
      referenceMissingShare: maybe,
      missingLevel: z.enum(['none', 'moderate', 'large', 'unknown']),
    }),
  ),
})
export type Drift = z.output<typeof drift>
export const driftQuery = z.object(rangeQuery)
