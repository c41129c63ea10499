import { readFileSync } from 'node:fs'
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
})
