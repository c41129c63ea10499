import type { z } from 'zod'
import { createError } from '../core/errors.js'
import type { State, Tensor } from '../core/state.js'

/** Size of a dimension: a number, or a name: `C` = channels, a numeric option of the state, or any, but the same wherever it stands. */
export type Dimension = number | string

/** What a state of one kind and version must look like. */
export interface StateRule {
  readonly options: z.ZodType
  /** Shape of each array that must be there. */
  readonly arrays?: Readonly<Record<string, readonly Dimension[]>>
  /** Whether there may be others, which the loader checks. */
  readonly others?: boolean
  /** What options and arrays must have in common, beyond shapes: why they do not fit, if they do not. */
  check?(state: State, channels: number): string | undefined
}

/** By version. */
export type StateRules = Readonly<Record<number, StateRule>>

/** How an error names a stage, and the channels of the model. */
export interface StageContext {
  /** Such as `detector.member1`. */
  readonly stage: string
  readonly channels: number
}

/**
 * Refuses a state that its loader could not make sense of: the same checks for every kind, so that a loader can rely on them.
 *
 * @throws ArtefactError `artefact-version` for a kind or a version that is not known, `artefact-damaged` naming stage and field or tensor
 */
export function checkStage(
  state: State,
  rules: Readonly<Record<string, StateRules>>,
  context: StageContext,
): void {
  const versions = Object.hasOwn(rules, state.kind) ? Object.keys(rules[state.kind]) : []
  if (!versions.includes(String(state.version))) throw unknownVersion(state, versions)
  const rule = rules[state.kind][state.version]
  const { stage, channels } = context
  const parsed = rule.options.safeParse(state.options)
  if (!parsed.success) throw damaged(`${stage}.options${issueText(parsed.error)}`)
  const names = Object.keys(rule.arrays ?? {})
  const strange = rule.others ? undefined : Object.keys(state.arrays).find(name => !names.includes(name))
  if (strange !== undefined) throw damaged(`${stage}: the tensor ${strange} is not known`)
  checkShapes(state, rule.arrays ?? {}, context)
  const misfit = rule.check?.(state, channels)
  if (misfit !== undefined) throw damaged(`${stage}.${misfit}`)
}

function checkShapes(
  { options, arrays }: State,
  wanted: NonNullable<StateRule['arrays']>,
  { stage, channels }: StageContext,
): void {
  const sizes = new Map<Dimension, number>([['C', channels]])
  for (const [key, value] of Object.entries(options as object))
    if (typeof value === 'number') sizes.set(key, value)
  for (const [name, dimensions] of Object.entries(wanted)) {
    const shape = Object.hasOwn(arrays, name) ? arrays[name].shape : undefined
    if (shape === undefined) throw damaged(`${stage}: the tensor ${name} is missing`)
    const fits =
      shape.length === dimensions.length &&
      shape.every((size, k) => {
        const dimension = dimensions[k]
        if (!sizes.has(dimension)) sizes.set(dimension, typeof dimension === 'number' ? dimension : size)
        return sizes.get(dimension) === size
      })
    const expected = dimensions.map(dimension => sizes.get(dimension) ?? dimension)
    if (!fits) throw damaged(`${stage}: the tensor ${name} has the shape [${shape}], wanted is [${expected}]`)
  }
}

/** `.field: what is wrong with it` of the first thing that a schema refuses. */
export function issueText(error: z.ZodError): string {
  const [issue] = error.issues
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]] : issue.path
  const message = issue.code === 'unrecognized_keys' ? 'is not known' : issue.message
  return `${path.map(key => `.${String(key)}`).join('')}: ${message}`
}

/** Why the numbers of a tensor are not what they must be. */
export function misfit(
  arrays: Readonly<Record<string, Tensor>>,
  name: string,
  isGood: (value: number) => boolean,
  wanted: string,
): string | undefined {
  const at = arrays[name].data.findIndex(value => !isGood(value))
  return at < 0 ? undefined : `${name}[${at}] is ${arrays[name].data[at]}, wanted is ${wanted}`
}

/** The model as a whole is what is damaged; a store says which one it is. */
export function damaged(reason: string, cause?: unknown): Error {
  return createError('artefact-damaged', { path: MODEL_PATH, file: 'manifest', reason }, cause)
}

export const MODEL_PATH = 'the model'

function unknownVersion({ kind, version }: State, versions: readonly string[]): Error {
  return createError('artefact-version', {
    path: MODEL_PATH,
    what: kind,
    got: version,
    wanted: versions.length === 0 ? 'no version of it' : `version ${versions.join(' and ')}`,
  })
}
