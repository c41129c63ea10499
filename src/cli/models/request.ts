import { createError } from '../../core/errors.js'
import {
  checkModel,
  LATEST,
  ledgerOf,
  parseReference,
  type Reference,
  type Registry,
  readHistory,
} from '../../store/index.js'
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

/** A version that must be named as one. Errors: `version-unnamed`; `model-unknown` with the nearest name where the registry has no such model. */
export async function neededReference(registry: Registry, text: string): Promise<Reference> {
  const reference = parseReference(text)
  if (reference !== undefined) return reference
  throw await unnamed(registry, text, text, [LATEST])
}

/** A model and its alias, `NAME@ALIAS`; without a default the alias is needed. Errors: as `neededReference`. */
export async function neededAlias(
  registry: Registry,
  text: string,
  preset?: string,
): Promise<{ readonly name: string; readonly alias: string }> {
  const { name, version } = parseReference(text) ?? { name: text, version: preset }
  if (typeof version === 'string' && version !== LATEST) return { name, alias: version }
  throw await unnamed(registry, text, name, [])
}

/** @param versions that can be named besides the aliases of the model */
async function unnamed(registry: Registry, text: string, model: string, versions: readonly string[]) {
  await checkModel(registry, model)
  const { aliases } = ledgerOf(await readHistory(registry, model))
  const known = [...versions, ...aliases.keys()]
  const examples = (known.length === 0 ? ['ALIAS'] : known).map(version => `${model}@${version}`)
  return createError('version-unnamed', {
    name: text,
    examples: examples.join(' or '),
    model,
    registry: registry.folder,
  })
}
