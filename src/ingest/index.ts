export type { DuplicatePolicy, LatePolicy } from '../align/index.js'
export {
  AGGREGATES,
  type Aggregate,
  type DerivedChannel,
  type ResampleOptions,
  resampleFrame,
  stateText,
} from '../align/index.js'
export { type ParseTimeOptions, parseTime } from '../core/parse-time.js'
export type { TimeUnit } from '../core/time-unit.js'
export { type ChunkedTable, type ReadChunksOptions, readChunks, type TableChunk } from './chunks.js'
export { ASKED_ROLES, type AskedRole, type ColumnRole, type RoleName } from './columns/column-role.js'
export { isLabelName } from './columns/columns.js'
export { isYear, isYearName, joinCells, joinOf, yearMs } from './columns/time-role.js'
export { type DeviceTable, type DeviceTables, readDevices } from './devices.js'
export { type WideEncoding, wideEncodingOf } from './files/encoding.js'
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
export { withoutEscapes } from './rows/escapes.js'
export { type CsvRecord, splitRecord } from './rows/records.js'
export { isReadingLine, jsonRows, lineRows, type MessageRows } from './shapes/message-rows.js'
export { badCellNotes, type ReadSummary, roleNote, summaryNotes, unknownStateNotes } from './summary.js'
export { readTable, readTables, type Table } from './table.js'
export { isMissingText } from './tables/cell.js'
export { isSensorName, isValueName } from './tables/long-columns.js'
export { parseNumber } from './tables/number.js'
export type { Decimal } from './tables/number-form.js'
export { createLineCutter, findLiveLayout, isOpenLine, MOST_LINES } from './tables/table-lines.js'
export { countPlace, createTally, type Place, type Tally } from './tally.js'
export {
  asTrained,
  keptReading,
  readingOf,
  readWithout,
  type TrainedReading,
  trainedReading,
  trainedRequest,
} from './trained-reading.js'
