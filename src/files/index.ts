export { makeFolder, makeFolderSync } from './folder.js'
export { isAlive } from './is-alive.js'
export { checkOutputs, identityOf, type RunPath } from './outputs.js'
export {
  inspectFile,
  isBelow,
  type ReadRules,
  readError,
  readTextFile,
  readWhole,
  rootFolders,
} from './read.js'
export { siblingPath, sweepSiblings, temporaryPath } from './temporary.js'
export {
  type Chunks,
  syncFolder,
  writeError,
  writeFileAtomic,
  writeFileSynced,
  writeOutput,
} from './write.js'
