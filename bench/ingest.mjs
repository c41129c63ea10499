// Speed and memory of reading: `npm run bench:ingest [-- --rows 1000000 --rounds 5]`. The files are made in a temporary folder.
// Every reader runs in a process of its own, all in turn within each round, so that only ratios inside one run mean something. Beside the
// time on the clock stands the time of the processor, all threads together: it tells more where other work runs, as the load average shows.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readArguments } from '../scripts/arguments.mjs'

const { values: options } = readArguments(import.meta, {
  rows: { type: 'string', default: '1000000' },
  rounds: { type: 'string', default: '5' },
  formats: { type: 'string', default: 'csv,parquet' },
  reader: { type: 'string' },
  file: { type: 'string' },
})
const CHANNELS = 8
const names = Array.from({ length: CHANNELS }, (_, i) => `s${i}`)

const READERS = {
  'DuckDB, sums only': async file => {
    const { connection } = await openDuckDB()
    const sums = names.map(name => `sum(${name})`).join()
    return time(() => connection.run(`select max(ts), ${sums} from ${source(file)}`))
  },
  'DuckDB, scan fetched as chunks': async file => {
    const { connection } = await openDuckDB()
    return time(async () => {
      const result = await connection.stream(`select ts::double, ${names.join()} from ${source(file)}`)
      for (let chunk; (chunk = await result.fetchChunk()) && chunk.rowCount > 0; )
        for (let j = 0; j <= CHANNELS; j++) chunk.getColumnVector(j)
    })
  },
  readTable: async file => {
    const { readTable } = await import('../dist/ingest/index.js')
    await import('@duckdb/node-api')
    return time(() => readTable(file))
  },
  'readChunks, 65,536 rows': async file => {
    const { readChunks } = await import('../dist/ingest/index.js')
    await import('@duckdb/node-api')
    return time(async () => {
      for await (const _ of await readChunks(file));
    })
  },
}

async function openDuckDB() {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '1GB' })
  return { connection: await instance.connect() }
}

function source(file) {
  if (file.endsWith('.parquet')) return `read_parquet('${file}')`
  const columns = ['ts', ...names].map(name => `'${name}': 'double'`).join()
  return `read_csv('${file}', auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', columns = {${columns}})`
}

async function time(work) {
  const before = process.cpuUsage()
  const started = performance.now()
  await work()
  const ms = performance.now() - started
  const { user, system } = process.cpuUsage(before)
  return { ms, cpuMs: (user + system) / 1000 }
}

async function makeFiles(folder, rows) {
  const { connection } = await openDuckDB()
  const cells = names.map(
    (name, i) => `round(20 + ${i} + 5 * sin(i / (50.0 + ${i})) + random(), 4) as ${name}`,
  )
  const table = `select 1700000000000 + i * 1000 as ts, ${cells.join()} from range(${rows}) r(i)`
  const files = options.formats.split(',').map(ending => join(folder, `table.${ending}`))
  for (const file of files) await connection.run(`copy (${table}) to '${file}'`)
  return files
}

if (options.reader) {
  const times = await READERS[options.reader](options.file)
  const [, peakKb] = readFileSync('/proc/self/status', 'utf8').match(/VmHWM:\s+(\d+)/)
  console.log(JSON.stringify({ ...times, peakMb: Number(peakKb) / 1024 }))
} else {
  console.log(`load average at the start: ${loadavg()[0].toFixed(1)}`)
  const folder = mkdtempSync(join(tmpdir(), 'telltale-bench-'))
  try {
    const files = await makeFiles(folder, Number(options.rows))
    const found = new Map()
    for (let round = 0; round < Number(options.rounds); round++) {
      for (const file of files) {
        for (const reader of Object.keys(READERS)) {
          const self = fileURLToPath(import.meta.url)
          const output = execFileSync(process.execPath, [self, '--reader', reader, '--file', file])
          const key = `${file}\n${reader}`
          found.set(key, [...(found.get(key) ?? []), JSON.parse(output)])
        }
      }
    }
    for (const file of files) {
      const of = reader => {
        const runs = found.get(`${file}\n${reader}`)
        const sorted = key => runs.map(run => run[key]).sort((a, b) => a - b)
        const middle = runs.length >> 1
        return {
          ms: sorted('ms')[middle],
          best: sorted('ms')[0],
          cpuMs: sorted('cpuMs')[middle],
          peakMb: Math.max(...runs.map(run => run.peakMb)),
        }
      }
      const scan = of('DuckDB, scan fetched as chunks')
      const size = (statSync(file).size / 2 ** 20).toFixed(0)
      console.log(`\n${file.split('.').at(-1)}: ${options.rows} rows x ${CHANNELS + 1} columns, ${size} MB`)
      for (const reader of Object.keys(READERS)) {
        const { ms, best, cpuMs, peakMb } = of(reader)
        const clock = `${ms.toFixed(0).padStart(6)} ms (best ${best.toFixed(0).padStart(4)}) ${(ms / scan.ms).toFixed(2)} x scan`
        const processor = `${cpuMs.toFixed(0).padStart(6)} ms of processor ${(cpuMs / scan.cpuMs).toFixed(2)} x scan`
        console.log(`  ${reader.padEnd(32)}${clock}${processor}  peak ${peakMb.toFixed(0)} MB`)
      }
    }
    console.log(`\nload average at the end: ${loadavg()[0].toFixed(1)}`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
