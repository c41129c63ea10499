// Trains on the first 400 rows of each SKAB recording and detects on the rest, through the command line:
//   node examples/skab.mjs DATA_DIR [options of telltale train]
// DATA_DIR has a MANIFEST.json with `series: [{ dataset, name, file, train_rows }]`; each file is a gzipped CSV with `time` first and
// `label` last. The recordings are not part of this project (Katser and Kozitsin 2020, https://github.com/waico/SKAB).
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

const CLI = fileURLToPath(new URL('../dist/bin/telltale.js', import.meta.url))
const TRAIN_ROWS = 400

const [dataDir, ...trainOptions] = process.argv.slice(2)
if (!dataDir) {
  console.error('usage: node examples/skab.mjs DATA_DIR [options of telltale train]')
  process.exit(2)
}

function telltale(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args, '--no-config'], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`telltale ${args.join(' ')}: exit ${status}\n${stderr}`)
  return stdout
}

/** Cells of a CSV without quotes, without its header. */
const readCells = text =>
  text
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map(line => line.split(','))

function count(flags, labels) {
  const counts = { tp: 0, fp: 0, fn: 0, tn: 0 }
  for (let i = 0; i < labels.length; i++)
    counts[flags[i] ? (labels[i] ? 'tp' : 'fp') : labels[i] ? 'fn' : 'tn']++
  return counts
}

/** F1, false-alarm rate FP / (FP + TN) and missed-alarm rate FN / (FN + TP), as the SKAB leaderboard has them. */
function rates({ tp, fp, fn, tn }) {
  return { f1: (2 * tp) / (2 * tp + fp + fn), far: fp / (fp + tn), mar: fn / (fn + tp) }
}

const print = (name, rows, events, { f1, far, mar }) => {
  const percent = share => `${(share * 100).toFixed(1)} %`.padStart(8)
  console.log(
    `${name.padEnd(14)}${String(rows).padStart(7)}${String(events).padStart(8)}${f1.toFixed(3).padStart(8)}${percent(far)}${percent(mar)}`,
  )
}

/** Flags with the same share of ones, at seeded random places (mulberry32). */
function randomFlags(flags, seed) {
  const share = flags.reduce((sum, flag) => sum + flag, 0) / flags.length
  let state = seed
  return flags.map(() => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32 < share ? 1 : 0
  })
}

const series = JSON.parse(readFileSync(join(dataDir, 'MANIFEST.json'), 'utf8')).series.filter(
  ({ dataset, train_rows: rows }) => dataset === 'SKAB' && rows === TRAIN_ROWS,
)
const scratch = mkdtempSync(join(tmpdir(), 'skab-'))
const pooled = { flags: [], labels: [], events: 0 }
const started = Date.now()
try {
  console.log(
    `${'recording'.padEnd(14)}${'rows'.padStart(7)}${'events'.padStart(8)}${'F1'.padStart(8)}${'FAR'.padStart(8)}${'MAR'.padStart(8)}`,
  )
  for (const { name, file } of series) {
    const data = join(dataDir, file)
    const [model, scores, events] = ['model', 'scores.csv', 'events.csv'].map(part => join(scratch, part))
    const columns = ['--time-column', 'time', '--label-column', 'label']
    telltale('train', data, '--rows', `:${TRAIN_ROWS}`, ...columns, '--out', model, ...trainOptions)
    telltale(
      'detect',
      data,
      '--rows',
      `${TRAIN_ROWS}:`,
      ...columns,
      '--model',
      model,
      '--scores',
      scores,
      '--events',
      events,
    )
    const labels = readCells(gunzipSync(readFileSync(data)).toString())
      .slice(TRAIN_ROWS)
      .map(cells => Number(cells.at(-1)))
    const flags = readCells(readFileSync(scores, 'utf8')).map(cells => Number(cells[2]))
    const eventCount = readFileSync(events, 'utf8').trim().split('\n').length - 1
    if (flags.length !== labels.length)
      throw new Error(`${name}: ${flags.length} scores for ${labels.length} rows`)
    print(name, labels.length, eventCount, rates(count(flags, labels)))
    pooled.flags.push(...flags)
    pooled.labels.push(...labels)
    pooled.events += eventCount
  }
  print('pooled', pooled.labels.length, pooled.events, rates(count(pooled.flags, pooled.labels)))
  print('random score', pooled.labels.length, '-', rates(count(randomFlags(pooled.flags, 1), pooled.labels)))
  print(
    'always alarm',
    pooled.labels.length,
    '-',
    rates(
      count(
        pooled.labels.map(() => 1),
        pooled.labels,
      ),
    ),
  )
  console.log(`${series.length} recordings in ${((Date.now() - started) / 1000).toFixed(1)} s`)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
