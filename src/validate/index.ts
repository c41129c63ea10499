export { ISSUE_CATALOGUE, type IssueCode } from './catalogue.js'
export { CHANGE_KINDS, type Change } from './changes.js'
export { fileFindings } from './file.js'
export {
  type Finding,
  type Issue,
  VALIDATION_LEVELS,
  type ValidationLevel,
} from './issue.js'
export { type Prepared, prepareFrame } from './missing.js'
export { type PreparedPart, prepareOnline } from './missing-online.js'
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
export type { ChannelProfile } from './profile.js'
export { type RepairOptions, repairFrame } from './repair.js'
export { type DataSchema, dataSchema, learnSchema, type SchemaLearner, schemaLearner } from './schema.js'
export { SEVERITIES, type Severity } from './severity.js'
export { type Suggestion, suggest } from './suggest.js'
export { cadenceOf, type TimeGap, type TimeProfile } from './time-profile.js'
export {
  type Health,
  isValid,
  judge,
  unreadableHealth,
  type ValidateContext,
  validateFrame,
} from './validate.js'
export { type OnlineValidation, validateOnline } from './validate-online.js'
