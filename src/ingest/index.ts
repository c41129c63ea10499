export type { DuplicatePolicy, LatePolicy } from '../align/index.js'
export {
  AGGREGATES,
  type Aggregate,
  type DerivedChannel,
  type ResampleOptions,
  resampleFrame,
} from '../align/index.js'
export { type ParseTimeOptions, parseTime } from '../core/parse-time.js'
export type { TimeUnit } from '../core/time-unit.js'
export { type ChunkedTable, type ReadChunksOptions, readChunks, type TableChunk } from './chunks.js'
export { ASKED_ROLES, type AskedRole, type ColumnRole, type RoleName } from './columns/column-role.js'
export { isLabelName } from './columns/columns.js'
export { joinCells } from './columns/time-role.js'
export { type DeviceTable, type DeviceTables, readDevices } from './devices.js'
export { estimateMemory } from './files/estimate.js'
export { type Compression, locateFiles, type TableFormat } from './files/locate.js'
export type { TableSource } from './files/source.js'
export { type TableForm, tableForm } from './form.js'
export {
  duration,
  durationMs,
  type ReadOptions,
  readOptions,
  readRequest,
  resamplingOf,
  timesOf,
} from './options.js'
export type { ReadProgress, ReadTableOptions } from './read-options.js'
export { type CsvRecord, splitRecord } from './rows/records.js'
export { type ReadSummary, roleNote, summaryNotes } from './summary.js'
export { readTable, readTables, type Table } from './table.js'
export { isMissingText } from './tables/cell.js'
export { delimiterOf } from './tables/header.js'
export { type Decimal, parseNumber } from './tables/number.js'
export type { Place, Tally } from './tally.js'
