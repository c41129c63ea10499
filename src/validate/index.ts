export { ISSUE_CATALOGUE, type IssueCode } from './catalogue.js'
export { CHANGE_KINDS, type Change } from './changes.js'
export { BEGINS, type Clock, createClock, LATE, SET_BACK } from './clock.js'
export { fileFindings } from './file.js'
export {
  brief,
  type Finding,
  type Issue,
  issueLines,
  toIssue,
  VALIDATION_LEVELS,
  type ValidationLevel,
} from './issue.js'
export { createMonitor, type Monitor, type MonitorSettings, type Observation } from './monitor.js'
export {
  channelPolicies,
  MISSING_POLICIES,
  type MissingOptions,
  type MissingPolicy,
  missingOptions,
  neverRepairsStrictly,
  type ValidateOptions,
  validateOptions,
  validationLevel,
} from './options.js'
export { createPreparation, type Preparation, type PreparedSamples } from './prepare.js'
export { type Prepared, prepareHistory, refuseMissing } from './prepare-history.js'
export type { ChannelProfile } from './profile.js'
export { type RepairOptions, repairFrame } from './repair.js'
export { spreadPositions } from './sample.js'
export {
  type DataSchema,
  dataSchema,
  learnSchema,
  type SchemaLearner,
  sampleMsOf,
  schemaLearner,
} from './schema.js'
export { SEVERITIES, type Severity } from './severity.js'
export { type Suggestion, suggest } from './suggest.js'
export { cadenceOf, profileTimes, type TimeGap, type TimeProfile } from './time-profile.js'
export {
  gradeIssues,
  type Health,
  isValid,
  unreadableHealth,
  type ValidateContext,
  validateFrame,
} from './validate.js'
