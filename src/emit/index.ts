export { alertmanagerFormat } from './alertmanager.js'
export {
  type Acknowledgement,
  acknowledgedEvent,
  anomalyEvent,
  anomalyId,
  type CloudEvent,
  type CoverageChange,
  coverageEvent,
  type DriftData,
  driftEvent,
  type EventOrigin,
  endOf,
  endSoFar,
} from './cloud-event.js'
export { type EventAxis, type EventTable, type EventWriter, openEvents, writeEvents } from './events.js'
export { type FrameTable, writeFrame } from './frame.js'
export { grafanaFormat } from './grafana.js'
export { type HttpFormat, type HttpSinkOptions, httpSink } from './http-sink.js'
export { influxFormat, influxLine } from './influx.js'
export { openKafkaSink } from './kafka-sink.js'
export { openLineSink, streamSink } from './line-sink.js'
export { type MailOptions, openMailSink } from './mail.js'
export { openMqttSink } from './mqtt-sink.js'
export { type Notice, noticeOf } from './notice.js'
export { type NotifyLimit, notifySink } from './notify-sink.js'
export { checkOutputFormat, type OutputFormat, type OutputOptions } from './output.js'
export { convertToParquet } from './parquet.js'
export { openScores, type ScoreAxis, type ScoreTable, type ScoreWriter, writeScores } from './scores.js'
export type { LiveOutput, Sink, SinkContent, SinkPlan } from './sink.js'
export { slackFormat } from './slack.js'
export type { Delivering, Loss } from './spool.js'
export { createTimeText } from './times.js'
export { type WebhookOptions, webhookSink } from './webhook.js'
