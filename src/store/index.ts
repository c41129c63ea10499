export { promote, removeAlias, rollback } from './aliases.js'
export { noteVersion, tagVersion } from './annotate.js'
export { isBundlePath } from './bundle.js'
export {
  type Cache,
  type CacheEntry,
  type CacheOptions,
  cacheCounts,
  cacheKey,
  clearCache,
  LINE_LABEL,
  listCache,
  openCache,
} from './cache/cache.js'
export { contentHash } from './cache/content-hash.js'
export { deviceFolder, type FleetMember, findFleet, modelPath } from './fleet.js'
export { type HistoryEntry, readHistory, type VersionChange } from './history.js'
export {
  createKeys,
  isPublicKeyFile,
  listKeys,
  readSigningKey,
  readTrustedKeys,
  type SigningKey,
  type TrustedKey,
} from './keys.js'
export { aliasesOf, aliasTarget, type Ledger, ledgerOf, neededBy, rollbackTarget } from './ledger.js'
export {
  type Artefact,
  type ArtefactCheck,
  type FileCheck,
  loadArtefact,
  readManifest,
  verifyArtefact,
} from './load.js'
export type { Manifest } from './manifest.js'
export { checkModelTarget, loadModel, saveModel, verifyModel } from './models.js'
export { isAliasName, isModelName, LATEST, parseReference, type Reference } from './names.js'
export { encodeRecord, RECORD_LIMIT_BYTES, readRecord } from './records.js'
export { checkModel, checkRegistry, listModels, type Registry } from './registry.js'
export {
  checkNotNeeded,
  deleteVersion,
  type PrunePlan,
  planPrune,
  pruneVersion,
  removeDeleted,
} from './remove.js'
export { type FoundVersion, findVersion, liveVersions, resolveModel } from './resolve.js'
export { type ArtefactContent, checkArtefactTarget, removeArtefact, saveArtefact } from './save.js'
export {
  checkSignature,
  copySignature,
  readSignature,
  type Signature,
  signaturePath,
  signModel,
} from './signature.js'
export {
  readInfo,
  readVersion,
  readVersions,
  type StagedVersion,
  stageVersion,
  type Version,
  versionNumbers,
  versionPath,
} from './versions.js'
