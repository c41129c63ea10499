import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Frame } from '../../src/core/frame.js'
import {
  configYaml,
  type HealthReport,
  healthHtml,
  healthJson,
  healthMarkdown,
  healthText,
  viewHealth,
} from '../../src/report/index.js'
import { suggest, unreadableHealth, validateFrame } from '../../src/validate/index.js'

const NASTY = '<script>alert(1)</script>|*x*"&'

/** 200 minutes of two channels, one with a hole and a name that is markup; a gap of 30 minutes after sample 99. */
function frame(): Frame {
  const values = Float64Array.from({ length: 400 }, (_, at) => {
    const i = at >> 1
    if (at % 2 === 0 && i >= 20 && i < 24) return Number.NaN
    return Math.sin(i / 5 + (at % 2)) + ((i * 7919) % 31) / 300
  })
  const timeMs = Float64Array.from({ length: 200 }, (_, i) => 60_000 * (i < 100 ? i : i + 30))
  return { timeMs, timeKind: 'utc', values, channels: [NASTY, 'flow'] }
}

function report(fix = false): HealthReport {
  const { frame: checked, health } = validateFrame(frame(), { fix })
  return {
    file: 'a<b>.csv',
    frame: checked,
    health,
    timeColumn: 'time',
    suggestion: suggest(checked, health),
  }
}

