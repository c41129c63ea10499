import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SMALL, telltale, workshop } from '../world.js'

async function eventsOf(cwd: string, ...rules: string[]): Promise<unknown[]> {
  const args = ['detect', 'data.csv', '--model', 'model', '--workers', '1', '--format', 'json', ...rules]
  const { code, stdout, stderr } = await telltale(args, { cwd })
  if (code !== 0) throw new Error(stderr)
  return JSON.parse(stdout).events
}

describe('the rules of events', () => {
  it('open an event only after as many flagged samples as wanted, unless the score is critical', async () => {
    const cwd = await workshop({ trained: true })
    expect((await eventsOf(cwd)).length).toBeGreaterThan(0)
    expect(await eventsOf(cwd, '--open-count', '100')).toEqual([])
    expect((await eventsOf(cwd, '--open-count', '100', '--critical-score', '1')).length).toBeGreaterThan(0)
  })

  it('are stored by training, and detection may override them', async () => {
    const cwd = await workshop({ trained: false })
    const args = ['train', 'data.csv', '--rows', ':480', '--out', 'model', ...SMALL, '--open-count', '100']
    expect((await telltale(args, { cwd })).code).toBe(0)
    const { options } = JSON.parse(readFileSync(join(cwd, 'model', 'manifest.json'), 'utf8'))
    expect(options.openCount).toBe(100)
    expect(await eventsOf(cwd)).toEqual([])
    expect((await eventsOf(cwd, '--open-count', '1')).length).toBeGreaterThan(0)
  })

  it('are refused when they contradict each other, before any work', async () => {
    const cwd = await workshop({ trained: false })
    const args = ['train', 'data.csv', '--out', 'model', ...SMALL, '--open-count', '5', '--open-within', '3']
    const { code, stderr } = await telltale(args, { cwd })
    expect([code, stderr]).toEqual([2, expect.stringContaining('error [option-invalid]')])
  })

  it('leave maintenance out, and say how many flags lie in it', async () => {
    const cwd = await workshop({ trained: true })
    // The fault is at 08:20 of a Monday, UTC.
    expect((await eventsOf(cwd, '--maintenance', 'daily 00:00-24:00')).length).toBe(0)
    const args = ['detect', 'data.csv', '--model', 'model', '--workers', '1']
    const { stdout } = await telltale(
      [...args, '--maintenance', 'Sun 02:00-04:00,Mon 08:00-09:00 UTC', '--scores', 'scores.csv'],
      { cwd },
    )
    expect(stdout).toMatch(/^\d+ of these are in maintenance windows, which produce no events$/m)
    const scores = readFileSync(join(cwd, 'scores.csv'), 'utf8')
    expect(scores).toMatch(/^2024-01-01T08:25:00.000Z,[\d.]+,[\d.]+,\d+,1,/m)
    const elsewhere = await eventsOf(cwd, '--maintenance', 'Mon 08:00-09:00', '--time-zone', 'Asia/Tokyo')
    expect(elsewhere.length).toBeGreaterThan(0)
  })

  it('hold channels to their direction and least deviation', async () => {
    const cwd = await workshop({ trained: true })
    const peaks = async (...rules: string[]) =>
      ((await eventsOf(cwd, ...rules)) as { peak: string }[]).filter(({ peak }) => peak.includes('T08:2'))
        .length
    expect(await peaks('--direction-by-channel', 'flow=above')).toBe(1)
    expect(await peaks('--direction-by-channel', 'flow=below,pressure=below')).toBe(0)
    expect(await peaks('--min-absolute-by-channel', 'flow=3')).toBe(1)
    expect(await peaks('--min-absolute-by-channel', 'flow=30,pressure=30')).toBe(0)
    expect(await peaks('--min-relative-by-channel', 'flow=1e6,pressure=1e6')).toBe(0)
  })

  it('of channels and maintenance are stored by training, taken from a file, and an empty list takes them away', async () => {
    const cwd = await workshop({ trained: false })
    const rules = '  maintenance: [daily 00:00-24:00]\n  min-absolute-by-channel: [flow=0.1]\n'
    writeFileSync(join(cwd, 'rules.yaml'), `train:\n${rules}`)
    const args = ['train', 'data.csv', '--rows', ':480', '--out', 'model', ...SMALL, '--config', 'rules.yaml']
    expect((await telltale(args, { cwd })).code).toBe(0)
    const { options } = JSON.parse(readFileSync(join(cwd, 'model', 'manifest.json'), 'utf8'))
    expect(options).toMatchObject({ maintenance: ['daily 00:00-24:00'], minAbsoluteByChannel: ['flow=0.1'] })
    expect(await eventsOf(cwd)).toEqual([])
    expect((await eventsOf(cwd, '--maintenance', '')).length).toBeGreaterThan(0)
  })

  it.each([
    ['--maintenance', 'Someday 02:00-04:00', 'Sun 02:00-04:00'],
    ['--direction-by-channel', 'speed=above', 'one of the channels flow, pressure'],
    ['--direction-by-channel', 'flow=up', 'NAME=above'],
    ['--min-absolute-by-channel', 'flow=-1', 'NAME=X is expected'],
  ])('%s %s is refused and told what is wanted', async (flag, value, wanted) => {
    const cwd = await workshop({ trained: true })
    const args = ['detect', 'data.csv', '--model', 'model', '--workers', '1', flag, value]
    const { code, stderr } = await telltale(args, { cwd })
    expect([code, stderr]).toEqual([2, expect.stringContaining(wanted)])
  })

  it('that differ from those of the training come with the false alarms to expect from them', async () => {
    const cwd = await workshop({ trained: true })
    const args = ['detect', 'data.csv', '--model', 'model', '--workers', '1']
    expect((await telltale(args, { cwd })).stderr).not.toContain('false alarms')
    const { stderr } = await telltale([...args, '--min-length', '3'], { cwd })
    expect(stderr).toMatch(
      /^note: expected false alarms: .+; 95 % prediction interval over .+: (?:.+ to|at most) .+$/m,
    )
    const { stderr: also } = await telltale([...args, '--maintenance', 'Sun 02:00-04:00'], { cwd })
    expect(also).toContain('counted without maintenance, which makes real alarms rarer')
  })
})
