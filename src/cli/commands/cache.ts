import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { option, positiveInteger } from '../../core/options.js'
import { formatFacts, formatRows, type Row } from '../../report/index.js'
import { cacheCounts, clearCache, LINE_LABEL, listCache } from '../../store/index.js'
import { actionArgument, actionOf } from '../action.js'
import { type Call, defineCommand } from '../command.js'
import { EXIT_CODES, EXIT_OK } from '../exit-codes.js'
import { printNotes } from '../notes.js'
import { pathIn } from '../paths.js'
import { PROGRAM_FILE } from '../program-file.js'

const schema = z.object({
  yes: option(
    z.boolean().default(false),
    'Remove the entries; without it clear only shows how many there are.',
  ),
  benchmarkRows: option(
    positiveInteger().default(100_000),
    'Rows of the generated table that benchmark works on.',
  ),
})
type Options = z.output<typeof schema>
type CacheCall = Call<Options>

const ACTIONS: Readonly<Record<string, (call: CacheCall) => Promise<string>>> = {
  stats,
  list,
  clear,
  verify,
  benchmark,
}

export const cacheCommand = defineCommand({
  name: 'cache',
  summary: 'Shows, checks and empties the cache of results, or measures what it saves.',
  description:
    'detect, evaluate, validate and backtest keep their results with --cache DIR (or TELLTALE_CACHE) and repeat them while data, options, model and program are the same. ' +
    'stats: results, command lines that stand for them, bytes and look-ups. list: each entry. clear: removes all. verify: reads every byte and removes what is damaged. benchmark: first and repeated runs on a ' +
    'generated table.',
  arguments: [actionArgument(ACTIONS)],
  schema,
  examples: [
    'telltale detect today.csv --model model --cache cache',
    'telltale cache stats --cache cache',
    'telltale cache clear --cache cache --yes',
    'telltale cache benchmark',
  ],
  async run(call: CacheCall) {
    const [name] = call.args
    call.io.stdout(await actionOf(ACTIONS, 'cache', name)(call))
    return EXIT_OK
  },
})

function folderOf({ cli, io }: CacheCall): string {
  if (typeof cli.cache !== 'string') throw createError('option-missing', { name: '--cache' })
  return pathIn(io, cli.cache)
}

async function stats(call: CacheCall): Promise<string> {
  const folder = folderOf(call)
  const entries = await listCache(folder)
  const { hits, misses } = await cacheCounts(folder)
  const lines = entries.filter(({ label }) => label === LINE_LABEL)
  const facts: [string, number][] = [
    ['entries', entries.length - lines.length],
    ['lines', lines.length],
    ['bytes', entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)],
    ['limit', call.cli.cacheMb * 2 ** 20],
    ['hits', hits],
    ['misses', misses],
    ['damaged', entries.filter(({ ok }) => !ok).length],
  ]
  const { format } = call.cli
  return format === 'table' ? formatFacts(facts) : formatRows([Object.fromEntries(facts)], format)
}

async function list(call: CacheCall): Promise<string> {
  const rows = (await listCache(folderOf(call))).map(
    ({ key, label, sizeBytes, usedMs, ok }): Row => ({
      key: key.slice(0, 12),
      command: label,
      bytes: sizeBytes,
      used: new Date(usedMs).toISOString(),
      state: ok ? 'ok' : 'damaged',
    }),
  )
  return formatRows(rows, call.cli.format)
}

async function clear(call: CacheCall): Promise<string> {
  const folder = folderOf(call)
  const { yes } = call.options
  const count = yes ? await clearCache(folder) : (await listCache(folder)).length
  if (!yes) printNotes(call.io, ['nothing was removed: add --yes to do it'])
  return formatRows([{ entries: count, result: yes ? 'removed' : 'would be removed' }], call.cli.format)
}

async function verify(call: CacheCall): Promise<string> {
  const folder = folderOf(call)
  const entries = await listCache(folder)
  const damaged = new Set(entries.filter(({ ok }) => !ok).map(({ key }) => key))
  await clearCache(folder, ({ key }) => damaged.has(key))
  return formatRows(
    [{ entries: entries.length, damaged: damaged.size, removed: damaged.size }],
    call.cli.format,
  )
}

/** Runs each command twice as a process of its own, the start of the program included. */
async function benchmark({ io, cli, options }: CacheCall): Promise<string> {
  const cwd = await mkdtemp(join(tmpdir(), 'telltale-benchmark-'))
  const run = (line: string): number => {
    if (io.signal.aborted) throw createError('interrupted', { what: 'the benchmark' })
    const started = io.now()
    const { status, signal, stderr } = spawnSync(process.execPath, [PROGRAM_FILE, ...line.split(' ')], {
      cwd,
    })
    // Ctrl-C ends the process that runs as well, and this one receives it only afterwards.
    if (signal !== null || status === EXIT_CODES.interrupted)
      throw createError('interrupted', { what: 'the benchmark' })
    if (status !== 0) throw createError('bug', { reason: `telltale ${line}: ${stderr}` })
    return io.now() - started
  }
  try {
    run(`generate --out data --rows ${options.benchmarkRows} --channels 8`)
    run(`train data/train.csv --rows :10000 --out model`)
    const rows = [
      'detect data/test.csv --model model --scores scores.csv',
      'evaluate data/test.csv --model model --labels label',
      'validate data/test.csv',
      `backtest data/train.csv --rows :20000 --detector z-score --retrain-every 5000`,
    ].map((line): Row => {
      const [first, again] = [run(`${line} --cache cache`), run(`${line} --cache cache`)]
      const seconds = (ms: number) => Number((ms / 1000).toFixed(2))
      return {
        command: line.split(' ')[0],
        'first (s)': seconds(first),
        'repeated (s)': seconds(again),
        times: Number((first / again).toFixed(1)),
      }
    })
    return formatRows(rows, cli.format)
  } finally {
    await rm(cwd, { recursive: true, force: true })
  }
}
