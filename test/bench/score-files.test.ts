import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'

const RUN = fileURLToPath(new URL('../../bench/quality/run.mjs', import.meta.url))
const ROWS = 300
const FIRST = ['--only', 'SKAB/a']

describe('scores of other programs in the quality benchmark', () => {
  let folder: string
  const labels = Array.from({ length: ROWS }, (_, i) => (i >= 200 && i < 230 ? 1 : 0))

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'telltale-scores-'))
    const random = createRandom(1)
    const lines = labels.map((label, i) => `${i},${random.normal()},${label}`)
    mkdirSync(join(folder, 'SKAB'))
    writeFileSync(join(folder, 'SKAB', 'a.csv'), `time,x,label\n${lines.join('\n')}\n`)
    // Nothing has scored the second series.
    const series = ['a', 'b'].map(name => {
      const [file, vus_window] = ['SKAB/a.csv', 10]
      return { dataset: 'SKAB', name, file, rows: ROWS, dims: 1, train_rows: 100, vus_window }
    })
    writeFileSync(join(folder, 'MANIFEST.json'), JSON.stringify({ series }))
    write('knowing', labels)
    // One sample in five of the event stands out: precise, but blind to the rest until it is smoothed.
    write(
      'spiky',
      labels.map((label, i) => label * Number(i % 5 === 0) + random.uniform() / 10),
    )
    write('short', labels.slice(1))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function write(detector: string, scores: readonly number[]): void {
    const place = join(folder, 'scores', detector, 'SKAB')
    mkdirSync(place, { recursive: true })
    const bytes = Buffer.alloc(4 * scores.length)
    scores.forEach((score, i) => {
      bytes.writeFloatLE(score, 4 * i)
    })
    writeFileSync(join(place, 'a.f32'), bytes)
    const facts = { seed: 1, causal: false, seconds: 12.5, peakMemoryMb: 345 }
    writeFileSync(join(place, 'a.json'), JSON.stringify(facts))
  }

  function run(detectors: string, ...more: string[]) {
    const out = join(folder, 'rows.jsonl')
    const args = ['--data', folder, '--scores', join(folder, 'scores'), '--fresh', '--out', out]
    const { stderr, status } = spawnSync(
      process.execPath,
      [RUN, ...args, '--detectors', detectors, ...more],
      {
        encoding: 'utf8',
      },
    )
    const text = readFileSync(out, 'utf8').trimEnd()
    return { stderr, status, rows: text === '' ? [] : text.split('\n').map(line => JSON.parse(line)) }
  }

  it('are evaluated like those of its own detectors, with the seconds and the memory that were measured elsewhere', () => {
    const { rows, status } = run('knowing', ...FIRST)
    expect(status).toBe(0)
    expect(rows).toMatchObject([{ detector: 'knowing', seconds: 12.5, peakMemoryMb: 345 }])
    expect(rows[0].metrics['auc-pr']).toBe(1)
  })

  it('stand beside themselves under the smoothing of the detectors of the package', () => {
    const { rows } = run('spiky,spiky+kernel', ...FIRST)
    const [raw, smooth] = ['spiky', 'spiky+kernel'].map(name => rows.find(row => row.detector === name))
    expect(smooth.metrics['vus-pr']).toBeGreaterThan(raw.metrics['vus-pr'] + 0.1)
  })

  it('are asked for the first of every so many series of a set only, and missed where there are none', () => {
    expect(run('knowing', '--every', '2')).toMatchObject({ status: 0, rows: [{ name: 'a' }] })
    const { stderr, status } = run('knowing', '--every', '1')
    expect([status, stderr]).toEqual([1, expect.stringContaining('this series was not scored')])
  })

  it('are refused when they are too few, of another seed, or look ahead where that is not allowed', () => {
    for (const [args, reason] of [
      [['short'], '299 scores for 300 rows'],
      [['knowing', '--seed', '2'], 'is of seed 1, not 2'],
      [['knowing', '--causal'], 'scores that look ahead'],
    ] as const) {
      const [detectors, ...more] = args
      const { stderr, status } = run(detectors, ...FIRST, ...more)
      expect([status, stderr]).toEqual([1, expect.stringContaining(reason)])
    }
  })
})
