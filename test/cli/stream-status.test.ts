import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createStreamStatus, readStatus } from '../../src/cli/stream-status.js'
import { driftEvent, type Sink } from '../../src/emit/index.js'
import { scratchFolder, telltale } from './world.js'

const counts = {
  received: 12,
  taken: 9,
  refused: { late: 2, 'not-json': 1 },
  badReadings: 0,
  samples: 9,
  scored: 8,
  unscored: { 'warm-up': 1 },
  events: 1,
  drifts: 0,
  devices: 3,
  silent: 1,
  newestMs: Date.UTC(2024, 0, 1),
}
const sinks = new Map([['webhook', { counts: () => ({ waiting: 4, lost: 0 }) }]]) as unknown as ReadonlyMap<
  string,
  Sink
>
const NONE = { open: () => [], drifts: () => [] }

describe('the status of a stream', () => {
  it('has the drifts that are open, by device', async () => {
    const folder = scratchFolder()
    const status = createStreamStatus({ source: '-', model: 'm', folder, now: () => Date.now() })
    const origin = { source: 's', device: 'p7', model: 'm', timeKind: 'utc' } as const
    const drift = {
      id: 'd1',
      signal: 'flow',
      method: 'adwin',
      before: 3.2,
      after: 4.125,
      changes: 1,
    } as const
    const advice = { verdict: 'retrain', reason: '2 of 2 watched channels drift (flow, temp).' } as const
    const times = { startMs: Date.UTC(2024, 0, 2), lastMs: Date.UTC(2024, 0, 3) }
    const event = driftEvent(origin as never, {
      type: 'opened',
      drift: { ...drift, times } as never,
      ...advice,
    })
    status.update({
      counts: { ...counts, drifts: 3 },
      sinks,
      waiting: 0,
      open: { open: () => [], drifts: () => [event] },
    })
    expect(readStatus(folder).drifting).toMatchObject([
      { device: 'p7', signal: 'flow', before: 3.2, after: 4.125, ...advice },
    ])
    const { stdout } = await telltale(['status', folder])
    expect(stdout).toMatch(/^drifts +3, 1 open$/m)
    expect(stdout).toMatch(/^drift +p7: flow since 2024-01-02T00:00:00Z?.*: 3.2 before, 4.125 now: retrain$/m)
  })

  it('is written once a second, and at the end', () => {
    const folder = scratchFolder()
    let nowMs = 1_700_000_000_000
    const status = createStreamStatus({ source: '-', model: 'm', folder, now: () => nowMs })
    status.update({ counts, sinks, waiting: 7, open: NONE })
    nowMs += 500
    status.update({ counts: { ...counts, received: 13 }, sinks, waiting: 0, open: NONE })
    expect(readStatus(folder)).toMatchObject({
      state: 'running',
      waiting: 7,
      counts,
      sinks: [{ name: 'webhook', waiting: 4 }],
    })
    status.end('the disk is full')
    expect(readStatus(folder)).toMatchObject({
      state: 'failed',
      error: 'the disk is full',
      counts: { received: 13 },
    })
  })

  it('says that a stream was killed when its process is gone', async () => {
    const folder = scratchFolder()
    const status = createStreamStatus({ source: '-', model: 'm', folder, now: () => Date.now() })
    status.update({ counts, sinks, waiting: 0, open: NONE })
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    const written = { ...status.current(), pid: child.pid, host: hostname() }
    writeFileSync(join(folder, 'status.json'), JSON.stringify(written))
    expect(readStatus(folder).state).toBe('killed')
    const { code, stdout } = await telltale(['status', folder])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^state +killed$/m)
    expect(stdout).toMatch(/^messages +12 received = 9 taken \+ 2 late \+ 1 not-json$/m)
    expect(stdout).toMatch(/^samples +9 = 8 scored \+ 1 warm-up$/m)
    expect(stdout).toMatch(/^devices +3, 1 silent$/m)
  })

  it('is an error where there is none', async () => {
    const folder = scratchFolder()
    writeFileSync(join(folder, 'status.json'), '{"state":"running"}')
    for (const place of [folder, join(folder, 'x'), 'http://127.0.0.1:1']) {
      const { code, stderr } = await telltale(['status', place])
      expect(code).toBe(1)
      expect(stderr).toContain('status-missing')
    }
  })
})
