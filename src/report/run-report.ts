import { counted } from '../core/counted.js'
import { formatDuration } from '../core/duration.js'
import { htmlText as text } from '../core/safe-text.js'
import { scoredCount } from '../detect/index.js'
import type { DriftReport } from '../drift/index.js'
import type { ChannelBands, Explanation } from '../explain/index.js'
import type { Model } from '../model/index.js'
import type { Detection } from '../pipeline/index.js'
import { CHART_SCRIPT, CHART_STYLE } from './browser/charts.generated.js'
import { REPORT_SCRIPT } from './browser/report.generated.js'
import { UPLOT_SCRIPT, UPLOT_STYLE } from './browser/uplot.generated.js'
import { type Clock, clockOf, inZone } from './clock.js'
import { driftSection } from './drift-section.js'
import { bandCaption } from './expected.js'
import { comparisonLines, repairText } from './explanation.js'
import type { HealthView } from './health.js'
import { HEALTH_STYLE, healthSections } from './health-html.js'
import { modelFacts } from './model.js'
import { isMostlyInEvents, MOSTLY_IN_EVENTS } from './mostly-in-events.js'
import { TRAINING_CAPTION } from './network-figures.js'
import { factCards, htmlPage, section, textWithTimes } from './page.js'
import { barPlot, channelPlot, PLOT_STYLE, scoreCalendar } from './plots/index.js'
import { labelSection, scoreSection, shareAbove } from './score-section.js'
import { timelineSection } from './timeline/timeline-section.js'
import { formatNumber, formatPercent, formatScore } from './units.js'

/** What a report on a scored table is made of. */
export interface RunReport {
  /** Name of the table. */
  readonly title: string
  readonly model: Pick<Model, 'info' | 'detector'>
  readonly detection: Pick<Detection, 'frame' | 'score' | 'flag' | 'events' | 'threshold'>
  readonly explanations: readonly Explanation[]
  /** Scores of held-back normal data, 1.0 = threshold. */
  readonly calibration: ArrayLike<number>
  readonly bands?: ChannelBands
  /** `[N]` 0 or 1, where the table has labels. */
  readonly labels?: Uint8Array
  readonly health?: HealthView
  /** Against the history of the model. */
  readonly drift?: DriftReport
  /** A picture of each network of the model, see `trainingPlots`. */
  readonly training?: readonly string[]
  /** Time zone of the times, which the page names. Default: UTC. */
  readonly timeZone?: string
}

/** Channels of an event that are drawn: those that explain it, then those that left their band. */
const MOST_PLOTS = 6
const FEWEST_PLOTS = 2
const MOST_BARS = 8
/** Events with plots, those with the highest scores; the table lists all that are explained. */
const MOST_CARDS = 30

/** A report on a scored table as one self-contained HTML file: the only scripts are its own. Text from the data is escaped. */
export function runReportHtml(report: RunReport): string {
  const { title, detection, explanations, bands, labels, health, drift, calibration, training = [] } = report
  const { frame, score, events, flag } = detection
  const clock = clockOf(frame.timeKind, report.timeZone)
  const worst = [...explanations].sort((a, b) => b.event.score - a.event.score).slice(0, MOST_CARDS)
  const cards = worst.sort((a, b) => a.event.start - b.event.start)
  const count = counted(events.length, 'event')
  return htmlPage({
    kind: 'Anomaly report',
    title,
    window: `Anomalies of ${title}`,
    lead: `<p class="verdict ${events.length === 0 ? 'ok' : 'error'}">${count}${events.length === 0 ? ': no anomalies' : ''}</p>${mostlyText(detection)}`,
    body: [
      factCards(factsOf(report, clock)),
      timelineSection(detection, explanations, clock, bands),
      eventTable(report, clock),
      ...cards.map(explanation => eventSection(report, explanation, clock)),
      section(
        inZone('When scores are high', clock),
        `<div class="wide overview" tabindex="0" role="region" aria-label="scrollable chart">${scoreCalendar(frame, score, clock.wall)}</div>${LEGEND}`,
      ),
      scoreSection(score, calibration),
      ...(labels ? [labelSection(score, flag, labels)] : []),
      ...(drift ? [driftSection(drift)] : []),
      ...(health ? [healthSections(health)] : []),
      ...(training.length > 0 ? [trainingSection(training)] : []),
      modelSection(report.model),
    ].join(''),
    style: `${PLOT_STYLE}${HEALTH_STYLE}${STYLE}${UPLOT_STYLE}${CHART_STYLE}`,
    scripts: [UPLOT_SCRIPT, CHART_SCRIPT, REPORT_SCRIPT],
  })
}

