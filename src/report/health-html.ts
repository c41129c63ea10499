import type { ChannelRow, HealthView } from './health.js'

/** A health report as one HTML file without anything to load: styles and pictures are inside. Text from the data is escaped. */
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
${issueSection(view)}${changeSection(view)}${channelSection(view)}${gapSection(view)}${configSection(view)}</main>
</body>
</html>
`
}

function issueSection({ issues }: HealthView): string {
  if (issues.length === 0) return section('Issues', '<p>Nothing was found.</p>')
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
    'Repaired before judging',
    `<ul>\n${changes.map(line => `<li>${text(line)}</li>`).join('\n')}\n</ul>`,
  )
}

function channelSection({ channels }: HealthView): string {
  if (channels.length === 0) return ''
  const rows = channels.map(
    channel => `<tr>
<th scope="row">${channel.worst ? `<span class="dot ${channel.worst}" title="${channel.worst}"></span>` : ''}${text(channel.name)}</th>
<td>${curve(channel)}</td>
${[channel.missing, channel.min, channel.median, channel.max, channel.sd, String(channel.longestRun)]
  .map(cell => `<td class="number">${text(cell)}</td>`)
  .join('\n')}
</tr>`,
  )
  return section(
    'Channels',
    `<div class="wide"><table>
<thead><tr><th>channel</th><th>shape</th>${['missing', 'min', 'median', 'max', 'sd', 'longest run']
      .map(name => `<th class="number">${name}</th>`)
      .join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>`,
  )
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

const WIDTH = 180
const HEIGHT = 28
const EDGE = 2

/** The outline of a channel as a line that breaks where nothing was read. */
function curve({ outline, name }: ChannelRow): string {
  const known = outline.filter(value => value !== null)
  const low = Math.min(...known)
  const span = Math.max(...known) / 2 - low / 2
  const x = (i: number) => EDGE + (i * (WIDTH - 2 * EDGE)) / Math.max(1, outline.length - 1)
  const y = (value: number) =>
    HEIGHT - EDGE - (span > 0 ? (value / 2 - low / 2) / span : 0.5) * (HEIGHT - 2 * EDGE)
  let path = ''
  outline.forEach((value, i) => {
    if (value === null) return
    const isStart = i === 0 || outline[i - 1] === null
    // A single reading between gaps is a line of length 0: its round end shows as a dot.
    path += `${isStart ? 'M' : 'L'}${x(i).toFixed(1)} ${y(value).toFixed(1)}${isStart ? 'h0' : ''}`
  })
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="course of ${text(name)}"><path d="${path}"/></svg>`
}

function text(raw: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return raw.replace(/[&<>"']/g, character => entities[character])
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
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: .75rem; margin: 1.5rem 0 }
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
tbody th { font-weight: 600 }
.number { text-align: right }
.dot { display: inline-block; width: .6em; height: .6em; border-radius: 50%; margin-right: .5em; background: var(--info) }
.dot.error { background: var(--error) } .dot.warning { background: var(--warning) }
svg { display: block } path { fill: none; stroke: var(--curve); stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round }
pre { margin: 0; overflow-x: auto; font: 13px/1.5 ui-monospace, monospace }
`
