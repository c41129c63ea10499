export {
  type Artefact,
  type ArtefactCheck,
  type FileCheck,
  loadArtefact,
  readManifest,
  verifyArtefact,
} from './load.js'
export type { Manifest } from './manifest.js'
export { decodeSafetensors, encodeSafetensors } from './safetensors.js'
export { type ArtefactContent, checkArtefactTarget, saveArtefact } from './save.js'