/** That most of the data are in events; empty where they are not. */
function mostlyText({ events, score }: RunReport['detection']): string {
  if (!isMostlyInEvents(events, { scored: scoredCount(score) })) return ''
  return `<p class="aside">${text(capital(MOSTLY_IN_EVENTS)).replace(/`([^`]+)`/g, '<code>$1</code>')}</p>`
}

/** All explained events, one row each. */
function eventTable({ detection: { events }, explanations }: RunReport, clock: Clock): string {
  if (events.length === 0) return section('Events', '<p>No events.</p>')
  const rows = explanations.map(({ event: { id, times, score }, kind, verdict, sentence }) => {
    const start = textWithTimes(clock.text(times.startMs))
    return `<tr role="row"><td role="cell">${start}<br><button type="button" class="show" data-show="${text(id)}" hidden>Show in timeline</button></td><td role="cell" class="number">${formatScore(score)}</td><td role="cell"><b class="tag">${text(kind)}</b>${kind === verdict ? '' : `<br><span class="aside">${text(verdict)}</span>`}</td><td role="cell" class="words">${sentenceHtml(sentence)}</td></tr>`
  })
  const more = events.length - explanations.length
  return section(
    'Events',
    `<div class="wide" tabindex="0" role="region" aria-label="scrollable table"><table class="events" role="table"><thead role="rowgroup"><tr role="row">${[inZone('start', clock), 'score', 'kind', 'what happened'].map(name => `<th role="columnheader"${name === 'score' ? ' class="number"' : ''}>${text(name)}</th>`).join('')}</tr></thead>
<tbody role="rowgroup">${rows.join('\n')}</tbody></table></div>${more > 0 ? `<p class="aside">${more} more with lower scores are not explained.</p>` : ''}`,
  )
}

function trainingSection(plots: readonly string[]): string {
  const figures = plots.map(plot => `<figure class="single">${plot}</figure>`).join('')
  return section(
    'Training history',
    `<div class="plots">${figures}</div><p class="aside">${TRAINING_CAPTION}</p>`,
  )
}

/** What the model is and how it was trained. */
function modelSection({ info, detector }: RunReport['model']): string {
  const rows = [...modelFacts(info, detector), ['id', info.id] as const].map(
    ([name, value]) =>
      `<tr><th scope="row">${text(name)}</th><td class="words">${text(String(value ?? ''))}</td></tr>`,
  )
  return section(
    'Model and configuration',
    `<div class="wide" tabindex="0" role="region" aria-label="scrollable table"><table>${rows.join('')}</table></div>
<h3>Options of the training</h3><pre>${text(JSON.stringify(info.options, null, 2))}</pre>`,
  )
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

function factsOf({ model: { info }, detection }: RunReport, clock: Clock): [string, string][] {
  const { frame, score, threshold } = detection
  const n = frame.timeMs.length
  const instant = (i: number) => clock.text(frame.timeMs[i])
  const kind = info.kind.replace('detector:', '')
  return [
    [inZone('from', clock), instant(0)],
    [inZone('to', clock), instant(n - 1)],
    ['samples', String(n)],
    ['channels', String(frame.channels.length)],
    ['above the threshold', formatPercent(shareAbove(score))],
    ['detector', kind],
    ['threshold', `${threshold.method.replace('threshold:', '')}, raw ${formatNumber(threshold.level, 3)}`],
    ['model', info.id.slice(0, 12)],
  ]
}

function eventSection({ model, detection }: RunReport, explanation: Explanation, clock: Clock): string {
  const { event, kind, verdict, reason, sentence, channels, pairs, courses } = explanation
  const { frame } = detection
  const leaving = channels.filter(
    ({ explains, leftMs }, k) => explains || leftMs !== null || k < FEWEST_PLOTS,
  )
  const plots = leaving.slice(0, MOST_PLOTS).map(({ name, label, unit }) => {
    const course = courses[frame.channels.indexOf(name)]
    const caption = unit ? `${label}, ${unit}` : label
    return `<figure><figcaption>${text(caption)}</figcaption>${channelPlot(frame, course, { event, label, normal: explanation.nearestNormal, wall: clock.wall })}</figure>`
  })
  const broken = pairs.map(
    ({ first, second, usual, now }) =>
      `<li>${text(courses[first].name)} and ${text(courses[second].name)}: correlation ${usual.toFixed(2)} before, ${now.toFixed(2)} over the event</li>`,
  )
  const body = `<p class="sentence">${sentenceHtml(sentence)}</p>
<p class="kindline"><b class="tag">${text(kind)}</b>${kind === verdict ? '' : ` (${text(verdict)})`}: ${text(reason)}</p>
${timesLine(clock, explanation, model.info.schema?.cadenceMs ?? 0)}
${explanation.repair ? `<p class="aside">${text(repairText(explanation))}</p>` : ''}
<div class="plots">${plots.join('')}<figure><figcaption>${methodTitle(explanation)}</figcaption>${bars(explanation)}</figure></div>
<p class="aside">Line: readings. Dashed line and band: ${bandCaption(courses.length, 'event')}. Vertical line: where the channel left its band.${explanation.nearestNormal ? ' Dotted line: the nearest interval of normal operation.' : ''}</p>
${comparisonLines(explanation, clock)
  .map(line => `<p class="aside">${textWithTimes(capital(line))}</p>`)
  .join('')}
${broken.length > 0 ? `<ul>${broken.join('')}</ul>` : ''}`
  return section(
    `${inZone(clock.text(event.times.startMs), clock)} · score ${formatScore(event.score)}`,
    body,
  )
}

/** A line does not end within a band such as 69.8-74.0. */
function sentenceHtml(sentence: string): string {
  return text(sentence).replace(/[\d.]+-[\d.]+/g, '<span class="range">$&</span>')
}

function capital(line: string): string {
  return `${line[0].toUpperCase()}${line.slice(1)}.`
}

function timesLine(clock: Clock, { event: { id, times }, detectedMs }: Explanation, stepMs: number): string {
  const instant = (time: number) => textWithTimes(clock.text(time))
  const length = times.lastMs - times.startMs
  const duration = clock.zone !== undefined ? formatDuration(length + stepMs) : counted(length + 1, 'sample')
  return `<p class="aside">${text(id)} · onset ${instant(times.onsetMs)} · detected ${instant(detectedMs)} · peak ${instant(times.peakMs)} · lasted ${duration}</p>`
}

const METHOD_TITLES: Readonly<Record<Explanation['method'], string>> = {
  repair: 'Share in the score; red: explains the event',
  standardised: 'Distance from what the others call for, usual errors; red: explains the event',
  movement: 'Movement from before the event, usual ranges',
  decomposition: 'Share in the score',
  permutation: 'Fall of the score with normal readings',
  shapley: 'Shapley values: part of the score',
  'integrated-gradients': 'Integrated gradients: part of the causal score',
}

/** Where no channel explains the event, none is marked. */
function methodTitle({ method, channels }: Explanation): string {
  const title = METHOD_TITLES[method]
  return channels.some(({ explains }) => explains) ? title : title.replace('; red: explains the event', '')
}

function bars(explanation: Explanation): string {
  const { channels, method } = explanation
  // Those that explain the event, then the largest: the explanation ranks the others by something else.
  const first = channels.filter(({ explains }) => explains)
  const rest = channels.filter(({ explains }) => !explains).sort((a, b) => b.value - a.value)
  const shown = [...first, ...rest].slice(0, MOST_BARS).map(({ label, value, explains }) => ({
    label,
    value,
    text: method === 'repair' || method === 'decomposition' ? formatPercent(value) : formatNumber(value, 3),
    marked: explains,
  }))
  return barPlot(shown, methodTitle(explanation))
}

const STYLE = `
.range { white-space: nowrap }
.events td { vertical-align: top } .words { white-space: normal; overflow-wrap: anywhere; min-width: 12rem }
h3 { font-size: .9rem; margin: 1rem 0 .5rem } .square { max-width: 340px } .single { max-width: 640px } caption { text-align: left; font-weight: 600; font-size: .9rem }
.show { margin-top: .2rem; padding: .1rem .5rem; border: 1px solid var(--line); border-radius: 6px; background: var(--paper); color: var(--info); font: inherit; font-size: .8rem; cursor: pointer }
.show:focus-visible { outline: 2px solid var(--info) }
.sentence { font-size: 1.15rem; font-weight: 600; overflow-wrap: anywhere } .events .tag, .kindline .tag { color: var(--error); text-transform: none; letter-spacing: 0 }
.overview svg { min-width: 640px }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 1rem; margin: 1rem 0 .5rem }
figure { margin: 0; min-width: 0 } figcaption { font-weight: 600; font-size: .9rem; margin-bottom: .25rem; overflow-wrap: anywhere }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem } .legend svg { display: inline-block; width: 14px }
ul { padding-left: 1.25rem; margin: .5rem 0 0; overflow-wrap: anywhere }
@media (max-width: 760px) {
  .words { min-width: 9rem }
  .events, .events tbody { display: block } .events thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  .events tr { display: grid; grid-template-columns: max-content minmax(3.6rem, max-content) minmax(0, 1fr); border-top: 1px solid var(--line); padding: .5rem 0 }
  .events td { border: 0; padding: .1rem .3rem } .events td:not(.number, .words) { white-space: normal } .events .words { grid-column: 1 / -1; min-width: 0 }
}
`
