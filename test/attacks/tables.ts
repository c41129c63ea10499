import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Random } from '../../src/core/random.js'
import { readTable, readTables } from '../../src/ingest/index.js'
import type { Model } from '../../src/model/index.js'
import { detect, trainModel } from '../../src/pipeline/index.js'
import { checkScores } from './artefacts.js'
import { garbled, HOSTILE_NAMES } from './hostile.js'
import { type Attack, expectThat, pick, REFUSED, wellBehaved } from './runner.js'

const CELLS = [
  '',
  ' ',
  '1',
  '-0',
  '1e308',
  '-1e308',
  '5e-324',
  'NaN',
  'inf',
  '1e999',
  '0x10',
  '"',
  '1,5',
  'null',
  '=1+1',
  '٣',
  '\u0000',
  '-',
  'true',
  '9'.repeat(400),
]
const TIMES = [
  '2024-01-01T00:00:00Z',
  '2024-13-45',
  '0',
  '1e300',
  '-1',
  '9999999999999999999',
  '',
  'NaT',
  `2024-${' '.repeat(2000)}`,
  '275760-09-13T00:00:01Z',
]

const plainRows = (n: number) =>
  Array.from({ length: n }, (_, i) => [
    new Date(Date.UTC(2024, 0, 1) + 60_000 * i).toISOString(),
    Math.sin(i / 3).toFixed(4),
    Math.cos(i / 3).toFixed(4),
  ])

