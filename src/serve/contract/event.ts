import { z } from 'zod'
import { instantMs, maybe, pageOf, pageQuery, rangeQuery } from './common.js'

/** What an operator says of an event. */
export const VERDICTS = ['expected', 'false-alarm', 'confirmed'] as const
export const verdict = z.enum(VERDICTS)
export type Verdict = z.output<typeof verdict>

/** What was said of an event, by whom and when. `radius`: how far its pattern reaches, 0 to 1. */
export const feedback = z.object({
  verdict,
  note: z.string(),
  radius: z.number(),
  by: z.string(),
  atMs: instantMs,
})
export type Feedback = z.output<typeof feedback>

/** An anomaly of a device. */
export const event = z.object({
  /** `STREAM:DEVICE:EVENT`; percent-encode it in a path. */
  id: z.string(),
  /** Id of the device. */
  device: z.string(),
  /** `NAME@VERSION` that raised it. */
  model: z.string(),
  state: z.enum(['open', 'closed']),
  startMs: instantMs,
  /** Exclusive; of an open event so far. */
  endMs: instantMs,
  onsetMs: instantMs,
  peakMs: instantMs,
  /** 1.0 = threshold. */
  score: z.number(),
  /** Share of healthy scores that are at least as high. */
  pValue: maybe,
  /** 0 to 100. */
  severity: z.number(),
  /** Channels with their share in the score: those that explain the event first; of an event without `sentence` the largest share first. */
  channels: z.array(z.object({ name: z.string(), share: z.number() })),
  /** One sentence, once the event was explained. */
  sentence: z.string().nullable(),
  kind: z.string().nullable(),
  feedback: feedback.nullable(),
  /** Id of the event whose pattern made this one expected: it raises no alarm. */
  matches: z.string().nullable(),
})
export type Event = z.output<typeof event>

export const eventQuery = z.object({
  ...pageQuery,
  ...rangeQuery,
  device: z.string().max(500).optional(),
  state: z.enum(['open', 'closed']).optional(),
  verdict: z.enum([...VERDICTS, 'none']).optional(),
})
/** Newest first. */
export const eventPage = pageOf(event)

/** Why an event is one: the JSON of `telltale explain`. Times are ISO 8601. */
export const explanation = z.object({
  id: z.string(),
  onset: z.union([z.string(), z.number()]),
  detected: z.union([z.string(), z.number()]),
  peak: z.union([z.string(), z.number()]),
  last: z.union([z.string(), z.number()]),
  score: z.number(),
  kind: z.string(),
  /** `fault`, `process` and the like: what kind of cause. */
  verdict: z.string(),
  reason: z.string(),
  sentence: z.string(),
  method: z.string(),
  repaired_score: maybe,
  /** Most important first. */
  channels: z.array(
    z.object({
      name: z.string(),
      unit: z.string().optional(),
      value: maybe,
      share: maybe,
      explains: z.boolean(),
      reading: maybe,
      expected: maybe,
      low: maybe,
      high: maybe,
      /** Whether the band holds every reading that the channel can have; absent in what was kept by earlier versions. */
      anyReading: z.boolean().optional(),
      /** Whether it was outside of its band before the samples that are looked at: `left` is then the first of these. */
      wasOutside: z.literal(true).optional(),
      /** When it left its band. */
      left: z.union([z.string(), z.number()]).nullable(),
    }),
  ),
  /** `before` and `after`: highest score of its own samples, at most 160 around the peak; `score` can lie beside them. */
  repair: z
    .object({ channels: z.array(z.string()), before: maybe, after: maybe, clears: z.boolean() })
    .nullable(),
  brokenPairs: z.array(z.object({ first: z.string(), second: z.string(), usual: maybe, now: maybe })),
  /** The nearest interval of normal operation; absent in what was kept by earlier versions. */
  nearestNormal: z
    .object({
      source: z.enum(['table', 'history']),
      from: z.union([z.string(), z.number()]),
      to: z.union([z.string(), z.number()]),
      /** Root mean square difference in the channels that do not explain the event, usual spreads. */
      distance: maybe,
    })
    .nullish(),
  similarEvent: z
    .object({ id: z.string(), start: z.union([z.string(), z.number()]), similarity: maybe })
    .nullish(),
  /** Score of each sample of the event. */
  steps: z.array(maybe),
})
export type EventExplanation = z.output<typeof explanation>

const RADIUS = z.number().min(0.01).max(1).default(0.25)
export const feedbackBody = z.strictObject({
  verdict,
  note: z.string().max(2000).default(''),
  /** Events at most this far from this one are the same pattern: half the sum of differences of the channel shares. */
  radius: RADIUS,
})
export type FeedbackBody = z.input<typeof feedbackBody>

/** The event with its feedback, and the new model version that it suggests. Models in use never change by feedback alone. */
export const feedbackResult = z.object({
  event,
  /** What a training without the marked intervals would be: `POST /api/v1/jobs` with this body. Null when the verdict calls for none. */
  proposal: z
    .object({
      model: z.string(),
      reason: z.string(),
      job: z.object({
        model: z.string(),
        base: z.string(),
        device: z.string(),
        exclude: z.array(z.object({ fromMs: instantMs, toMs: instantMs })),
      }),
    })
    .nullable(),
})
export type FeedbackResult = z.output<typeof feedbackResult>

export const previewQuery = z.object({
  verdict,
  radius: z.coerce.number().min(0.01).max(1).default(0.25),
  /** Days before now that are looked at. */
  days: z.coerce.number().int().min(1).max(365).default(30),
})
/** What a verdict would change. */
export const feedbackPreview = z.object({
  verdict,
  radius: z.number(),
  days: z.number().int(),
  /** Alarms of these days on devices with the same model. */
  alarms: z.number().int(),
  /** Of these, alarms that would not have been raised. */
  removed: z.array(z.string()),
  /** Confirmed events of these days, and those that would be hidden: ids. */
  confirmed: z.number().int(),
  hidden: z.array(z.string()),
  /** Time that would be left out of calibration and training, ms. */
  excludedMs: z.number(),
  /** "would have removed 11 of 14 alarms of the last 30 days and hidden none of 3 confirmed events" */
  sentence: z.string(),
})
export type FeedbackPreview = z.output<typeof feedbackPreview>
