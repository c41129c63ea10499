import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { smallTable, telltale, workshop } from '../world.js'

const EXPLAIN = ['explain', 'data.csv', '--model', 'model', '--workers', '1']

describe('telltale explain', () => {
  it('says which channel, with its unit, and writes a report', async () => {
    const cwd = await workshop({ trained: true })
    const { code, stdout, stderr } = await telltale(
      [...EXPLAIN, '--unit', 'flow=m³/h', '--report', 'events.html'],
      { cwd },
    )
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/flow .*m³\/h, expected/)
    expect(stdout).toContain('report: events.html')
    const page = readFileSync(join(cwd, 'events.html'), 'utf8')
    expect(page).toContain("default-src 'none'")
    expect(page).toContain('flow, m³/h')
  })

  it.each(['repair', 'decomposition', 'permutation', 'shapley'])('gives json by %s', async method => {
    const cwd = await workshop({ trained: true })
    const { stdout, stderr } = await telltale(
      [...EXPLAIN, '--method', method, '--top', '1', '--format', 'json'],
      { cwd },
    )
    const [event, ...more] = JSON.parse(stdout)
    expect(more, stderr).toEqual([])
    expect(event.method).toBe(method)
    expect(event.channels[0].name).toBe('flow')
    expect(event.channels[0].expected).toBeTypeOf('number')
    const [{ id }] = JSON.parse(
      (await telltale([...EXPLAIN, '--event', event.id, '--format', 'json'], { cwd })).stdout,
    )
    expect(id).toBe(event.id)
  })

  it('shows times by the clock of the time zone, and names it, in text, Markdown and with --at; JSON is in UTC', async () => {
    const cwd = await workshop({ trained: true })
    const zone = ['--time-zone', 'Asia/Tokyo', '--top', '1']
    const [{ onset }] = JSON.parse(
      (await telltale([...EXPLAIN, ...zone, '--format', 'json'], { cwd })).stdout,
    )
    const wall = new Date(Date.parse(onset) + 9 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
    const shown = new RegExp(`onset ${wall}, detected .*, last [-\\d]+ [:\\d]+ \\(Asia/Tokyo\\)`)
    for (const format of ['table', 'md'])
      expect((await telltale([...EXPLAIN, ...zone, '--format', format], { cwd })).stdout).toMatch(shown)
    const at = ['--time-zone', 'Asia/Tokyo', '--at', wall]
    expect((await telltale([...EXPLAIN, ...at], { cwd })).stdout).toContain(`${wall} (Asia/Tokyo)  `)
    const utc = await telltale([...EXPLAIN, '--top', '1'], { cwd })
    expect(utc.stdout).toMatch(/last [-\d]+ [:\d]+ \(UTC\)/)
  })

  it('names the option that explains more events, where there are more', async () => {
    const cwd = await workshop({ trained: true })
    const last = async (...more: string[]) => (await telltale([...EXPLAIN, ...more], { cwd })).stdout
    const sensitive = ['--threshold', '0.8', '--merge-gap', '0', '--open-count', '1', '--open-within', '1']
    expect(await last(...sensitive, '--top', '1')).toMatch(
      /^1 of \d+ events explained; --top N explains more$/m,
    )
    expect(await last(...sensitive, '--top', '100')).toMatch(/^(\d+) of \1 events? explained$/m)
  })

  it('says that there is nothing to compare without an event', async () => {
    const cwd = await workshop({ trained: true })
    const { code, stdout } = await telltale([...EXPLAIN, '--compare-methods', '--threshold', '1e6'], { cwd })
    expect([code, stdout]).toEqual([0, 'no events: there is nothing to compare\n'])
  })

  it('stops at once when it is interrupted while it explains', { timeout: 30_000 }, async () => {
    const cwd = await workshop({ trained: true })
    const interrupt = new AbortController()
    // Long after the table was read and scored; this number of scorings would take minutes.
    setTimeout(() => interrupt.abort(), 3000)
    const { code, stderr } = await telltale([...EXPLAIN, '--method', 'permutation', '--budget', '100000'], {
      cwd,
      signal: interrupt.signal,
    })
    expect([code, stderr]).toEqual([130, expect.stringContaining('error [interrupted]')])
  })

  it('says when it was normal and looked like this', async () => {
    const cwd = await workshop({ trained: true })
    const { stdout } = await telltale([...EXPLAIN, '--report', 'events.html'], { cwd })
    expect(stdout).toMatch(
      /nearest normal interval of the table: 2024-01-01 0\d:\d\d:00 to .*usual spreads apart; flow read -?[\d.]+ to [\d.]+ then/,
    )
    const page = readFileSync(join(cwd, 'events.html'), 'utf8')
    expect(page).toContain('Nearest normal interval')
    expect(page).toContain('class="normal"')
    const [event] = JSON.parse((await telltale([...EXPLAIN, '--format', 'json'], { cwd })).stdout)
    expect(event.nearestNormal).toMatchObject({
      source: 'table',
      from: expect.stringMatching(/^2024-01-01T/),
    })
    expect(event.similarEvent).toBeNull()
  })

  it('gives importance over events and for the model', async () => {
    const cwd = await workshop({ trained: true })
    const { code, stdout, stderr } = await telltale([...EXPLAIN, '--global'], { cwd })
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/^channel +model +share +explains +mean rank\n-.*\nflow /)
    const json = JSON.parse((await telltale([...EXPLAIN, '--global', '--format', 'json'], { cwd })).stdout)
    expect(json.channels.map(({ channel }: { channel: string }) => channel)).toEqual(['flow', 'pressure'])
    expect(json.channels[0].share + json.channels[1].share).toBeCloseTo(1, 4)
    const md = (await telltale([...EXPLAIN, '--global', '--format', 'md'], { cwd })).stdout
    expect(md).toMatch(/^\| channel \| model \|/)
  })

  it('compares the methods', async () => {
    const cwd = await workshop({ trained: true })
    const asked = [...EXPLAIN, '--compare-methods', '--top', '1']
    const { code, stdout, stderr } = await telltale(asked, { cwd })
    expect(code, stderr).toBe(0)
    for (const name of ['repair', 'shapley', 'integrated-gradients', 'random order', 'rank correlation'])
      expect(stdout).toContain(name)
    const json = JSON.parse((await telltale([...asked, '--format', 'json'], { cwd })).stdout)
    expect(json.events).toBe(1)
    expect(json.methods[0].rankCorrelation.repair).toBe(1)
    const refused = await telltale([...asked, '--report', 'a.html'], { cwd })
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--compare-methods')])
  })

  it('explains a table in chunks: the same events, and one of them by its id', async () => {
    const cwd = await workshop({ trained: true })
    const events = async (...more: string[]) =>
      JSON.parse((await telltale([...EXPLAIN, '--format', 'json', ...more], { cwd })).stdout) as {
        id: string
        channels: { name: string }[]
        nearestNormal: { source: string }
      }[]
    const whole = await events()
    const chunked = await events('--chunk-rows', '100')
    expect(chunked.map(({ id }) => id)).toEqual(whole.map(({ id }) => id))
    expect(chunked[0].channels[0].name).toBe('flow')
    expect(chunked[0].nearestNormal.source).toBe('history')
    const [{ id }] = whole
    expect((await events('--chunk-rows', '100', '--event', id)).map(event => event.id)).toEqual([id])
    const wrong = await telltale([...EXPLAIN, '--chunk-rows', '100', '--event', 'e1'], { cwd })
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('there is no event e1')])
  })

  it('gives events as Markdown in which a name is no markup', async () => {
    const cwd = await workshop({ trained: true })
    const { stdout } = await telltale([...EXPLAIN, '--format', 'md'], { cwd })
    expect(stdout).toMatch(/^## e2024.*\n\n\*\*flow /)
    expect(stdout).toContain('| channel | explains | reading | expected | left its band | share |')
  })

  it('gives the report as a page on stdout, byte for byte that of --report, which no other command does', async () => {
    const cwd = await workshop({ trained: true })
    const page = await telltale([...EXPLAIN, '--format', 'html', '--top', '1'], { cwd })
    expect(page.code, page.stderr).toBe(0)
    await telltale([...EXPLAIN, '--report', 'same.html', '--top', '1'], { cwd })
    expect(page.stdout).toBe(readFileSync(join(cwd, 'same.html'), 'utf8'))
    const unfit = await telltale([...EXPLAIN, '--format', 'html', '--global'], { cwd })
    expect([unfit.code, unfit.stderr]).toEqual([2, expect.stringContaining('--format html and --global')])
    const other = await telltale(['detect', 'data.csv', '--model', 'model', '--format', 'html'], { cwd })
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('of explain only')])
  })

  it('gives one row per event as csv, the header alone when there is none', async () => {
    const cwd = await workshop({ trained: true })
    const lines = (await telltale([...EXPLAIN, '--format', 'csv'], { cwd })).stdout.trim().split('\n')
    expect(lines[0]).toBe(
      'id,onset,detected,peak,last,score,kind,verdict,reason,sentence,channels,repaired_score',
    )
    expect(lines.length).toBeGreaterThan(1)
    const none = await telltale(
      [...EXPLAIN, '--threshold', '1e6', '--format', 'csv', '--report', 'none.html'],
      { cwd },
    )
    expect(none.stdout.trim()).toBe(lines[0])
    expect(readFileSync(join(cwd, 'none.html'), 'utf8')).toContain('no anomalies')
  })

  it('refuses an unknown event, another ending of the report, and a unit of an unknown channel', async () => {
    const cwd = await workshop({ trained: true })
    const wrong = await telltale([...EXPLAIN, '--event', 'e1'], { cwd })
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('there is no event e1')])
    const ending = await telltale([...EXPLAIN, '--report', 'events.pdf'], { cwd })
    expect([ending.code, ending.stderr]).toEqual([2, expect.stringContaining('.pdf')])
    const unit = await telltale([...EXPLAIN, '--unit', 'nothing=K'], { cwd })
    expect([unit.code, unit.stderr]).toEqual([2, expect.stringContaining('flow, pressure')])
  })

  it('has the training history of a network in its report', async () => {
    const cwd = await workshop({ trained: true })
    await telltale([...EXPLAIN, '--report', 'report.html'], { cwd })
    const page = readFileSync(join(cwd, 'report.html'), 'utf8')
    expect(page.match(/<h2[^>]*>Training history<\/h2>.*?<\/section>/s)?.[0]).toMatch(/<svg.*epoch/s)
  })

  it('says that there is no event to explain', async () => {
    const cwd = await workshop({ trained: true })
    const none = async (...more: string[]) =>
      (await telltale([...EXPLAIN, '--threshold', '1e6', ...more], { cwd })).stdout
    expect(await none()).toBe('no events: there is nothing to explain\n')
    expect(await none('--format', 'md')).toBe('No events: there is nothing to explain.\n')
    expect(await none('--format', 'json')).toBe('[]\n')
  })

  it('refuses a method that the detector cannot do, and names those that it can', async () => {
    const cwd = await workshop({ trained: false })
    await telltale(['train', 'data.csv', '--rows', ':480', '--out', 'model', '--detector', 'pca-q'], { cwd })
    const { code, stderr } = await telltale([...EXPLAIN, '--method', 'integrated-gradients'], { cwd })
    expect([code, stderr]).toEqual([2, expect.stringContaining('cannot explain the detector')])
    expect(stderr).toContain(
      'repair, standardised, movement, decomposition, permutation and shapley explain every',
    )
  })

  it('answers what happened at a time: part of an event, normal, no event because of a rule, no score', async () => {
    const cwd = await workshop({ trained: true })
    const at = async (time: string, ...more: string[]) =>
      (await telltale([...EXPLAIN, '--at', time, ...more], { cwd })).stdout
    const inEvent = await at('2024-01-01T08:25')
    expect(inEvent).toMatch(/2024-01-01 08:25:00 \(UTC\) {2}part of the event e20240101T08\d+;/)
    expect(inEvent).toMatch(/flow .*, expected/)
    expect(await at('2024-01-01T03:00')).toContain('normal: its score of')
    expect(await at('2024-01-01T08:25', '--open-count', '90')).toContain('(--open-count')
    const json = JSON.parse(await at('2024-01-01T08:25', '--format', 'json'))
    expect(json).toMatchObject({ status: 'event', sample: 505, explanation: { id: json.event } })
    expect(json.channels[0]).toMatchObject({ name: 'flow' })
    const csv = await at('2024-01-01T07:30', '--format', 'csv', '--stride', '100')
    expect(csv).toMatch(/^time,sample,score,status,reason,event,sentence\n.*,450,,no-score,stride,,/)
  })

  it('refuses a time that is not in the table, and two choices of what to explain', async () => {
    const cwd = await workshop({ trained: true })
    const refused = async (...more: string[]) => {
      const { code, stderr } = await telltale([...EXPLAIN, ...more], { cwd })
      return `${code} ${stderr}`
    }
    expect(await refused('--at', '2023-01-01')).toMatch(/^2 .*no sample at 2023-01-01T00:00:00Z; the table/s)
    expect(await refused('--at', 'soon')).toMatch(/^2 .*--at is "soon"/s)
    expect(await refused('--at', '2024-01-01T08:25', '--event', 'e1')).toMatch(/^2 .*--event and --at/s)
    expect(await refused('--global', '--chunk-rows', '100')).toMatch(/^2 .*--global and --chunk-rows/s)
    expect(await refused('--global', '--compare-methods')).toMatch(/^2 .*--global and --compare-methods/s)
    expect(await refused('--top', '2', '--event', 'e1')).toMatch(/^2 .*--event and --top/s)
  })

  it('escapes names of channels in the report', async () => {
    const cwd = await workshop({ trained: false })
    const name = '<script>alert(1)</script>'
    writeFileSync(join(cwd, 'data.csv'), smallTable().replace('flow', name))
    const { code, stderr } = await telltale(
      ['train', 'data.csv', '--rows', ':480', '--out', 'model', '--detector', 'pca-q'],
      { cwd },
    )
    expect(code, stderr).toBe(0)
    await telltale([...EXPLAIN, '--report', 'events.html'], { cwd })
    const page = readFileSync(join(cwd, 'events.html'), 'utf8')
    expect(page).not.toContain('<script>alert')
    expect(page).toContain('&lt;script&gt;')
  })
})
