import { createError } from '../../core/errors.js'
import { parseReference, type Reference, type Registry } from '../../store/index.js'
import type { Call } from '../command.js'
import { registryOf } from '../model-place.js'
import type { ModelsOptions } from './options.js'

export type ModelsCall = Call<ModelsOptions>

/** One action of `telltale models`: returns what to print. */
export interface Action {
  /** How many names it takes. */
  readonly names: readonly [least: number, most: number]
  run(call: ModelsCall, names: readonly string[]): Promise<string>
}

/** The registry, which the action needs. Errors: `option-missing`. */
export function neededRegistry({ io, cli }: ModelsCall): Registry {
  const registry = registryOf(io, cli)
  if (registry === undefined) throw createError('option-missing', { name: '--registry' })
  return registry
}

/** A version that must be named as one. Errors: `model-name-invalid`. */
export function neededReference(text: string): Reference {
  const reference = parseReference(text)
  if (reference !== undefined) return reference
  const reason = 'write NAME@NUMBER, NAME@ALIAS or NAME@latest'
  throw createError('model-name-invalid', { name: text, what: 'a version', reason })
}
