import { htmlText as text } from '../core/safe-text.js'
import type { ChannelRow, HealthView } from './health.js'
import { channelPicture } from './health-picture.js'

/** A health report as one self-contained HTML file: styles and plots are inside. Text from the data is escaped. */
export function healthHtml(view: HealthView): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Health of ${text(view.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<p class="kind">Health report</p>
<h1>${text(view.title)}</h1>
<p class="verdict ${view.valid ? 'ok' : 'error'}">${text(view.verdict)}</p>
</header>
<dl>
${view.facts.map(([name, value]) => `<div><dt>${text(name)}</dt><dd>${text(value)}</dd></div>`).join('\n')}
</dl>
${channelSection(view)}${issueSection(view)}${changeSection(view)}${gapSection(view)}${configSection(view)}</main>
</body>
</html>
`
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
    `<div class="wide"><table>
<thead><tr><th>last sample before</th><th>first sample after</th><th class="number">samples missing</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>${moreGaps > 0 ? `\n<p class="aside">and ${moreGaps} more</p>` : ''}`,
  )
}

function configSection({ config }: HealthView): string {
  return config === undefined ? '' : section('Suggested configuration', `<pre>${text(config)}</pre>`)
}

function section(title: string, body: string): string {
  return `<section>\n<h2>${title}</h2>\n${body}\n</section>\n`
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5d6a7a; --paper: #f6f7f9; --card: #fff; --line: #dfe4ea;
  --ok: #1a7f4b; --error: #c0322b; --warning: #a86a00; --info: #2a6bb0; --curve: #3566a8 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e9f0; --soft: #98a5b5; --paper: #12161c; --card: #1a2029; --line: #2c3541;
    --ok: #58c98d; --error: #ff8079; --warning: #e5b04e; --info: #7db6f2; --curve: #86b3ee }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
main { max-width: 1060px; margin: 0 auto; padding: 2rem 1.25rem 4rem }
h1 { margin: 0; font-size: 1.6rem; overflow-wrap: anywhere }
h2 { margin: 0 0 .75rem; font-size: 1.05rem }
p { margin: 0 }
.kind, .aside, dt { color: var(--soft); font-size: .85rem }
.verdict { margin-top: .25rem; font-weight: 600 }
.ok { color: var(--ok) } .verdict.error { color: var(--error) }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(12.5rem, 1fr)); gap: .75rem; margin: 1.5rem 0 }
dl div, section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .75rem 1rem }
dd { margin: 0; font-weight: 600; overflow-wrap: anywhere }
section { padding: 1rem 1.25rem; margin-top: 1rem }
.issues { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem }
.issues li { border-left: 4px solid var(--tone); padding: .25rem 0 .25rem .75rem; overflow-wrap: anywhere }
.issues .error { --tone: var(--error) } .issues .warning { --tone: var(--warning) } .issues .info { --tone: var(--info) }
.tag { color: var(--tone); font-size: .85rem; text-transform: uppercase; letter-spacing: .03em }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .35rem .6rem; border-top: 1px solid var(--line); white-space: nowrap; font-weight: 400 }
thead th { border-top: 0; color: var(--soft); font-size: .85rem }
tbody th { font-weight: 600; white-space: normal; overflow-wrap: anywhere }
.number { text-align: right }
tbody th[scope] { position: relative; padding-left: 1.5rem }
.dot { position: absolute; left: .5rem; top: .8rem; width: .6rem; height: .6rem; border-radius: 50%; background: var(--info) }
.dot.error { background: var(--error) } .dot.warning { background: var(--warning) }
th .aside { font-weight: 400 }
svg { display: block; width: 100%; height: 44px } path { fill: none; stroke: var(--curve); stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; vector-effect: non-scaling-stroke }
.picture { width: 260px }
rect { opacity: .35 } rect.error { fill: var(--error) } rect.warning { fill: var(--warning) } rect.info { fill: var(--info) } rect.shared { fill: var(--soft) }
pre { margin: 0; overflow-x: auto; font: 13px/1.5 ui-monospace, monospace }
table + .aside { margin-top: .75rem }
@media (max-width: 760px) {
  main { padding: 1.25rem .75rem 3rem } section { padding: .9rem }
  dl { display: block; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .4rem .9rem }
  dl div { display: flex; justify-content: space-between; gap: 1rem; border: 0; padding: .2rem 0; text-align: right }
  .channels thead { display: none } .channels, .channels tbody { display: block }
  .channels tr { display: grid; grid-template-columns: 5fr 4fr 5fr; border-top: 1px solid var(--line); padding: .5rem 0 }
  .channels th[scope], .channels td { border: 0; padding: .15rem 0; text-align: left; min-width: 0 }
  .channels th[scope] { padding-left: 1.1rem } .dot { left: 0; top: .5rem } .channels .number { font-size: .9rem }
  .channels th, .channels .picture { grid-column: 1 / -1; width: auto }
  .channels .number::before { content: attr(data-name) ' '; color: var(--soft); font-size: .85rem }
}
`
