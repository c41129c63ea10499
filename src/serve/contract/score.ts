import { z } from 'zod'
import { maybe, problem } from './common.js'
import { event, explanation } from './event.js'
import { deviceQuery } from './model.js'

const reading = z.number().nullable()
const row = z.array(reading)
/** What was assumed, such as the columns of a table that the model does not know and that are left out. */
const notes = z.array(z.string())

/**
 * Windows to score, each `[rows][channels]` in the order of the model, or of `channels`. The score of a window is that of its last row, as a live session
 * gives it. `window` is short for one window.
 */
export const scoreBody = z.strictObject({
  channels: z.array(z.string().max(500)).max(10_000).optional(),
  window: z.array(row).optional(),
  windows: z.array(z.array(row)).max(1000).optional(),
  device: z.string().max(500).optional(),
})
export type ScoreBody = z.input<typeof scoreBody>

const windowScore = z.object({
  score: z.number(),
  flag: z.boolean(),
  severity: z.number(),
  pValue: z.number(),
})
/** One result for each window in order; a window that cannot be scored has a problem in its place. */
export const scoreResult = z.object({
  model: z.string(),
  results: z.array(z.union([windowScore, z.object({ error: problem })])),
  notes,
})
export type ScoreResult = z.output<typeof scoreResult>

/** A reading as the model learnt it: a number, or of a column of texts its text. */
const cell = z.union([z.number(), z.string().max(500), z.boolean()]).nullable()

/** A series: rows in the order of time. `channels` are the columns that the model learnt from, or its own channels, which are the default. */
export const detectBody = z.strictObject({
  channels: z.array(z.string().max(500)).max(10_000).optional(),
  /** Time of each row: ms since the epoch, or a text as the messages of a stream have; without a zone that of the training, else UTC. Without times rows have numbers. */
  times: z.array(z.union([z.number(), z.string().max(40)])).optional(),
  rows: z.array(z.array(cell)),
  device: z.string().max(500).optional(),
  alignment: z.enum(['causal', 'two-sided']).default('two-sided'),
})
export type DetectBody = z.input<typeof detectBody>

/** Scores `[N]` and events of a series; `reason` says why a score is null, empty where there is one. */
export const detectResult = z.object({
  model: z.string(),
  score: z.array(maybe),
  reason: z.array(z.string()),
  events: z.array(event.omit({ device: true, feedback: true, matches: true, model: true })),
  issues: z.array(z.object({ code: z.string(), severity: z.string(), message: z.string() })),
  notes,
})
export type DetectResult = z.output<typeof detectResult>

export const compareQuery = deviceQuery.extend({ other: z.string().min(1).max(120) })

/** The events of two models on the same series, in groups that overlap: those that both found, with the same or other times, and those of one alone. */
export const compareResult = z.object({
  model: z.string(),
  other: z.string(),
  groups: z.array(
    z.object({
      difference: z.enum(['same', 'other-times', 'only-model', 'only-other']),
      events: detectResult.shape.events,
      otherEvents: detectResult.shape.events,
    }),
  ),
  notes,
})

export type CompareResult = z.output<typeof compareResult>

/** The events of a series explained, worst first. */
export const explainBody = detectBody.extend({ top: z.number().int().min(1).max(100).default(10) })
export const explainResult = z.object({ model: z.string(), explanations: z.array(explanation), notes })
