import { readdirSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { z } from 'zod'
import { pathOptions } from '../config/index.js'
import { canonicalJson } from '../core/canonical-json.js'
import { VERSION } from '../core/version.js'
import { makeFolder, writeFileAtomic } from '../files/index.js'
import { locateFiles } from '../ingest/index.js'
import type { Logger } from '../observe/index.js'
import { type Cache, cacheKey, contentHash, openCache, signaturePath } from '../store/index.js'
import type { Call, Command } from './command.js'
import { modelIn } from './model-place.js'
import { pathIn } from './paths.js'

/** What a run gave: what it printed, its exit code, and the files that it wrote, by option. */
interface Outcome {
  readonly code: number
  readonly printed: readonly (readonly ['stdout' | 'stderr', string])[]
  readonly files: Readonly<Record<string, string>>
}

/**
 * Runs a command, or gives again what it gave before for the same content of its inputs, the same options, model and code. Inputs are read before and after a run:
 * when they changed meanwhile, nothing is kept. Runs on standard input, with `--sql` or with tables on standard output are never kept.
 *
 * @returns the exit code
 */
export async function runCached(command: Command, call: Call, log: Pick<Logger, 'warn'>): Promise<number> {
  const { cli, io } = call
  const folder = cli.cache
  if (!command.isRepeatable || typeof folder !== 'string') return command.run(call)
  const key = await keyOf(command, call)
  if (key === undefined) return command.run(call)
  const cache = openCache({ folder: pathIn(io, folder), diskBytes: cli.cacheMb * 2 ** 20, memoryBytes: 0 })
  const known = await cache.get(key)
  const result = known ? 'hit' : 'miss'
  io.metrics.add('telltale_cache_requests_total', 1, { kind: command.name, result })
  if (known !== undefined) return replay(JSON.parse(Buffer.from(known).toString()), command, call)
  const printed: ['stdout' | 'stderr', string][] = []
  const record = (stream: 'stdout' | 'stderr') => (text: string) => {
    printed.push([stream, text])
    io[stream](text)
  }
  const code = await command.run({
    ...call,
    io: { ...io, stdout: record('stdout'), stderr: record('stderr') },
  })
  if ((await keyOf(command, call)) !== key) return code
  await keep(cache, key, { code, printed }, command, call).catch((error: Error) => {
    log.warn({ reason: error.message }, 'the result was not kept in the cache')
  })
  return code
}

async function keep(
  cache: Cache,
  key: string,
  outcome: Omit<Outcome, 'files'>,
  command: Command,
  call: Call,
): Promise<void> {
  const files: Record<string, string> = {}
  for (const { key: option, path } of writtenPaths(command, call))
    files[option] = (await readFile(path)).toString('base64')
  await cache.put(key, command.name, Buffer.from(JSON.stringify({ ...outcome, files } satisfies Outcome)))
}

async function replay({ code, printed, files }: Outcome, command: Command, call: Call): Promise<number> {
  for (const { key, path } of writtenPaths(command, call)) {
    await makeFolder(dirname(path))
    await writeFileAtomic(path, [Buffer.from(files[key], 'base64')])
  }
  for (const [stream, text] of printed) call.io[stream](text)
  return code
}

/** Everything that decides what a run gives; undefined when that cannot be known. */
async function keyOf(command: Command, { args, options, cli, io }: Call): Promise<string | undefined> {
  const given = options as Readonly<Record<string, unknown>>
  const paths = pathOptions(command.schema as z.ZodType).filter(({ key }) => given[key] !== undefined)
  if (paths.some(({ path, key }) => path === 'query' || given[key] === '-')) return undefined
  const parts = [
    codeVersion(),
    VERSION,
    `${process.version} ${process.arch}`,
    command.name,
    canonicalJson([
      args,
      given as never,
      cli.format,
      io.env.TZ ?? '',
      (io.trusted ?? []).map(({ id }) => id),
    ]),
  ]
  if (args.length === 0 || args.includes('-')) return undefined
  for (const [i, text] of args.entries())
    if (command.arguments[i]?.reads) parts.push(await dataHash(pathIn(io, text)))
  for (const { key, path } of paths) {
    if (path !== 'read') continue
    for (const text of [given[key]].flat().filter(value => typeof value === 'string')) {
      const place = key === 'model' ? await modelIn(io, cli, text) : pathIn(io, text)
      parts.push(key, (await contentHash(place)) ?? 'absent')
      if (io.trusted) parts.push((await contentHash(signaturePath(place))) ?? 'unsigned')
    }
  }
  return cacheKey(parts)
}

/** Of a file or a folder: everything in it, also what is no table; of a pattern: the names and contents of the files behind it. */
async function dataHash(path: string): Promise<string> {
  const whole = await contentHash(path)
  if (whole !== undefined) return whole
  const parts: string[] = []
  for (const file of await locateFiles(path))
    parts.push(file.path, (await contentHash(file.path)) ?? 'absent')
  return cacheKey(parts)
}

/** The files that options of a command name for writing. */
function writtenPaths({ schema }: Command, { options, io }: Call): { key: string; path: string }[] {
  const given = options as Readonly<Record<string, unknown>>
  return pathOptions(schema as z.ZodType).flatMap(({ key, path }) => {
    const text = given[key]
    return path === 'write' && typeof text === 'string' ? [{ key, path: pathIn(io, text) }] : []
  })
}

let ofThisCode: string | undefined

/** Names, sizes and times of the files of this program: another build is another version. */
function codeVersion(): string {
  if (ofThisCode !== undefined) return ofThisCode
  const root = fileURLToPath(new URL('..', import.meta.url))
  ofThisCode = cacheKey(
    codeFiles(root).flatMap(path => {
      const { size, mtimeMs } = statSync(path)
      return [path.slice(root.length), `${size} ${mtimeMs}`]
    }),
  )
  return ofThisCode
}

/** Files of code below a folder, sorted; no declarations, which are not run. */
function codeFiles(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap(entry => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return codeFiles(path)
    return /(?<!\.d)\.[jt]s$/.test(entry.name) ? [path] : []
  })
}
