export { EVENT_COLUMNS, eventRows, labelLines } from './events.js'
export { countAgainstLabels, type LabelCounts } from './labels.js'
export { formatSummary, modelFacts } from './model.js'
export { type Cell, formatFacts, formatRows, RESULT_FORMATS, type ResultFormat, type Row } from './rows.js'
export {
  formatBytes,
  formatDuration,
  formatInstant,
  formatNumber,
  formatPercent,
  formatTime,
} from './units.js'
