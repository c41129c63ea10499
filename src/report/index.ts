export { eventRows, labelLines } from './events.js'
export { countAgainstLabels, type LabelCounts } from './labels.js'
export { type Cell, formatFacts, formatRows, RESULT_FORMATS, type ResultFormat, type Row } from './rows.js'
export { formatBytes, formatDuration, formatNumber, formatPercent, formatTime } from './units.js'
