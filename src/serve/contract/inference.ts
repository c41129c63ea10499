import { z } from 'zod'

/** A tensor of the Open Inference Protocol; `data` is flat, row by row, or nested. */
const tensorData = z.array(z.unknown())
const tensor = z.object({
  name: z.string().max(200),
  shape: z.array(z.number().int().min(0)).min(1).max(8),
  datatype: z.string().max(20),
  parameters: z.record(z.string(), z.unknown()).optional(),
  data: tensorData,
})

/** Request of `infer`: one input of shape `[windows, rows, channels]`, or `[rows, channels]` for one window, of type FP32 or FP64. */
export const inferBody = z.object({
  id: z.string().max(200).optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  inputs: z.array(tensor).min(1).max(1),
  outputs: z
    .array(z.object({ name: z.string().max(200), parameters: z.record(z.string(), z.unknown()).optional() }))
    .optional(),
})
export type InferBody = z.input<typeof inferBody>

/** Outputs `score`, `flag`, `severity` and `p_value`, `[windows]` each. */
export const inferResult = z.object({
  model_name: z.string(),
  model_version: z.string(),
  id: z.string().optional(),
  outputs: z.array(tensor),
})
export type InferResult = z.output<typeof inferResult>

const tensorFacts = z.object({ name: z.string(), datatype: z.string(), shape: z.array(z.number().int()) })
export const inferModel = z.object({
  name: z.string(),
  versions: z.array(z.string()),
  platform: z.literal('telltale'),
  inputs: z.array(tensorFacts),
  outputs: z.array(tensorFacts),
})
export const inferServer = z.object({
  name: z.literal('telltale'),
  version: z.string(),
  extensions: z.array(z.string()),
})
export const repositoryIndex = z.array(
  z.object({ name: z.string(), version: z.string(), state: z.literal('READY'), reason: z.string() }),
)
