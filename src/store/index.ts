export { deviceFolder, type FleetMember, findFleet, modelPath } from './fleet.js'
export {
  type Artefact,
  type ArtefactCheck,
  type FileCheck,
  loadArtefact,
  readManifest,
  verifyArtefact,
} from './load.js'
export type { Manifest } from './manifest.js'
export { loadModel, saveModel } from './models.js'
export { type ArtefactContent, checkArtefactTarget, removeArtefact, saveArtefact } from './save.js'
