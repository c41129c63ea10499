export { type Cell, type Database, type DatabaseWriter, openDatabase } from './database.js'
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
export { createTurns } from './turns.js'
