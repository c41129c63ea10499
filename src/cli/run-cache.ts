import type { z } from 'zod'
import { pathOptions } from '../config/index.js'
import { canonicalJson } from '../core/canonical-json.js'
import { locateFiles } from '../ingest/index.js'
import type { Logger } from '../observe/index.js'
import { type Cache, cacheKey, contentHash, openCache, signaturePath } from '../store/index.js'
import { codeVersion } from './code-version.js'
import type { Call, Command } from './command.js'
import { keepLine, outcomeBytes, outcomeOf, replay, type WrittenPath, writtenFiles } from './line-record.js'
import { modelIn } from './model-place.js'
import { pathIn } from './paths.js'

/**
 * Runs a command, or gives again what it gave before for the same content of its inputs, the same options, model and code. Inputs are read before and after a run:
 * when they changed meanwhile, nothing is kept. Runs on standard input, with `--sql` or with tables on standard output are never kept. The command line is
 * recorded with the result, so that it is known without loading the program, see `findLine`.
 *
 * @returns the exit code
 */
export async function runCached(
  command: Command,
  call: Call,
  argv: readonly string[],
  log: Pick<Logger, 'warn'>,
): Promise<number> {
  const { cli, io } = call
  const folder = cli.cache
  if (!command.isRepeatable || typeof folder !== 'string') return command.run(call)
  const inputs = await inputsOf(command, call)
  if (inputs === undefined) return command.run(call)
  const { key } = inputs
  const cache = openCache({ folder: pathIn(io, folder), diskBytes: cli.cacheMb * 2 ** 20, memoryBytes: 0 })
  const keeping = (keep: Promise<void>) =>
    keep.catch((error: Error) => {
      log.warn({ reason: error.message }, 'the result was not kept in the cache')
    })
  const written = writtenPaths(command, call)
  const known = await cache.get(key)
  const result = known ? 'hit' : 'miss'
  io.metrics.add('telltale_cache_requests_total', 1, { kind: command.name, result })
  if (known !== undefined) {
    await keeping(recordLine(cache, call, argv, inputs, written))
    return replay(outcomeOf(known), written, io)
  }
  const printed: ['stdout' | 'stderr', string][] = []
  const record = (stream: 'stdout' | 'stderr') => (text: string) => {
    printed.push([stream, text])
    io[stream](text)
  }
  const code = await command.run({
    ...call,
    io: { ...io, stdout: record('stdout'), stderr: record('stderr') },
  })
  if ((await inputsOf(command, call))?.key !== key) return code
  const keep = async () => {
    await cache.put(key, command.name, outcomeBytes({ code, printed, files: await writtenFiles(written) }))
    await recordLine(cache, call, argv, inputs, written)
  }
  await keeping(keep())
  return code
}

/**
 * Only where the line and the files that it reads decide everything: not with models of a registry, whose names mean another version later, patterns, or a log or metrics,
 * which a run that is repeated writes, too.
 */
async function recordLine(
  cache: Cache,
  { cli, io, config }: Call,
  argv: readonly string[],
  { key, read }: Inputs,
  written: readonly WrittenPath[],
): Promise<void> {
  const isDefault = (section: string) =>
    Object.values(config.sources[section] ?? {}).every(({ source }) => source === 'default')
  if (read === undefined || io.trusted || cli.registry !== undefined) return
  if (!isDefault('log') || !isDefault('metrics')) return
  const all: typeof read = config.file
    ? [...read, [config.file, (await contentHash(config.file)) ?? null]]
    : read
  await keepLine(cache, argv, io, { key, read: all, written, isRaw: cli.format === 'csv' })
}

/** What a run reads. */
interface Inputs {
  /** Of its result. */
  readonly key: string
  /** Paths and their hashes; undefined where a path stands for others. */
  readonly read: readonly (readonly [path: string, hash: string | null])[] | undefined
}

/** Everything that decides what a run gives; undefined when that cannot be known. */
async function inputsOf(command: Command, { args, options, cli, io }: Call): Promise<Inputs | undefined> {
  const given = options as Readonly<Record<string, unknown>>
  const paths = pathOptions(command.schema as z.ZodType).filter(({ key }) => given[key] !== undefined)
  if (paths.some(({ path, key }) => path === 'query' || given[key] === '-')) return undefined
  const parts = [
    ...codeVersion(),
    command.name,
    canonicalJson([
      args,
      given as never,
      cli.format,
      io.isStdoutTerminal,
      io.env.TZ ?? '',
      (io.trusted ?? []).map(({ id }) => id),
    ]),
  ]
  if (args.length === 0 || args.includes('-')) return undefined
  const read: [string, string | null][] = []
  let isPlain = true
  const hashOf = async (path: string) => {
    const hash = await contentHash(path)
    read.push([path, hash ?? null])
    return hash
  }
  for (const [i, text] of args.entries()) {
    if (!command.arguments[i]?.reads) continue
    const path = pathIn(io, text)
    const whole = await hashOf(path)
    isPlain &&= whole !== undefined
    parts.push(whole ?? (await patternHash(path)))
  }
  for (const { key, path } of paths) {
    if (path !== 'read') continue
    for (const text of [given[key]].flat().filter(value => typeof value === 'string')) {
      const place = key === 'model' ? await modelIn(io, cli, text) : pathIn(io, text)
      parts.push(key, (await hashOf(place)) ?? 'absent')
      if (io.trusted) parts.push((await contentHash(signaturePath(place))) ?? 'unsigned')
    }
  }
  return { key: cacheKey(parts), read: isPlain ? read : undefined }
}

/** Of a pattern: the names and contents of the files behind it. */
async function patternHash(path: string): Promise<string> {
  const parts: string[] = []
  for (const file of await locateFiles(path))
    parts.push(file.path, (await contentHash(file.path)) ?? 'absent')
  return cacheKey(parts)
}

/** The files that options of a command name for writing. */
function writtenPaths({ schema }: Command, { options, io }: Call): WrittenPath[] {
  const given = options as Readonly<Record<string, unknown>>
  return pathOptions(schema as z.ZodType).flatMap(({ key, path }) => {
    const text = given[key]
    return path === 'write' && typeof text === 'string' ? [{ key, path: pathIn(io, text) }] : []
  })
}
