import { z } from 'zod'
import { canonicalJson } from './canonical-json.js'
import { createError } from './errors.js'
import { beyondLimits } from './json-limits.js'
import { encodeSafetensors, readSafetensors } from './safetensors.js'
import type { Json, State } from './state.js'

const FORMAT = 'telltale-state'
/** Far above the options of any state, far below what would fill the memory. */
const LONGEST_OPTIONS = 16 * 1024 * 1024
/** As deep as `canonicalJson` goes. */
const OPTIONS_LIMITS = { depth: 100, commas: 2_000_000 }

const stored = z.strictObject({
  format: z.literal(FORMAT),
  kind: z.string().min(1).max(100),
  version: z.string().regex(/^[1-9]\d{0,8}$/),
  options: z.string().max(LONGEST_OPTIONS),
})

/**
 * A state as one safetensors file: its arrays are the tensors, kind, version and options stand as texts in `__metadata__`. Equal states give equal
 * bytes, whatever the order of their keys. Cost O(bytes).
 *
 * @throws ArtefactError `artefact-damaged` when the options hold what JSON cannot (NaN, infinite numbers)
 * @example
 * import { stateFromBytes, stateToBytes } from 'telltale'
 * const bytes = stateToBytes({ kind: 'a', version: 1, options: { n: 2 }, arrays: { x: { shape: [1], data: Float64Array.of(3) } } })
 * stateFromBytes(bytes).options // => { "n": 2 }
 */
export function stateToBytes({ kind, version, options, arrays }: State): Uint8Array {
  const texts = { format: FORMAT, kind, version: String(version), options: canonicalJson(options) }
  return encodeSafetensors(arrays, texts)
}

/**
 * Restores a state; its options are JSON, and nothing else is known of them: who loads the state checks them.
 *
 * @param path what an error calls the bytes
 * @throws ArtefactError `artefact-damaged`
 */
export function stateFromBytes(bytes: Uint8Array, path = 'the state'): State {
  const { tensors, metadata } = readSafetensors(bytes, path)
  const damaged = (reason: string) => createError('artefact-damaged', { path, file: 'header', reason })
  const parsed = stored.safeParse(metadata)
  if (!parsed.success) throw damaged('its __metadata__ is not that of a state')
  const { kind, version, options } = parsed.data
  const beyond = beyondLimits(options, OPTIONS_LIMITS)
  if (beyond !== undefined) throw damaged(`its options: ${beyond}`)
  let json: Json
  try {
    json = JSON.parse(options)
  } catch {
    throw damaged('its options are not JSON')
  }
  return { kind, version: Number(version), options: json, arrays: tensors }
}
