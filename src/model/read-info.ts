import type { Json } from '../core/state.js'
import type { ModelInfo } from './info.js'
import { parseManifest } from './manifest.js'
import { upgrade } from './upgrade.js'

/**
 * What a model says about itself, from its manifest alone: checked by itself, but not against the arrays. A model of telltale 0.1 has no id yet: it
 * follows from the arrays.
 *
 * @param version of the format
 * @throws ArtefactError `artefact-damaged` naming the field
 */
export function infoFromManifest(manifest: Json, version: number): ModelInfo {
  const state = { kind: 'model', version, options: manifest, arrays: {} }
  return parseManifest(version === 1 ? upgrade(state).options : manifest).info
}
