// `telltale/live`: live readings of many devices to scores and events inside a program. Needs Node.js.
export {
  type CloudEvent,
  type LiveOutput,
  type ScoreTable,
  type Sink,
  type SinkPlan,
  webhookSink,
} from '../emit/index.js'
export {
  createMonitor,
  type DeviceCalibration,
  type Learning,
  type ModelOf,
  type Monitor,
  type MonitorOptions,
  type Reading,
  type StreamCounts,
  type Taken,
} from '../live/index.js'
