import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { type LayerSpec, layerSize, layerSpec } from '../layers/index.js'
import { type LossName, lossName } from '../losses.js'
import { optimizerName, optimizerSpec } from '../optimizers/index.js'

const words = z.string().max(2000)
/** Layers may lie in layers; a file from outside goes no deeper than this. */
const DEEPEST = 10
/** A layer before its sizes are known; `layerOf` checks the rest. */
const layerDraft = z.looseObject({ type: z.string() })
const layerList = z.array(layerDraft).min(1).max(500)

/** What an architecture file may say about training. */
const trainingDraft = z.strictObject({
  loss: lossName.optional(),
  /** A name, or an object with its options. */
  optimizer: z.union([optimizerName, optimizerSpec]).optional(),
  learningRate: z.number().positive().max(10).optional(),
})

/**
 * An architecture file: layers whose sizes may depend on the data. Where a layer wants a number, `window`, `channels`, `units` and
 * `latent` stand for the size of that name, and `units*2` or `window/4` (rounded down, at least 1) for a multiple or a part of it.
 */
export const definitionSchema = z.strictObject({
  /** For editors; see `architectureJsonSchema`. */
  $schema: z.string().optional(),
  name: z.string().min(1).max(200),
  description: words.optional(),
  /** One line: when to use it. */
  when: words.optional(),
  /** What `units` stands for when the user does not say. */
  units: layerSize.optional(),
  /** What `latent` stands for when the user does not say. */
  latent: layerSize.optional(),
  /** From a window to its latent representation. */
  encoder: layerList,
  /** From there back to a window; derived from the encoder when left out. The last dense layer, one value per channel, is added. */
  decoder: layerList.optional(),
  /** Makes a forecaster of it: samples after the window that it predicts. Its decoder is never derived. */
  horizon: layerSize.optional(),
  /** How it is trained when the user does not say. */
  training: trainingDraft.optional(),
})
export type ArchitectureDefinition = z.output<typeof definitionSchema>
export type LayerDraft = z.output<typeof layerDraft>

/** What the words of a definition stand for. */
export interface Sizes {
  /** Samples of a window, T. */
  readonly window: number
  readonly channels: number
  readonly units?: number
  readonly latent?: number
  /** Replaces the loss of the definition. */
  readonly loss?: LossName
}

export const SIZE_WORD = /^(window|channels|units|latent)(?: *([*/]) *([1-9]\d{0,5}))?$/

/** Names of the layers that an architecture may use. */
export function layerTypes(): string[] {
  return layerSpec.options.flatMap(({ shape }) => [...shape.type.values] as string[])
}

/** Whether a size of the definition is given by this word. */
export function usesWord(definition: ArchitectureDefinition, word: 'units' | 'latent'): boolean {
  const mentions = (value: unknown): boolean => {
    if (typeof value === 'string') return SIZE_WORD.exec(value)?.[1] === word
    return typeof value === 'object' && value !== null && Object.values(value).some(mentions)
  }
  return mentions(definition.encoder) || mentions(definition.decoder)
}

/**
 * The layer that a draft describes once the sizes are known.
 *
 * @param where file and path, for the error
 * @throws OptionError `architecture-invalid`
 */
export function layerOf(draft: LayerDraft, sizes: Sizes, where: string): LayerSpec {
  const parsed = layerSpec.safeParse(settle(draft, sizes, where), { reportInput: true })
  if (parsed.success) return parsed.data
  throw invalid(where, parsed.error.issues[0])
}

/** A value with all that lies in it, sizes as numbers. */
function settle(value: unknown, sizes: Sizes, where: string, depth = 0): unknown {
  if (typeof value === 'string') return sizeOf(value, sizes, where)
  if (typeof value !== 'object' || value === null) return value
  if (depth > DEEPEST) {
    throw createError('architecture-invalid', { where, reason: `layers lie more than ${DEEPEST} deep` })
  }
  if (Array.isArray(value)) return value.map((item, i) => settle(item, sizes, `${where}[${i}]`, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, settle(inner, sizes, `${where}.${key}`, depth + 1)]),
  )
}

function sizeOf(value: string, sizes: Sizes, where: string): string | number {
  const match = SIZE_WORD.exec(value)
  if (match === null) return value
  const [, word, operator, factor] = match
  const size = sizes[word as 'window' | 'channels' | 'units' | 'latent']
  if (size === undefined) {
    throw createError('architecture-invalid', {
      where,
      reason: `${word} is used but has no value in the file`,
    })
  }
  if (operator === '*') return size * Number(factor)
  return operator === '/' ? Math.max(1, Math.floor(size / Number(factor))) : size
}

/**
 * Checks an object from outside against the schema and every layer against its own.
 *
 * @param file named in errors
 * @throws OptionError `architecture-invalid` with file and path
 */
export function checkDefinition(value: unknown, file: string): ArchitectureDefinition {
  const parsed = definitionSchema.safeParse(value, { reportInput: true })
  if (!parsed.success) throw invalid(file, parsed.error.issues[0], ': ')
  const definition = parsed.data
  const sizes = { window: 1, channels: 1, units: definition.units, latent: definition.latent }
  definition.encoder.forEach((draft, i) => {
    layerOf(draft, sizes, `${file}: encoder[${i}]`)
  })
  definition.decoder?.forEach((draft, i) => {
    layerOf(draft, sizes, `${file}: decoder[${i}]`)
  })
  return definition
}

/** A complaint of a schema in words: where, what was given, what is expected. */
export function invalid(where: string, issue: z.core.$ZodIssue, separator = '.') {
  const path = issue.path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i > 0 ? '.' : ''}${String(key)}`))
    .join('')
  return createError('architecture-invalid', {
    where: path === '' ? where : `${where}${separator}${path}`,
    reason: reasonOf(issue),
  })
}

function reasonOf(issue: z.core.$ZodIssue): string {
  const got = JSON.stringify(issue.input)?.slice(0, 80)
  switch (issue.code) {
    case 'unrecognized_keys':
      return `unknown key ${issue.keys.join(', ')}`
    case 'invalid_union':
      return `unknown layer type ${JSON.stringify((issue.input as LayerDraft).type)}; known are ${layerTypes().join(', ')}`
    case 'invalid_type':
      return got === undefined ? `${issue.expected} missing` : `${got} is given, expected ${issue.expected}`
    case 'too_small':
      return `${got} is too small, ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum} is required`
    case 'too_big':
      return `${got} is too large, at most ${issue.maximum} is allowed`
    case 'invalid_value':
      return `${got} is given, wanted is one of ${issue.values.join(', ')}`
    default:
      return issue.message
  }
}
