// Memory and speed of scoring chunk by chunk: `npm run bench:out-of-core [-- --rows 1000000,10000000 --detectors auto,dense-ae --stride 1]`;
// with `-- --train` of training on blocks instead (`--memory 256`).
// Parquet files of 20 channels are made in a temporary folder; every run of the command line is a process of its own.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readArguments } from '../scripts/arguments.mjs'

const CHANNELS = 20
const HISTORY = 20_000
const main = new URL('../dist/bin/telltale.js', import.meta.url)

if (process.env.BENCH_CHILD) {
  process.on('exit', () => process.stderr.write(`\npeak ${process.resourceUsage().maxRSS}\n`))
  await import(main)
} else {
  await compare()
}

async function compare() {
  const { values: options } = readArguments(import.meta, {
    rows: { type: 'string', default: '1000000,10000000' },
    detectors: { type: 'string', default: 'auto,dense-ae' },
    // Default: what the command line chooses by itself.
    chunkRows: { type: 'string' },
    stride: { type: 'string', default: '1' },
    train: { type: 'boolean', default: false },
    memory: { type: 'string', default: '1024' },
  })
  const sizes = options.rows.split(',').map(Number)
  const folder = mkdtempSync(join(tmpdir(), 'telltale-bench-'))
  try {
    const titles = ['detector', 'rows x channels', 'file MB', 'seconds', 'rows/s', 'peak RSS MB']
    if (options.train) titles.push('trained on')
    console.log(`| ${titles.join(' | ')} |`)
    console.log(`| ${titles.map(() => '---').join(' | ')} |`)
    for (const rows of sizes) {
      const file = join(folder, `${rows}.parquet`)
      await makeTable(file, rows)
      for (const detector of options.detectors.split(',')) {
        const model = join(folder, detector)
        if (!options.train && rows === sizes[0]) train(file, model, detector, ['--rows', `:${HISTORY}`])
        const { seconds, peakMb, stdout } = options.train
          ? train(file, model, detector, ['--memory', options.memory])
          : score(file, model, options)
        const cells = [detector, `${rows} x ${CHANNELS}`, (statSync(file).size / 1e6).toFixed(0)]
        cells.push(seconds.toFixed(1), (rows / seconds).toFixed(0), peakMb.toFixed(0))
        if (options.train) {
          const { training } = JSON.parse(stdout)
          cells.push(`${training.rows} rows, ${training.blocks?.count ?? 1} blocks`)
        }
        console.log(`| ${cells.join(' | ')} |`)
      }
      rmSync(file)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function makeTable(file, rows) {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB' })
  const connection = await instance.connect()
  const cells = Array.from(
    { length: CHANNELS },
    (_, c) => `round(20 + ${c} + 5 * sin(i / (50.0 + ${c})) + random(), 4) as s${c}`,
  )
  const time = `timestamp '2020-01-01' + to_seconds(i) as time`
  await connection.run(`copy (select ${time}, ${cells.join()} from range(${rows}) r(i)) to '${file}'`)
  connection.closeSync()
}

function train(file, model, detector, reading) {
  const kind = detector === 'auto' ? ['--detector', 'auto'] : ['--architecture', detector, '--epochs', '5']
  return telltale(['train', file, ...reading, '--out', model, ...kind, '--format', 'json'])
}

function score(file, model, { stride, chunkRows }) {
  const chunks = chunkRows ? ['--chunk-rows', chunkRows] : ['--memory', '1']
  return telltale(['detect', file, '--model', model, '--stride', stride, ...chunks, '--format', 'json'])
}

function telltale(args) {
  const started = performance.now()
  const self = fileURLToPath(import.meta.url)
  const env = { ...process.env, BENCH_CHILD: '1' }
  const result = spawnSync(process.execPath, [self, ...args], { env, encoding: 'utf8', maxBuffer: 2 ** 28 })
  if (result.status !== 0) throw new Error(result.stderr)
  const [, peakKb] = result.stderr.match(/peak (\d+)/)
  return { seconds: (performance.now() - started) / 1000, peakMb: peakKb / 1024, stdout: result.stdout }
}
