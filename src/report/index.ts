export {
  type AlarmDifferences,
  alarmDifferences,
  alarmGroups,
  type ReplayedEvent,
} from './alarm-differences.js'
export { CHART_SCRIPT, CHART_STYLE } from './browser/charts.generated.js'
export { UPLOT_SCRIPT, UPLOT_STYLE } from './browser/uplot.generated.js'
export { differences } from './differences.js'
export { driftFigure } from './drift-figure.js'
export {
  backtestRows,
  comparisonRows,
  evaluationFacts,
  metricRows,
  smallestFaultRows,
  sweepRows,
} from './evaluation.js'
export {
  channelShares,
  EVENT_COLUMNS,
  eventRows,
  eventSentences,
  labelLines,
  readableEventRows,
} from './events.js'
export {
  EXPLANATION_COLUMNS,
  explanationJson,
  explanationRows,
  explanationText,
  repairText,
} from './explanation.js'
export { explanationMarkdown } from './explanation-markdown.js'
export { FIGURES, type FigureName, type FigureRun, type ScoredFigureName, scoredFigure } from './figures.js'
export { type HealthReport, type HealthView, viewHealth } from './health.js'
export { healthHtml } from './health-html.js'
export { healthJson } from './health-json.js'
export { healthMarkdown } from './health-markdown.js'
export { healthText } from './health-text.js'
export { importanceText, methodText } from './importance.js'
export {
  createLabelCounter,
  type LabelCounter,
  type LabelCounts,
  sumLabelCounts,
} from './labels.js'
export {
  adaptationLine,
  expectedAlarmFacts,
  firstScoreText,
  formatModel,
  formatSummary,
  memberRows,
  modelFacts,
  modelJson,
  recalibrationRows,
} from './model.js'
export { formatSnapshot, stageRows } from './monitor.js'
export { isMostlyInEvents, MOSTLY_IN_EVENTS } from './mostly-in-events.js'
export { architectureFigure, trainingFigure, trainingPlots } from './network-figures.js'
export { dataElement, factCards, htmlPage, type Page, section } from './page.js'
export {
  type Bar,
  barPlot,
  type Colours,
  channelPlot,
  EVENT_MARKS,
  PALETTES,
  PLOT_STYLE,
  scoreCalendar,
} from './plots/index.js'
export {
  type Cell,
  formatFacts,
  formatNarrow,
  formatRows,
  RESULT_FORMATS,
  type ResultFormat,
  type Row,
} from './rows.js'
export { type RunReport, runReportHtml } from './run-report.js'
export { type SampleSetting, sampleJson, sampleRow, sampleText } from './sample.js'
export { sparkline } from './sparkline.js'
export { configYaml } from './suggestion.js'
export { trendRows } from './trend.js'
export {
  formatBytes,
  formatInstant,
  formatNumber,
  formatPercent,
} from './units.js'
