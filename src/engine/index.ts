export {
  type Chunk,
  type Engine,
  type EngineAccess,
  firstLine,
  openEngine,
  sqlName,
  sqlPath,
  sqlText,
} from './engine.js'
