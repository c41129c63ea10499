export {
  type Chunks,
  siblingPath,
  syncFolder,
  writeError,
  writeFileAtomic,
  writeFileSynced,
} from './write.js'
