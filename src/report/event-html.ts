import { htmlText as text } from '../core/safe-text.js'
import type { Explanation } from '../explain/index.js'
import type { ModelInfo } from '../model/index.js'
import type { Detection } from '../pipeline/index.js'
import { CHART_SCRIPT, CHART_STYLE } from './browser/charts.generated.js'
import { REPORT_SCRIPT } from './browser/report.generated.js'
import { UPLOT_SCRIPT, UPLOT_STYLE } from './browser/uplot.generated.js'
import { repairText } from './explanation.js'
import { factCards, htmlPage, section } from './page.js'
import { barPlot, channelPlot, PLOT_STYLE, scoreCalendar } from './plots/index.js'
import { timelineSection } from './timeline/timeline-section.js'
import { formatDuration, formatInstant, formatNumber, formatPercent } from './units.js'

/** What a report on events is made of. */
export interface EventReport {
  /** Name of the table. */
  readonly title: string
  readonly model: ModelInfo
  readonly detection: Detection
  readonly explanations: readonly Explanation[]
}

/** Channels of an event that are drawn: those that explain it, then those that left their band. */
const MOST_PLOTS = 6
const FEWEST_PLOTS = 2
const MOST_BARS = 8

/** A report on explained events as one self-contained HTML file without scripts. Text from the data is escaped. */
export function eventReportHtml(report: EventReport): string {
  const { title, detection, explanations } = report
  const { frame, score, events } = detection
  const parts = [
    factCards(factsOf(report)),
    timelineSection(detection, explanations),
    section(
      'When scores are high',
      `<div class="wide overview">${scoreCalendar(frame, score)}</div>${LEGEND}`,
    ),
    ...(explanations.length > 0 ? [] : [section('Events', '<p>No events to explain.</p>')]),
    ...explanations.map(explanation => eventSection(report, explanation)),
  ]
  return htmlPage({
    kind: 'Event report',
    title,
    window: `Events of ${title}`,
    lead: `<p class="verdict">${explanations.length} of ${events.length} events explained</p>`,
    body: parts.join(''),
    style: `${PLOT_STYLE}${STYLE}${UPLOT_STYLE}${CHART_STYLE}`,
    scripts: [UPLOT_SCRIPT, CHART_SCRIPT, REPORT_SCRIPT],
  })
}

const LEGEND = `
<p class="aside legend">Highest score: ${[
  'below half the threshold',
  'below the threshold',
  'above it',
  'above twice',
  'above 4 times',
]
  .map(
    (label, k) =>
      `<span><svg viewBox="0 0 14 10"><rect class="heat${k}" width="14" height="10"/></svg> ${label}</span>`,
  )
  .join(' ')}</p>`

function factsOf({ model, detection }: EventReport): [string, string][] {
  const { frame, flag, threshold } = detection
  const n = frame.timeMs.length
  const instant = (i: number) => formatInstant(frame.timeMs[i], frame.timeKind)
  const kind = model.kind.replace('detector:', '')
  return [
    ['from', instant(0)],
    ['to', instant(n - 1)],
    ['samples', String(n)],
    ['channels', String(frame.channels.length)],
    ['above the threshold', formatPercent(flag.reduce((sum, value) => sum + value, 0) / n)],
    ['detector', kind],
    ['threshold', `${threshold.method.replace('threshold:', '')}, raw ${formatNumber(threshold.level, 3)}`],
    ['model', model.id.slice(0, 12)],
  ]
}

function eventSection({ detection }: EventReport, explanation: Explanation): string {
  const { event, kind, verdict, reason, sentence, channels, method, pairs, courses } = explanation
  const { frame } = detection
  const leaving = channels.filter(
    ({ explains, leftMs }, k) => explains || leftMs !== null || k < FEWEST_PLOTS,
  )
  const plots = leaving.slice(0, MOST_PLOTS).map(({ name, label, unit }) => {
    const course = courses[frame.channels.indexOf(name)]
    const caption = unit ? `${label}, ${unit}` : label
    return `<figure><figcaption>${text(caption)}</figcaption>${channelPlot(frame, course, event, label)}</figure>`
  })
  const broken = pairs.map(
    ({ first, second, usual, now }) =>
      `<li>${text(courses[first].name)} and ${text(courses[second].name)}: correlation ${usual.toFixed(2)} before, ${now.toFixed(2)} over the event</li>`,
  )
  const body = `<p class="sentence">${text(sentence)}</p>
<p><b class="tag">${text(kind)}</b> ${text(verdict)}: ${text(reason)}</p>
${timesLine(detection, explanation)}
${explanation.repair ? `<p class="aside">${text(repairText(explanation))}</p>` : ''}
<div class="plots">${plots.join('')}<figure><figcaption>${METHOD_TITLES[method]}</figcaption>${bars(explanation)}</figure></div>
<p class="aside">Line: readings. Dashed line and band: what the other channels call for, 4 usual errors to each side. Vertical line: where the channel left its band.</p>
${broken.length > 0 ? `<ul>${broken.join('')}</ul>` : ''}`
  return section(
    `${formatInstant(event.times.startMs, frame.timeKind)} · score ${formatNumber(event.score, 3)}`,
    body,
  )
}

function timesLine(
  { frame: { timeKind } }: Detection,
  { event: { id, times }, detectedMs }: Explanation,
): string {
  const instant = (time: number) => text(formatInstant(time, timeKind))
  const length = times.lastMs - times.startMs
  const duration = timeKind === 'utc' ? formatDuration(length) : `${length} samples`
  return `<p class="aside">${text(id)} · onset ${instant(times.onsetMs)} · detected ${instant(detectedMs)} · peak ${instant(times.peakMs)} · lasted ${duration}</p>`
}

const METHOD_TITLES: Readonly<Record<Explanation['method'], string>> = {
  repair: 'Share in the score; red: explains the event',
  decomposition: 'Share in the score',
  permutation: 'Fall of the score with normal readings',
  shapley: 'Shapley values: part of the score',
}

function bars({ channels, method }: Explanation): string {
  const shown = channels.slice(0, MOST_BARS).map(({ label, value, explains }) => ({
    label,
    value,
    text: method === 'repair' || method === 'decomposition' ? formatPercent(value) : formatNumber(value, 3),
    marked: explains,
  }))
  return barPlot(shown, METHOD_TITLES[method])
}

const STYLE = `
.sentence { font-size: 1.15rem; font-weight: 600; overflow-wrap: anywhere } .tag { color: var(--error) }
.overview svg { min-width: 640px }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 1rem; margin: 1rem 0 .5rem }
figure { margin: 0; min-width: 0 } figcaption { font-weight: 600; font-size: .9rem; margin-bottom: .25rem; overflow-wrap: anywhere }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem } .legend svg { display: inline-block; width: 14px }
ul { padding-left: 1.25rem; margin: .5rem 0 0 }
`
