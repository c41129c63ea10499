import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { telltale, workshop } from './world.js'

describe('telltale stream --interactive', { timeout: 60_000 }, () => {
  it('answers each typed sample with its score, and says what it cannot read', async () => {
    const cwd = await workshop({ trained: true })
    const normal = Array.from(
      { length: 12 },
      (_, i) => `flow:${Math.sin(i / 8).toFixed(3)}, pressure:${(2 + Math.cos(i / 8)).toFixed(3)}`,
    )
    const typed = [
      'help',
      ...normal,
      'flow:90,pressure:-40',
      'flow:x',
      'speed:1',
      'flow',
      'status',
      'quit',
      'flow:1',
    ]
    const stdin = Readable.from([`${typed.join('\n')}\n`])
    const { code, stdout, stderr } = await telltale(['stream', '--model', 'model', '--interactive'], {
      cwd,
      stdin,
    })
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('channels: flow, pressure')
    expect(stdout).toContain('no score yet (warm-up), after 1 sample\n')
    expect(stdout).toMatch(/score [\d.]+, threshold 1: anomalous\n(event opened: .*\n)?/)
    expect(stdout).toContain('x is not a number; type help')
    expect(stdout).toContain('speed is no channel: flow, pressure; type help')
    expect(stdout).toContain('flow is not name:value; type help')
    expect(stdout).toContain('"received":13')
  })
})
