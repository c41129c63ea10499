import { z } from 'zod'
import { DRIFT_VERDICTS } from '../../drift/index.js'
import { instantMs, maybe } from './common.js'
import { event } from './event.js'

export const liveQuery = z.object({
  /** Id of a device. With it every sample is sent; without it events, coverage and at most one `status` a second for each device. */
  device: z.string().max(500).optional(),
})

/** SSE event `sample`: a sample whose score is final. */
export const liveSample = z.object({
  device: z.string(),
  timeMs: instantMs,
  /** 1.0 = threshold; null without a score, `reason` says why. */
  score: maybe,
  reason: z.string(),
  flag: z.boolean(),
  severity: maybe,
  /** `[C]` in the order of the channels of the device. */
  values: z.array(maybe),
  expected: z.array(maybe),
  low: z.array(maybe),
  high: z.array(maybe),
})
export type LiveSample = z.output<typeof liveSample>

/** Why nothing of a device is scored now. */
export const unscored = z.object({
  /** `missing`: readings are missing; else the reason for which its messages are refused. */
  reason: z.string(),
  /** Columns without a reading. */
  channels: z.array(z.string()),
  /** The same as a sentence. */
  detail: z.string(),
})
export type Unscored = z.output<typeof unscored>

/** SSE event `status`: the newest score of a device, and why nothing of it is scored now; null where something is. */
export const liveStatus = z.object({
  device: z.string(),
  timeMs: instantMs,
  score: maybe,
  unscored: unscored.nullable(),
})
export type LiveStatus = z.output<typeof liveStatus>

/** SSE event `event`: an event opened, was updated, closed or got feedback. */
export const liveEvent = z.object({
  change: z.enum(['opened', 'updated', 'closed', 'feedback', 'explained']),
  event,
})
export type LiveEvent = z.output<typeof liveEvent>

const driftFacts = {
  /** A channel, or `score`. */
  signal: z.string(),
  method: z.string(),
  /** When it began, about, and when its last change was found. */
  sinceMs: instantMs,
  lastMs: instantMs,
  /** Averages before it and after its last change. */
  before: z.number(),
  after: z.number(),
  changes: z.number().int(),
  /** What all drifts of the device that were open then call for, and why. */
  verdict: z.enum(DRIFT_VERDICTS),
  reason: z.string(),
}
/** SSE event `drift`: the score or a channel of a device began to drift, changed again, or has settled. */
export const liveDrift = z.object({
  device: z.string(),
  change: z.enum(['opened', 'updated', 'closed']),
  ...driftFacts,
})
/** A drift that is open. */
export const openDrift = z.object(driftFacts)
export type OpenDrift = z.output<typeof openDrift>
export type LiveDrift = z.output<typeof liveDrift>

/** SSE event `coverage`: a device or one of its channels fell silent, or sends again. */
export const liveCoverage = z.object({
  device: z.string(),
  channel: z.string().nullable(),
  isLost: z.boolean(),
  sinceMs: maybe,
  timeMs: instantMs,
})
export type LiveCoverage = z.output<typeof liveCoverage>
