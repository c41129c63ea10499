import { htmlText as text } from '../core/safe-text.js'
import type { ChannelRow, HealthView } from './health.js'
import { factCards, htmlPage, section } from './page.js'
import { channelPicture, PLOT_STYLE } from './plots/index.js'

/** A health report as one self-contained HTML file: styles and plots are inside. Text from the data is escaped. */
export function healthHtml(view: HealthView): string {
  return htmlPage({
    kind: 'Health report',
    title: view.title,
    window: `Health of ${view.title}`,
    lead: `<p class="verdict ${view.valid ? 'ok' : 'error'}">${text(view.verdict)}</p>`,
    body: `${factCards(view.facts)}${healthSections(view)}`,
    style: `${PLOT_STYLE}${HEALTH_STYLE}`,
  })
}

/** Channels, issues, changes, gaps and the suggested configuration. */
export function healthSections(view: HealthView): string {
  return [
    channelSection(view),
    issueSection(view),
    changeSection(view),
    gapSection(view),
    configSection(view),
  ].join('')
}

function issueSection({ issues }: HealthView): string {
  if (issues.length === 0) return section('Issues', '<p>No issues found.</p>')
  const items = issues.map(
    ({ severity, code, channel, place, message, remedy }) => `<li class="${severity}">
<p><b class="tag">${severity}</b> ${channel === '' ? '' : `<b>${text(channel)}</b>: `}${text(message)}</p>
<p class="aside">${[code, place].filter(Boolean).map(text).join(' · ')}</p>
<p>${text(remedy)}</p>
</li>`,
  )
  return section('Issues', `<ul class="issues">\n${items.join('\n')}\n</ul>`)
}

function changeSection({ changes }: HealthView): string {
  if (changes.length === 0) return ''
  return section(
    'Repaired before checking',
    `<ul>\n${changes.map(line => `<li>${text(line)}</li>`).join('\n')}\n</ul>`,
  )
}

const NUMBERS = ['missing', 'min', 'median', 'max', 'sd', 'longest run'] as const

/** Channels with issues first: in a wide table they would be hard to find. */
function channelSection({ channels }: HealthView): string {
  if (channels.length === 0) return ''
  const ranks = ['error', 'warning', 'info', undefined]
  const rows = channels.toSorted((a, b) => ranks.indexOf(a.worst) - ranks.indexOf(b.worst)).map(channelRow)
  return section(
    'Channels',
    `<table class="channels">
<thead><tr><th>channel</th><th>plot</th>${NUMBERS.map(name => `<th class="number">${name}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
<p class="aside">Each plot is scaled from the smallest to the largest reading of the channel. A coloured mark shows where an issue of the channel begins, a grey one where an issue of the whole table begins.</p>`,
  )
}

function channelRow(channel: ChannelRow): string {
  const { name, missing, min, median, max, sd, longestRun, worst, problems } = channel
  const dot = worst ? `<span class="dot ${worst}" title="${worst}"></span>` : ''
  const codes = problems.length === 0 ? '' : `<p class="aside">${problems.join(', ')}</p>`
  const cells = [missing, min, median, max, sd, String(longestRun)]
  return `<tr>
<th scope="row">${dot}${text(name)}${codes}</th>
<td class="picture">${channelPicture(channel)}</td>
${cells.map((cell, k) => `<td class="number" data-name="${NUMBERS[k]}">${text(cell)}</td>`).join('\n')}
</tr>`
}

function gapSection({ gaps, moreGaps }: HealthView): string {
  if (gaps.length === 0) return ''
  const rows = gaps.map(
    ({ from, to, missing }) =>
      `<tr><td>${text(from)}</td><td>${text(to)}</td><td class="number">${missing}</td></tr>`,
  )
  return section(
    'Gaps',
    `<div class="wide" tabindex="0" role="region" aria-label="scrollable table"><table>
<thead><tr><th>last sample before</th><th>first sample after</th><th class="number">samples missing</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>${moreGaps > 0 ? `\n<p class="aside">and ${moreGaps} more, none longer than these</p>` : ''}`,
  )
}

function configSection({ config }: HealthView): string {
  return config === undefined ? '' : section('Suggested configuration', `<pre>${text(config)}</pre>`)
}

/** The style of `healthSections`, with that of plots before it. */
export const HEALTH_STYLE = `
.issues { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem }
.issues li { border-left: 4px solid var(--tone); padding: .25rem 0 .25rem .75rem; overflow-wrap: anywhere }
.issues .error { --tone: var(--error) } .issues .warning { --tone: var(--warning) } .issues .info { --tone: var(--info) }
.tag { color: var(--tone); font-size: .85rem; text-transform: uppercase; letter-spacing: .03em }
.channels th[scope] { position: relative; padding-left: 1.5rem }
.dot { position: absolute; left: .5rem; top: .8rem; width: .6rem; height: .6rem; border-radius: 50%; background: var(--info) }
.dot.error { background: var(--error) } .dot.warning { background: var(--warning) }
th .aside { font-weight: 400 }
.picture { width: 260px } .picture svg { height: 44px } .picture path { stroke-width: 1.5; stroke-linecap: round; vector-effect: non-scaling-stroke }
.picture rect { opacity: .35 } rect.error { fill: var(--error) } rect.warning { fill: var(--warning) } rect.info { fill: var(--info) } rect.shared { fill: var(--soft) }
pre { margin: 0; overflow-x: auto; font: 13px/1.5 ui-monospace, monospace }
@media (max-width: 760px) {
  .channels thead { display: none } .channels, .channels tbody { display: block }
  .channels tr { display: grid; grid-template-columns: 5fr 4fr 5fr; border-top: 1px solid var(--line); padding: .5rem 0 }
  .channels th[scope], .channels td { border: 0; padding: .15rem 0; text-align: left; min-width: 0 }
  .channels th[scope] { padding-left: 1.1rem } .dot { left: 0; top: .5rem } .channels .number { font-size: .9rem }
  .channels th, .channels .picture { grid-column: 1 / -1; width: auto }
  .channels .number::before { content: attr(data-name) ' '; color: var(--soft); font-size: .85rem }
}
`
