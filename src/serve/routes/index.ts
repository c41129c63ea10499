import type { Route } from '../http/route.js'
import { deleteAliasRoute } from './alias-delete.js'
import { setAliasRoute } from './alias-set.js'
import { auditRoute } from './audit.js'
import { backupRoute } from './backup.js'
import { compareRoute } from './compare.js'
import { comparisonRoute } from './comparison.js'
import { deleteDatasetRoute } from './dataset-delete.js'
import { putDatasetRoute } from './dataset-put.js'
import { datasetsRoute } from './datasets.js'
import { detectRoute } from './detect.js'
import { deviceRoute } from './device.js'
import { deviceDriftRoute } from './device-drift.js'
import { evaluateDeviceRoute } from './device-evaluate.js'
import { deviceSeriesRoute } from './device-series.js'
import { devicesRoute } from './devices.js'
import { evaluateRoute } from './evaluate.js'
import { evaluationRoute } from './evaluation.js'
import { createEvaluationRoute } from './evaluation-create.js'
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
import { metricsRoute } from './metrics.js'
import { modelRoute } from './model.js'
import { modelVersionRoute } from './model-version.js'
import { modelsRoute } from './models.js'
import { overviewRoute } from './overview.js'
import { readyzRoute } from './readyz.js'
import { rootRoute } from './root.js'
import { scoreRoute } from './score.js'
import { socketRoute } from './socket.js'
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
import { v2Route } from './v2.js'
import { v2ExplainRoute } from './v2-explain.js'
import { v2ExplainVersionRoute } from './v2-explain-version.js'
import { v2LiveRoute } from './v2-health-live.js'
import { v2ReadyRoute } from './v2-health-ready.js'
import { v2InferRoute } from './v2-infer.js'
import { v2InferVersionRoute } from './v2-infer-version.js'
import { v2ModelRoute } from './v2-model.js'
import { v2ModelReadyRoute } from './v2-model-ready.js'
import { v2ModelReadyVersionRoute } from './v2-model-ready-version.js'
import { v2ModelVersionRoute } from './v2-model-version.js'
import { v2RepositoryIndexRoute } from './v2-repository-index.js'
import { v2RepositoryLoadRoute } from './v2-repository-load.js'
import { v2RepositoryUnloadRoute } from './v2-repository-unload.js'

/** Every route, by its path. */
export const ROUTES: readonly Route[] = [
  rootRoute,
  auditRoute,
  backupRoute,
  compareRoute,
  comparisonRoute,
  datasetsRoute,
  deleteDatasetRoute,
  putDatasetRoute,
  devicesRoute,
  deviceRoute,
  deviceDriftRoute,
  evaluateDeviceRoute,
  deviceSeriesRoute,
  createEvaluationRoute,
  evaluationRoute,
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
  evaluateRoute,
  explainRoute,
  scoreRoute,
  modelVersionRoute,
  setThresholdRoute,
  thresholdRoute,
  overviewRoute,
  socketRoute,
  statusRoute,
  createStreamRoute,
  streamsRoute,
  deleteStreamRoute,
  streamRoute,
  pushRoute,
  startStreamRoute,
  stopStreamRoute,
  livezRoute,
  metricsRoute,
  readyzRoute,
  v2Route,
  v2LiveRoute,
  v2ReadyRoute,
  v2ModelRoute,
  v2ExplainRoute,
  v2InferRoute,
  v2ModelReadyRoute,
  v2ModelVersionRoute,
  v2ExplainVersionRoute,
  v2InferVersionRoute,
  v2ModelReadyVersionRoute,
  v2RepositoryIndexRoute,
  v2RepositoryLoadRoute,
  v2RepositoryUnloadRoute,
]
