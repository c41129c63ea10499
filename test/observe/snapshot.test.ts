import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  checkMetricsFile,
  createMetrics,
  readSnapshot,
  type Snapshot,
  writeSnapshot,
} from '../../src/observe/index.js'

let file: string
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-snapshot-'))
  file = join(folder, 'job.json')
})
afterEach(() => rmSync(folder, { recursive: true }))

function snapshot(): Snapshot {
  const metrics = createMetrics({ now: () => 0 })
  metrics.time('score', () => 1)
  metrics.set('telltale_coverage_ratio', 1, { model: 'm' })
  return {
    format: 'telltale-metrics',
    formatVersion: 1,
    job: {
      command: 'detect',
      version: '1.0.0',
      pid: 5,
      host: 'h',
      startedAt: '2024-01-01T00:00:00.000Z',
      updatedAt: '2024-01-01T00:00:05.000Z',
      seconds: 5,
      state: 'running',
      exitCode: null,
      everySeconds: 5,
      slow: {},
      totalMemoryBytes: 1e9,
    },
    metrics: metrics.families(),
  }
}

describe('readSnapshot', () => {
  it('reads what was written', async () => {
    await writeSnapshot(file, snapshot())
    expect(await readSnapshot(file)).toEqual(snapshot())
  })

  it.each([
    ['no JSON', 'metric,labels', 'it is not JSON'],
    ['another format', JSON.stringify({ ...snapshot(), format: 'x' }), 'format'],
    ['a newer version', JSON.stringify({ ...snapshot(), formatVersion: 2 }), 'formatVersion'],
    [
      'a metric that is unknown',
      JSON.stringify({ ...snapshot(), metrics: [{ name: 'x', series: [] }] }),
      'metrics.0.name',
    ],
  ])('refuses %s', async (_, text, reason) => {
    writeFileSync(file, text)
    await expect(readSnapshot(file)).rejects.toMatchObject({
      code: 'snapshot-unreadable',
      message: expect.stringContaining(reason),
    })
  })
})

describe('checkMetricsFile', () => {
  it('refuses an ending that says no form', () => {
    expect(() => checkMetricsFile('a.json', '--out')).not.toThrow()
    expect(() => checkMetricsFile('a.xml', '--out')).toThrow('must end with one of .json, .prom, .csv')
  })
})
