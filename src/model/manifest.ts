import { z } from 'zod'
import { ALIGNMENTS } from '../core/contracts.js'
import type { Json } from '../core/state.js'
import type { ModelInfo } from './info.js'
import { modelInfoSchema, stageSchema } from './schema.js'
import { damaged, issueText } from './state-rule.js'

const stage = stageSchema.optional()
const partsSchema = z
  .strictObject({
    scaler: stageSchema,
    detector: stageSchema,
    /** What finds the regimes of the machine. */
    regimes: stage,
    baseline: stage,
    reference: stage,
    residuals: stage,
    excerpt: stage,
    'causal.threshold': stage,
    'causal.levels': stage,
    'two-sided.threshold': stage,
    'two-sided.levels': stage,
  })
  .superRefine((parts, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message })
    const thresholds = ALIGNMENTS.filter(alignment => parts[`${alignment}.threshold`])
    for (const alignment of ALIGNMENTS)
      if (
        (parts[`${alignment}.levels`] !== undefined) !==
        (thresholds.includes(alignment) && parts.regimes !== undefined)
      )
        refuse(`${alignment}.levels`, 'each threshold of a model with regimes needs them, no other has them')
  })

/** The options of a model as a state: what it says about itself, and its stages without their arrays. */
export interface Manifest {
  readonly info: ModelInfo
  readonly parts: z.output<typeof partsSchema>
}

/**
 * Checks a manifest of today.
 *
 * @throws ArtefactError `artefact-damaged` naming the field
 */
export function parseManifest(options: Json): Manifest {
  const { parts, ...facts } = options as { readonly [key: string]: Json }
  const info = parsed(modelInfoSchema, facts, '')
  const stages = parsed(partsSchema, parts, '.parts')
  for (const alignment of ALIGNMENTS)
    if ((info.calibration[alignment] === undefined) !== (stages[`${alignment}.threshold`] === undefined))
      throw damaged(`calibration.${alignment}: either it or the stage ${alignment}.threshold is missing`)
  return { info, parts: stages }
}

/** A value of this schema. @param path of it, with a point before each key */
export function parsed<S extends z.ZodType>(schema: S, value: unknown, path: string): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw damaged(`${path}${issueText(result.error)}`.replace(/^\./, ''))
}
