import { readFile } from 'node:fs/promises'
import { findFile } from '../config/index.js'
import { checkOutputs, writeOutput } from '../files/index.js'
import { type Cache, cacheKey, contentHash, LINE_LABEL, openCache } from '../store/index.js'
import { codeVersion } from './code-version.js'
import type { ProcessIo } from './io.js'
import { pathIn } from './paths.js'
import { safeIo } from './safe-io.js'

/** What a run gave: what it printed, its exit code, and the files that it wrote, by option. */
export interface Outcome {
  readonly code: number
  readonly printed: readonly (readonly ['stdout' | 'stderr', string])[]
  readonly files: Readonly<Record<string, Uint8Array>>
}

/** A file of a run, and the option that names it. */
export interface WrittenPath {
  readonly key: string
  readonly path: string
}

/** What a command line stands for, as long as what it reads is the same. */
export interface LineRecord {
  /** Of its result. */
  readonly key: string
  /** Files and folders that it reads with their `contentHash`, the configuration too. */
  readonly read: readonly (readonly [path: string, hash: string | null])[]
  readonly written: readonly WrittenPath[]
  /** Path of the configuration file that is found from the working directory; null without one. */
  readonly found: string | null
  /** Whether what is printed is for programs, so that nothing of it is escaped. */
  readonly isRaw: boolean
}

type Line = Pick<ProcessIo, 'env' | 'cwd' | 'isStdoutTerminal'>

/** What decides what a command line means, the content of files left out. */
function lineKey(argv: readonly string[], { env, cwd, isStdoutTerminal }: Line): string {
  const own = Object.entries(env).filter(([name]) => name.startsWith('TELLTALE_'))
  const settings = own.sort(([a], [b]) => (a < b ? -1 : 1))
  return cacheKey([
    'line',
    ...codeVersion(),
    JSON.stringify([argv, settings, env.TZ ?? '', cwd, isStdoutTerminal]),
  ])
}

/** Records what a command line stands for. Errors: as `Cache.put`. */
export async function keepLine(
  cache: Cache,
  argv: readonly string[],
  io: Line,
  record: Omit<LineRecord, 'found'>,
): Promise<void> {
  const found = (await findFile(io.cwd)) ?? null
  const bytes = Buffer.from(JSON.stringify({ ...record, found } satisfies LineRecord))
  await cache.put(lineKey(argv, io), LINE_LABEL, bytes)
}

/**
 * The run of a command line that was given before and whose result is kept, while nothing of what it reads has changed; undefined otherwise. Only this needs
 * no parsing of options, so that the program is not loaded.
 */
export async function findLine(
  argv: readonly string[],
  io: ProcessIo,
): Promise<(() => Promise<number>) | undefined> {
  const folder = cacheFolder(argv, io)
  if (folder === undefined) return undefined
  const cache = openCache({ folder, memoryBytes: 0 })
  const bytes = await cache.get(lineKey(argv, io), 'none')
  if (bytes === undefined) return undefined
  const record = JSON.parse(Buffer.from(bytes).toString()) as LineRecord
  if (!(await holds(record, io.cwd))) return undefined
  const known = await cache.get(record.key, 'hits')
  if (known === undefined) return undefined
  return () => replay(outcomeOf(known), record.written, record.isRaw ? io : safeIo(io))
}

/** The folder of `--cache`, as far as a glance at the line shows it; a wrong one has no record of the line. */
function cacheFolder(argv: readonly string[], io: ProcessIo): string | undefined {
  if (argv.includes('--no-cache')) return undefined
  const at = argv.indexOf('--cache')
  const text =
    at >= 0
      ? argv[at + 1]
      : (argv.find(arg => arg.startsWith('--cache='))?.slice('--cache='.length) ?? io.env.TELLTALE_CACHE)
  return text ? pathIn(io, text) : undefined
}

async function holds({ read, written, found }: LineRecord, cwd: string): Promise<boolean> {
  if (((await findFile(cwd)) ?? null) !== found) return false
  try {
    for (const [path, hash] of read) if (((await contentHash(path)) ?? null) !== hash) return false
    const named = ({ path }: { readonly path: string }) => ({ path, name: path })
    await checkOutputs(
      read.map(([path]) => named({ path })),
      written.map(named),
    )
    return true
  } catch {
    // The program says what is wrong.
    return false
  }
}

/** Prints and writes what a run gave. @returns its exit code */
export async function replay(
  { code, printed, files }: Outcome,
  written: readonly WrittenPath[],
  io: Pick<ProcessIo, 'stdout' | 'stderr'>,
): Promise<number> {
  for (const { key, path } of written) await writeOutput(path, [files[key]])
  for (const [stream, text] of printed) io[stream](text)
  return code
}

/** The files that a run wrote. */
export async function writtenFiles(written: readonly WrittenPath[]): Promise<Outcome['files']> {
  const files: Record<string, Uint8Array> = {}
  for (const { key, path } of written) files[key] = await readFile(path)
  return files
}

/** What a run gave as bytes: a line of JSON with the length of each file, then the files. */
export function outcomeBytes({ files, ...outcome }: Outcome): Uint8Array {
  const lengths = Object.entries(files).map(([key, { length }]) => [key, length])
  return Buffer.concat([Buffer.from(`${JSON.stringify({ ...outcome, lengths })}\n`), ...Object.values(files)])
}

/** The reverse of `outcomeBytes`; the files are views. */
export function outcomeOf(bytes: Uint8Array): Outcome {
  const end = bytes.indexOf(0x0a)
  const { lengths, ...outcome } = JSON.parse(Buffer.from(bytes.subarray(0, end)).toString())
  const files: Record<string, Uint8Array> = {}
  let start = end + 1
  for (const [key, length] of lengths) {
    files[key] = bytes.subarray(start, start + length)
    start += length
  }
  return { ...outcome, files }
}
