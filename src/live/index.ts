export { packBatch } from './batch.js'
export { calibrateDevicesOption } from './calibrate-option.js'
export { refuseFilter } from './channels.js'
export type { StreamCounts } from './counts.js'
export type { Changeable, DeviceCalibration, ModelOf } from './devices.js'
export { type SeriesChannels, seriesChannels } from './frame-of-readings.js'
export type { Learning } from './learners.js'
export { lockFolder } from './lock.js'
export { createMonitor, type Monitor, type MonitorOptions, type Reading } from './monitor.js'
export { createReplay, type Replay } from './replay.js'
export { type GroupOptions, runGroup } from './run-group.js'
export { type OpenNews, type RunOptions, runStream } from './run-stream.js'
export { workPerCheckpoint } from './runner.js'
export { openStateFolder } from './state-folder.js'
export { memoryStore, type StateStore } from './state-store.js'
export type { Taken } from './stream.js'
export {
  type AskedReading,
  type ModelsReading,
  readingOfModels,
  type SourceFields,
  trainedMapping,
} from './trained-mapping.js'
