export { makeFolder, makeFolderSync } from './folder.js'
export {
  type Chunks,
  siblingPath,
  syncFolder,
  writeError,
  writeFileAtomic,
  writeFileSynced,
} from './write.js'
