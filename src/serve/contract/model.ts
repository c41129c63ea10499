import { z } from 'zod'
import { instantMs, maybe, pageOf } from './common.js'

/** A model of the registry. */
export const model = z.object({
  name: z.string(),
  versions: z.number().int(),
  /** Newest version number; null when all are deleted. */
  latest: z.number().int().nullable(),
  /** Version number by alias. */
  aliases: z.record(z.string(), z.number().int()),
})
export type Model = z.output<typeof model>
export const modelPage = pageOf(model)

/** A version of a model. It never changes. */
export const modelVersion = z.object({
  name: z.string(),
  version: z.number().int(),
  /** SHA-256 over all that it is. */
  id: z.string(),
  at: z.string(),
  by: z.string(),
  why: z.string(),
  detector: z.string(),
  channels: z.number().int(),
  rows: z.number().int(),
  aliases: z.array(z.string()),
})
export type ModelVersion = z.output<typeof modelVersion>

/** A model with its versions, newest first. */
export const modelDetail = z.object({ ...model.shape, items: z.array(modelVersion) })
export type ModelDetail = z.output<typeof modelDetail>

/** False alarms to expect of a level. */
const expectedAlarms = z.object({ perDay: maybe, low: maybe, high: maybe }).nullable()

/** A version with what the model says about itself. `device`: of a fleet, whose model it is. */
export const versionDetail = z.object({
  ...modelVersion.shape,
  /** Devices of a fleet; empty for a single model. */
  devices: z.array(z.string()),
  window: z.number().int(),
  /** Rows of a window that `score` takes. */
  scoredWindow: z.number().int(),
  cadenceMs: maybe,
  channelNames: z.array(z.string()),
  parameters: maybe,
  createdAt: z.string(),
  training: z.object({ fromMs: instantMs, toMs: instantMs, rows: z.number().int(), seconds: z.number() }),
  /** Level and method by alignment. */
  calibration: z.record(
    z.string(),
    z.object({ samples: z.number().int(), method: z.string(), level: z.number(), expectedAlarms }),
  ),
  /** What was asked for in the training. */
  options: z.record(z.string(), z.unknown()),
})
export type VersionDetail = z.output<typeof versionDetail>
/** `device`: of a fleet, whose model is meant. */
export const deviceQuery = z.object({ device: z.string().max(500).optional() })

export const comparisonQuery = z.object({
  base: z.string().min(1).max(120),
  other: z.string().min(1).max(120),
  /** A device of the base's fleet, where it is one. */
  device: z.string().max(500).optional(),
})
const cell = z.union([z.string(), z.number(), z.boolean()]).nullable()
/** Facts that differ between two versions. */
export const comparison = z.object({
  base: modelVersion,
  other: modelVersion,
  differences: z.array(z.object({ fact: z.string(), base: cell, other: cell })),
})
export type Comparison = z.output<typeof comparison>

/** Makes an alias name a version; `If-Match` with the ETag of the model refuses a change that another one has overtaken. */
export const aliasBody = z.strictObject({
  alias: z.string().regex(/^[a-z][a-z0-9-]{0,49}$/),
  version: z.number().int().min(1),
  why: z.string().max(500).default(''),
})
export type AliasBody = z.input<typeof aliasBody>

/** A threshold by a rule; at most one of the two. Without any: the one in force. */
export const thresholdQuery = z.object({
  /** Such as `1/week`. */
  falseAlarms: z.string().max(40).optional(),
  quantile: z.coerce.number().gt(0).lt(1).optional(),
  device: z.string().max(500).optional(),
})
/** What a rule would change, on the calibration scores that the model keeps. */
export const threshold = z.object({
  alignment: z.string(),
  samples: z.number().int(),
  before: z.object({ method: z.string(), level: z.number(), flaggedShare: z.number(), expectedAlarms }),
  after: z.object({ method: z.string(), level: z.number(), flaggedShare: z.number(), expectedAlarms }),
})
export type Threshold = z.output<typeof threshold>
/** Adds a version with the threshold of a rule. */
export const thresholdBody = z.strictObject({
  falseAlarms: z.string().max(40).optional(),
  quantile: z.number().gt(0).lt(1).optional(),
  why: z.string().max(500).default(''),
})
export type ThresholdBody = z.input<typeof thresholdBody>