describe('a health report', () => {
  it('says in a view where each issue is, and counts by severity', () => {
    const view = viewHealth(report())
    expect(view.verdict).toBe('valid at level moderate: 0 errors, 2 warnings')
    expect(view.counts).toMatchObject({ error: 0, warning: 2 })
    expect(view.issues.map(({ code, place }) => [code, place])).toEqual([
      ['time-gaps', 'sample 99, 1970-01-01T01:39:00Z'],
      ['missing-some', 'sample 20, 1970-01-01T00:20:00Z'],
    ])
    expect(view.gaps).toEqual([{ from: '1970-01-01T01:39:00Z', to: '1970-01-01T02:10:00Z', missing: 30 }])
    expect(view.channels[0]).toMatchObject({ missing: '2.0 %', worst: 'warning' })
  })

  it('as text has a row per channel, every remedy and the configuration', () => {
    const text = healthText(viewHealth(report()))
    expect(text).toMatch(/^a<b>\.csv: valid at level moderate/)
    expect(text).toMatch(/^flow +[▁-█]{20} /m)
    expect(text).toContain('warning [time-gaps] sample 99, 1970-01-01T01:39:00Z: gaps: 1, ')
    expect(text).toContain('  train:\n    time-column: "time"\n')
  })

  it('marks in a picture where problems of a channel and of the whole table begin', () => {
    const [first, second] = viewHealth(report()).channels
    const gap = { from: 99 / 200, to: 101 / 200, severity: 'warning', code: 'time-gaps', isShared: true }
    const hole = { from: 20 / 200, to: 21 / 200, severity: 'warning', code: 'missing-some', isShared: false }
    expect(first.marks).toEqual([gap, hole])
    expect(second.marks).toEqual([gap])
    expect(first.problems).toEqual(['missing-some'])
    const html = healthHtml(viewHealth(report()))
    expect(html.match(/<rect class="shared"/g)).toHaveLength(2)
    expect(html.match(/<rect class="warning"[^>]*><title>missing-some/g)).toHaveLength(1)
  })

  it('as HTML shows channels with problems before the others', () => {
    const { health, ...rest } = report()
    const issues = health.issues.map(issue => (issue.channel ? { ...issue, channel: 'flow' } : issue))
    const html = healthHtml(viewHealth({ ...rest, health: { ...health, issues } }))
    expect(html.indexOf('plot of flow')).toBeLessThan(html.indexOf('plot of &lt;script'))
  })

  it('tells what was repaired', () => {
    const wanted = `${NASTY}: missing readings filled by linear interpolation: 4, first at samples 20 to 23, 1970-01-01T00:20:00Z`
    expect(viewHealth(report(true)).changes).toEqual([wanted])
    expect(healthText(viewHealth(report(true)))).toContain(wanted)
  })

  it('as HTML loads nothing and lets no text become markup', () => {
    const html = healthHtml(viewHealth(report()))
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;|*x*&quot;&amp;')
    expect(html).not.toMatch(/<script|src=|href=|url\(/)
    expect(html).toContain('a&lt;b&gt;.csv')
    expect(html.match(/<svg/g)).toHaveLength(2)
    for (const tag of ['main', 'section', 'table', 'ul', 'li', 'tr', 'td', 'th', 'p', 'div'])
      expect([tag, html.split(`<${tag}>`).length + html.split(`<${tag} `).length - 2]).toEqual([
        tag,
        html.split(`</${tag}>`).length - 1,
      ])
  })

  it('as Markdown keeps its tables whole whatever a channel is called', () => {
    const markdown = healthMarkdown(viewHealth(report()))
    expect(markdown).toContain('&lt;script&gt;alert(1)&lt;/script&gt;\\|\\*x\\*"&amp;')
    const rows = markdown.split('\n').filter(line => line.startsWith('|'))
    const widths = rows.map(line => line.replaceAll('\\|', '').split('|').length)
    expect(new Set(widths)).toEqual(new Set([8, 10, 5]))
  })

  it('as JSON is plain: what is no number is null', () => {
    const json = JSON.parse(JSON.stringify(healthJson(report())))
    expect(json).toMatchObject({ file: 'a<b>.csv', valid: true, samples: 200, time: { cadenceMs: 60_000 } })
    expect(json.issues[1]).toMatchObject({ code: 'missing-some', count: 4, from: '1970-01-01T00:20:00Z' })
    expect(json.channels[1]).toMatchObject({ name: 'flow', missing: 0 })
    expect(json.suggestion.config).toContain('train:')
  })

  it('of a file that could not be read says why, in every form', () => {
    const values = { reason: 'line 3 has 2 cells', remedy: 'Mend the line.' }
    const findings = [{ code: 'table-unreadable', values }] as const
    const nothing = {
      timeMs: new Float64Array(0),
      timeKind: 'index',
      values: new Float64Array(0),
      channels: [],
    } as const
    const view = { file: 'x.csv', frame: nothing, health: unreadableHealth(findings, 'moderate') }
    expect(viewHealth(view).valid).toBe(false)
    for (const text of [healthText, healthMarkdown, healthHtml].map(write => write(viewHealth(view))))
      expect(text).toContain('line 3 has 2 cells')
    expect(JSON.stringify(healthJson(view))).toContain('line 3 has 2 cells')
  })
})

describe('a suggested configuration', () => {
  it('is YAML with the reasons beside the values', () => {
    const text = configYaml(
      {
        window: 24,
        period: { samples: 24, strength: 0.812 },
        missing: 'linear',
        leaveOut: [{ channel: 'run: "hours" #1', why: 'counter-growing' }],
      },
      { timeColumn: 'time: utc', cadenceMs: 3_600_000 },
    )
    expect(parse(text)).toEqual({
      train: {
        'time-column': 'time: utc',
        'exclude-channels': ['run: "hours" #1'],
        window: 24,
        missing: 'linear',
      },
      detect: { 'time-column': 'time: utc', 'exclude-channels': ['run: "hours" #1'] },
    })
    expect(text).toContain('# a cycle is 24 samples, 1 d; strength 0.81')
    expect(text).toContain('# counter-growing')
  })

  it('says why its window is no cycle when the history is too short for that', () => {
    const text = configYaml({ window: 30, period: { samples: 57, strength: 1 }, leaveOut: [] }, {})
    expect(text).toContain(
      'window: 30  # a cycle is 57 samples; strength 1; longer than the largest possible window',
    )
  })
})
