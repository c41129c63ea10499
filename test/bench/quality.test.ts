import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { METRICS } from '../../src/evaluate/index.js'

interface Row {
  readonly dataset: string
  readonly name: string
  readonly detector: string
  readonly events: number
  readonly metrics: Readonly<Record<string, number | null>>
  readonly seconds: number
  readonly peakMemoryMb: number
}

interface AlarmRow {
  readonly name: string
  readonly normalRows: number
  readonly events: boolean
  readonly budgets: readonly {
    readonly reason?: string
    readonly expected: number
    readonly alarms: number
    readonly low: number
    readonly high: number
    readonly inside: boolean
  }[]
}

const RUN = fileURLToPath(new URL('../../bench/quality/run.mjs', import.meta.url))
const OPEN = fileURLToPath(new URL('../../../shared/data/open', import.meta.url))

function run(...args: string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [RUN, ...args], { encoding: 'utf8' })
  return { stdout, stderr, status }
}

function rowsOf(file: string): Row[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
}

/** Everything but what a clock or the machine decides. */
function resultsOf(file: string) {
  return rowsOf(file).map(row => ({ ...row, seconds: 0, peakMemoryMb: 0 }))
}

describe('the quality benchmark', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'telltale-quality-'))
    const series = ['a', 'b', 'quiet', 'all-train'].map((name, k) => {
      const random = createRandom(k)
      mkdirSync(join(folder, 'SKAB'), { recursive: true })
      const lines = Array.from({ length: 300 }, (_, i) => {
        const label = name !== 'quiet' && i >= 200 && i < 230 ? 1 : 0
        const stamp = new Date(Date.UTC(2026, 0, 1, 0, 0, i)).toISOString().slice(0, 19).replace('T', ' ')
        return `${stamp},${random.normal() + 8 * label},${random.normal()},${label}`
      })
      const file = `SKAB/${name}.csv.gz`
      writeFileSync(join(folder, file), gzipSync(`time,x,y,label\n${lines.join('\n')}\n`))
      const train_rows = name === 'all-train' ? 300 : 100
      return { dataset: 'SKAB', name, file, rows: 300, dims: 2, train_rows, vus_window: 10 }
    })
    writeFileSync(join(folder, 'MANIFEST.json'), JSON.stringify({ series }))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('gives a row for each series with a test part and each detector, in the order of the manifest', () => {
    const out = join(folder, 'rows.jsonl')
    const { stdout, stderr, status } = run('--data', folder, '--detectors', 'random,zmax', '--out', out)
    expect([status, stderr.split('\n')[0]]).toEqual([0, '6 rows to compute, 0 kept from before'])
    const rows = rowsOf(out)
    expect(rows.map(row => `${row.name} ${row.detector}`)).toEqual(
      ['a', 'b', 'quiet'].flatMap(name => [`${name} random`, `${name} zmax`]),
    )
    const [random, zmax] = rows
    expect(zmax.metrics['vus-pr']).toBeGreaterThan(0.95)
    expect(random.metrics['vus-pr']).toBeLessThan(0.6)
    expect(zmax.metrics['event-recall']).toBe(1)
    expect(zmax.peakMemoryMb).toBeGreaterThan(1)
    const quiet = rows.find(row => row.name === 'quiet')!
    expect([quiet.events, quiet.metrics['vus-pr'], quiet.metrics.delay]).toEqual([0, null, null])
    expect(typeof quiet.metrics['false-alarms-per-day']).toBe('number')
    expect(stdout).toMatch(/\| zmax \| (0\.9\d\d|1(\.000)?) \|/)
    expect(stdout).toContain('VUS-PR against zmax')
  })

  it('does not do again what an earlier run has done, even when that was cut short in a line', () => {
    const out = join(folder, 'rows.jsonl')
    const whole = resultsOf(out)
    const text = readFileSync(out, 'utf8')
    writeFileSync(out, text.slice(0, -100))
    const { stderr } = run('--data', folder, '--detectors', 'random,zmax', '--out', out)
    expect(stderr.split('\n')[0]).toBe('1 rows to compute, 5 kept from before')
    expect(resultsOf(out)).toEqual(whole)
  })

  it('gives the same results for the same seed, whatever the number of processes, and others for another', () => {
    const results = [
      ['1', '1'],
      ['1', '3'],
      ['2', '3'],
    ].map(([seed, processes]) => {
      const out = join(folder, `seed-${seed}-${processes}.jsonl`)
      run('--data', folder, '--detectors', 'random', '--seed', seed, '--processes', processes, '--out', out)
      return resultsOf(out)
    })
    expect(results[1]).toEqual(results[0])
    expect(results[2].map(row => row.metrics)).not.toEqual(results[0].map(row => row.metrics))
  })

  it('pools the counts of all recordings for the SKAB table', () => {
    const { stdout, status } = run('--data', folder, '--detectors', 'zmax', '--protocol', 'skab')
    expect(status).toBe(0)
    expect(stdout).toMatch(/\| zmax \| \S+ \| \S+ \| \S+ \| 3 \|/)
  })

  it('runs the baselines, the usual detectors and auto when no detector is named, and tests them in pairs', () => {
    const out = join(folder, 'usual.jsonl')
    const { stdout, status } = run(
      '--data',
      folder,
      '--only',
      'SKAB/a,SKAB/b',
      '--out',
      out,
      '--processes',
      '1',
    )
    expect(status).toBe(0)
    const rows = rowsOf(out)
    const detectors = [...new Set(rows.map(row => row.detector))]
    expect(rows).toHaveLength(2 * detectors.length)
    for (const name of ['random', 'zmax', 'pca-q', 'linear-var', 'nearest', 'auto'])
      expect(detectors).toContain(name)
    for (const { metrics, seconds, peakMemoryMb } of rows) {
      expect(Object.keys(metrics)).toEqual(METRICS.map(({ name }) => name))
      expect(seconds).toBeGreaterThan(0)
      expect(peakMemoryMb).toBeGreaterThan(1)
    }
    // Two series cannot tell detectors apart: the smallest p of the exact signed-rank test is 2 / 2^2.
    const tested = [
      ...stdout.matchAll(
        /^\| ([\w+-]+) \| -?[\d.e-]+ \| -?[\d.e-]+ \| \d \| \d \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$/gm,
      ),
    ]
    expect(tested.map(([, name]) => name).length).toBe(detectors.length - 1)
    for (const [, , p] of tested) expect(Number(p)).toBeGreaterThanOrEqual(0.5)
  })

  it('counts false alarms on normal rows only, and says what has no estimate', () => {
    const out = join(folder, 'alarms.jsonl')
    const { stdout, status } = run(
      '--data',
      folder,
      '--protocol',
      'false-alarms',
      '--detectors',
      'zmax',
      '--out',
      out,
    )
    expect(status).toBe(0)
    const rows: AlarmRow[] = readFileSync(out, 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(rows.map(({ name }) => name)).toEqual(['a', 'b', 'quiet'])
    // 200 rows after the training part; the event at 200 to 229 and two windows of 10 on either side are left out.
    expect(rows.map(({ normalRows, events }) => [normalRows, events])).toEqual([
      [130, true],
      [130, true],
      [200, false],
    ])
    for (const { budgets, normalRows } of rows) {
      const [day, , often] = budgets
      // A hundred seconds of history cannot support an estimate of one alarm a day.
      expect(day.reason).toBe('too little history')
      expect(often.expected).toBeCloseTo(normalRows / 300, 10)
      for (const { alarms, low, high, inside } of budgets)
        expect(inside).toBe(alarms >= low && alarms <= high)
    }
    expect(stdout).toContain('False alarms, realised over expected')
  })

  it('refuses names it does not know and tells those it does', () => {
    const { stderr, status } = run('--data', folder, '--detectors', 'zmin')
    expect([status, stderr]).toEqual([2, expect.stringContaining('random, zmax')])
    expect(run('--data', folder, '--only', 'NAB').status).toBe(2)
  })

  it.skipIf(!existsSync(OPEN))(
    'reproduces published values of |z| on real series (needs ../shared/data/open)',
    () => {
      const baselines = join(OPEN, '..', 'baselines.csv')
      const [header, ...lines] = readFileSync(baselines, 'utf8')
        .trimEnd()
        .split('\n')
        .map(line => line.split(','))
      const column = (cells: string[], name: string) => cells[header.indexOf(name)]
      const wanted = new Map(
        lines
          .filter(cells => column(cells, 'method') === 'zmax' && column(cells, 'smooth') === '0')
          .map(cells => [`${cells[0]}/${cells[1]}`, Number(column(cells, 'vus_pr'))]),
      )
      const out = join(folder, 'open.jsonl')
      run('--data', OPEN, '--only', 'ASD,BATADAL,LWSNDR,UCR', '--detectors', 'zmax', '--out', out)
      const evaluated = rowsOf(out).filter(row => row.metrics['vus-pr'] !== null)
      expect(evaluated.length).toBe(11)
      for (const row of evaluated)
        expect(row.metrics['vus-pr']).toBeCloseTo(wanted.get(`${row.dataset}/${row.name}`)!, 3)
    },
  )
})