/** A delimited text with some cells, names and bytes that no reader expects. */
function hostileCsv(random: Random): string {
  const names = ['time', random.uniform() < 0.3 ? pick(random, HOSTILE_NAMES) : 'a', 'b']
  const rows = plainRows(5 + random.integer(40))
  for (let n = random.integer(6); n > 0; n--) {
    const row = pick(random, rows)
    const at = random.integer(3)
    row[at] = pick(random, at === 0 && random.uniform() < 0.7 ? TIMES : CELLS)
  }
  if (random.uniform() < 0.1) pick(random, rows).push('x')
  const quoted = (cell: string) =>
    /[",\n\r]/.test(cell) && random.uniform() < 0.8 ? `"${cell.replaceAll('"', '""')}"` : cell
  const text = [names, ...rows].map(row => row.map(quoted).join(',')).join('\n')
  return random.uniform() < 0.5 ? text : garbled(text, random, ',;"\n\r\t 0-eE\u0000\ufeff')
}

function hostileJson(random: Random): string {
  const lines = plainRows(20).map(([time, a, b]) => JSON.stringify({ time, a: Number(a), b: Number(b) }))
  const at = random.integer(lines.length)
  lines[at] = pick(random, [
    '{',
    '[]',
    '{"a":1e999}',
    '{"time":{}}',
    `${'['.repeat(5000)}`,
    '{"__proto__":1}',
    'null',
    '{"a":"x"}',
    `{"a":${'[1,'.repeat(3000)}`,
  ])
  return garbled(lines.join('\n'), random, '{}[]:,"\\1e-n ')
}

export function tableAttacks(folder: string, models: readonly Model[]): readonly Attack[] {
  const known = models[0]!
  return [
    {
      name: 'hostile tables',
      short: 60,
      long: 10_000,
      limitMs: 15_000,
      make(random, k) {
        const isJson = random.uniform() < 0.25
        const text = isJson ? hostileJson(random) : hostileCsv(random)
        const isPacked = random.uniform() < 0.1
        const file = join(folder, `t${k % 50}.${isJson ? 'ndjson' : 'csv'}`)
        return {
          what: JSON.stringify(text).slice(0, 300),
          run: () =>
            wellBehaved(async () => {
              writeFileSync(file, isPacked ? gzipSync(text) : text)
              const { frame } = await readTable(file, {
                missing: 'keep',
                badCells: 'missing',
                lateRows: 'sort',
              })
              expectThat(
                frame.values.length === frame.timeMs.length * frame.channels.length,
                'a ragged frame',
              )
              if (!['a', 'b'].every(name => frame.channels.includes(name))) return
              checkScores(await detect(known, frame, { missing: 'hold', validationLevel: 'permissive' }))
            }),
        }
      },
    },
    {
      name: 'tables nested or packed to stop the engine',
      short: BOMBS.length,
      long: BOMBS.length,
      limitMs: 20_000,
      make(_, k) {
        const [name, make, mustRefuse] = BOMBS[k % BOMBS.length]!
        return {
          what: name,
          async run() {
            const file = join(folder, name)
            writeFileSync(file, make())
            const result = await wellBehaved(() => readTable(file))
            expectThat(!mustRefuse || result === REFUSED, 'it was read')
            return result
          },
        }
      },
    },
    {
      name: 'devices with names like missing values',
      short: 1,
      long: 1,
      limitMs: 20_000,
      make: () => ({
        what: 'null, NA, none, -, ?, NaN',
        async run() {
          const devices = ['null', 'NA', 'none', '-', '?', 'NaN', 'x']
          const rows = devices.flatMap(device => plainRows(10).map(([time, a]) => `${device},${time},${a}`))
          const file = join(folder, 'devices.csv')
          writeFileSync(file, `machine,time,a\n${rows.join('\n')}\n`)
          const tables = await readTables(file, { deviceColumn: 'machine' })
          expectThat(tables.length === devices.length, `${tables.length} devices`)
        },
      }),
    },
    perfectHistories(),
  ]
}

const BOMBS: readonly (readonly [string, () => string | Buffer, boolean])[] = [
  ['deep.json', () => `[{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}]`, true],
  ['deep.ndjson', () => `{"a":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}\n`, true],
  ['deep.json.gz', () => gzipSync(`[{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}]`), true],
  ['zeros.csv.gz', () => gzipSync(Buffer.alloc(100_000_000)), true],
  ['blanks.csv', () => `time,a\n2024-01-01,${' '.repeat(300_000)}1\n`, false],
  [
    'time.csv',
    () => `time,a\n${Array.from({ length: 50 }, () => `2024-${' '.repeat(20_000)},1`).join('\n')}\n`,
    false,
  ],
  [
    'wide.csv',
    () => `${Array.from({ length: 30_000 }, (_, i) => `c${i}`).join()}\n${'1,'.repeat(29_999)}1\n`,
    true,
  ],
  ['header.csv', () => `${'x'.repeat(500_000)}\n1\n`, false],
  ['quote.csv', () => `a\n"${'x\n'.repeat(100_000)}`, true],
]

/** Histories that leave a detector nothing to divide by. */
function perfectHistories(): Attack {
  const shapes: Readonly<Record<string, (i: number) => number>> = {
    ramp: i => i,
    sine: i => Math.sin(i / 5),
    'negative zero': i => (i % 50 === 0 ? 1 : -0),
    binary: i => (i >> 4) & 1,
    huge: i => (i % 2 === 0 ? 1e308 : -1e308),
    tiny: i => 5e-324 * (i % 3),
    'almost constant': i => 1e6 + (i % 7) * 1e-10,
  }
  const detectors = [
    'range',
    'nearest',
    'k-means',
    'sub-pca',
    'matrix-profile',
    'z-score',
    'pca-q',
    'auto',
    'cusum',
    'ewma',
  ] as const
  const cases = Object.keys(shapes).flatMap(shape => detectors.map(detector => ({ shape, detector })))
  const budgets = [undefined, '1/day'] as const
  return {
    name: 'perfect histories',
    short: 14,
    long: 2 * cases.length,
    limitMs: 60_000,
    make(_, k) {
      // Steps through all pairs, the short form through some of each.
      const { shape, detector } = cases[(k * 11) % cases.length]!
      const falseAlarms = budgets[k % 2]
      const frameOf = (n: number, jump: number) => ({
        timeMs: Float64Array.from({ length: n }, (_, i) => 60_000 * i),
        timeKind: 'utc' as const,
        values: Float64Array.from(
          { length: 2 * n },
          (_, at) => shapes[shape]!(at >> 1) + (at >> 1 > n - 10 ? jump : 0),
        ),
        channels: ['a', 'b'],
      })
      return {
        what: `${detector} on ${shape}, ${falseAlarms}`,
        run: () =>
          wellBehaved(async () => {
            const options = {
              detector,
              window: 10,
              workers: 1,
              validationLevel: 'permissive',
              ...(falseAlarms && { falseAlarms }),
            } as const
            const model = await trainModel(frameOf(300, 0), options)
            for (const { level } of Object.values(model.info.calibration))
              expectThat(Number.isFinite(level) && level > 0, `level ${level}`)
            for (const jump of [0, 1, 1e300])
              for (const alignment of ['causal', 'two-sided'] as const) {
                const detection = await detect(model, frameOf(80, jump), {
                  alignment,
                  validationLevel: 'permissive',
                })
                checkScores(detection)
                for (const { channels, score } of detection.events) {
                  expectThat(Number.isFinite(score), `event score ${score}`)
                  expectThat(
                    channels.every(({ share }) => Number.isFinite(share)),
                    'a share that is no number',
                  )
                }
              }
          }),
      }
    },
  }
}
