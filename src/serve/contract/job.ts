import { z } from 'zod'
import { instantMs, maybe, pageOf, pageQuery, problem, slug } from './common.js'

/** Where a training reads its history: an uploaded data set, or the readings of a device that the server keeps. */
export const jobBody = z.strictObject({
  /** Name in the registry that gets a new version. */
  model: slug,
  dataset: slug.optional(),
  device: z.string().max(500).optional(),
  fromMs: instantMs.optional(),
  toMs: instantMs.optional(),
  /** A version whose options of training are taken: `NAME@VERSION`. */
  base: z.string().max(120).optional(),
  /** Intervals that are left out: a list, or text as `telltale train --exclude` takes it. What feedback marked is left out anyway. */
  exclude: z
    .union([
      z.array(z.strictObject({ fromMs: instantMs, toMs: instantMs })).max(10_000),
      z.string().min(1).max(100_000),
    ])
    .default([]),
  /** Options of `telltale train`, such as `{"detector": "auto", "falseAlarms": "1/week"}`. */
  options: z.record(z.string().max(50), z.unknown()).default({}),
})
export type JobBody = z.input<typeof jobBody>

export const JOB_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const
export const JOB_KINDS = ['training', 'evaluation'] as const
/** A training or an evaluation. SSE of `/jobs/{id}/events` sends it as event `job` each time that it changes, and ends with it. */
export const job = z.object({
  id: z.string(),
  kind: z.enum(JOB_KINDS).default('training'),
  model: z.string(),
  state: z.enum(JOB_STATES),
  createdMs: instantMs,
  startedMs: maybe,
  endedMs: maybe,
  /** `share`: 0 to 1; losses of a network. */
  progress: z.object({
    stage: z.string(),
    share: z.number(),
    epoch: maybe,
    epochs: maybe,
    loss: maybe,
    validationLoss: maybe,
  }),
  /** `NAME@VERSION` that a training made; the address of what an evaluation found. */
  result: z.string().nullable(),
  /** What was noticed in the table: warnings of its validation, and faults inside of a history. */
  notes: z.array(z.string()).default([]),
  error: problem.nullable(),
})
export type Job = z.output<typeof job>
export const jobPage = pageOf(job)
export const jobQuery = z.object(pageQuery)

/** A table that was uploaded. */
export const dataset = z.object({
  name: z.string(),
  /** csv, ndjson or parquet. */
  format: z.string(),
  bytes: z.number().int(),
  sha256: z.string(),
  atMs: instantMs,
})
export type Dataset = z.output<typeof dataset>
export const datasetPage = pageOf(dataset)
