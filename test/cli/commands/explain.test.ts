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
