import type { Route } from '../http/route.js'
import { deleteAliasRoute } from './alias-delete.js'
import { setAliasRoute } from './alias-set.js'
import { auditRoute } from './audit.js'
import { backupRoute } from './backup.js'
import { comparisonRoute } from './comparison.js'
import { deleteDatasetRoute } from './dataset-delete.js'
import { putDatasetRoute } from './dataset-put.js'
import { datasetsRoute } from './datasets.js'
import { detectRoute } from './detect.js'
import { deviceRoute } from './device.js'
import { deviceDriftRoute } from './device-drift.js'
import { deviceSeriesRoute } from './device-series.js'
import { devicesRoute } from './devices.js'
import { eventRoute } from './event.js'
import { eventExplanationRoute } from './event-explanation.js'
import { giveFeedbackRoute } from './event-feedback.js'
import { takeBackFeedbackRoute } from './event-feedback-delete.js'
import { feedbackPreviewRoute } from './event-feedback-preview.js'
import { eventsRoute } from './events.js'
import { explainRoute } from './explain.js'
import { jobRoute } from './job.js'
import { cancelJobRoute } from './job-cancel.js'
import { createJobRoute } from './job-create.js'
import { jobEventsRoute } from './job-events.js'
import { jobsRoute } from './jobs.js'
import { liveRoute } from './live.js'
import { livezRoute } from './livez.js'
import { modelRoute } from './model.js'
import { modelVersionRoute } from './model-version.js'
import { modelsRoute } from './models.js'
import { overviewRoute } from './overview.js'
import { readyzRoute } from './readyz.js'
import { rootRoute } from './root.js'
import { scoreRoute } from './score.js'
import { statusRoute } from './status.js'
import { streamRoute } from './stream.js'
import { createStreamRoute } from './stream-create.js'
import { deleteStreamRoute } from './stream-delete.js'
import { pushRoute } from './stream-push.js'
import { startStreamRoute } from './stream-start.js'
import { stopStreamRoute } from './stream-stop.js'
import { streamsRoute } from './streams.js'
import { thresholdRoute } from './threshold.js'
import { setThresholdRoute } from './threshold-set.js'

/** Every route, by its path. */
export const ROUTES: readonly Route[] = [
  rootRoute,
  auditRoute,
  backupRoute,
  comparisonRoute,
  datasetsRoute,
  deleteDatasetRoute,
  putDatasetRoute,
  devicesRoute,
  deviceRoute,
  deviceDriftRoute,
  deviceSeriesRoute,
  eventsRoute,
  eventRoute,
  eventExplanationRoute,
  giveFeedbackRoute,
  takeBackFeedbackRoute,
  feedbackPreviewRoute,
  createJobRoute,
  jobsRoute,
  jobRoute,
  cancelJobRoute,
  jobEventsRoute,
  liveRoute,
  modelsRoute,
  modelRoute,
  setAliasRoute,
  deleteAliasRoute,
  detectRoute,
  explainRoute,
  scoreRoute,
  modelVersionRoute,
  setThresholdRoute,
  thresholdRoute,
  overviewRoute,
  statusRoute,
  createStreamRoute,
  streamsRoute,
  deleteStreamRoute,
  streamRoute,
  pushRoute,
  startStreamRoute,
  stopStreamRoute,
  livezRoute,
  readyzRoute,
]
