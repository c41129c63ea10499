import { createHash } from 'node:crypto'
import { appendFile, readdir, stat, unlink, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { TelltaleError } from '../../core/errors.js'
import { makeFolder, readError, readWhole, writeError, writeFileAtomic } from '../../files/index.js'
import { createMemory } from './memory.js'

const FILE = /^([0-9a-f]{64})\.cache$/
const MAGIC = 'telltale-cache 2'
const HEADER = /^telltale-cache 2 ([0-9a-f]{64}) ([a-z][a-z0-9-]{0,40})\n/
/** Files whose sizes count the look-ups that found something and those that did not: a byte each, appended, so that processes never overwrite one another. */
const COUNTERS = { hit: 'hits', miss: 'misses' } as const

/** Label of entries that say what a command line stands for. */
export const LINE_LABEL = 'line'

/** Results by key, in memory and on disk; the least recently used go when there are too many bytes. */
export interface Cache {
  /** A copy of what was put, or undefined. What is damaged counts as not there, and is removed. @param counted which look-ups `cacheCounts` counts. Default all */
  get(key: string, counted?: 'all' | 'hits' | 'none'): Promise<Uint8Array | undefined>
  /** Keeps a copy. Errors: `file-unwritable` (a full disk); the cache is as before then. @param label what it is, such as the name of a command */
  put(key: string, label: string, bytes: Uint8Array): Promise<void>
}

export interface CacheOptions {
  /** On disk; made when it is needed. Default: memory only. */
  readonly folder?: string
  /** Limit on disk, bytes. Default 1 GiB. */
  readonly diskBytes?: number
  /** Limit in memory, bytes. Default 64 MiB. */
  readonly memoryBytes?: number
}

/** One result on disk. */
export interface CacheEntry {
  readonly key: string
  readonly label: string
  readonly sizeBytes: number
  readonly usedMs: number
  readonly ok: boolean
}

/**
 * The key of a result: SHA-256 of everything it depends on. Parts are kept apart, so that no two lists of parts have the same key.
 *
 * @example
 * import { cacheKey } from './cache.js'
 * cacheKey(['ab', 'c']) === cacheKey(['a', 'bc']) // => false
 */
export function cacheKey(parts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const part of parts) {
    const bytes = Buffer.from(part)
    hash.update(`${bytes.length}:`).update(bytes)
  }
  return hash.digest('hex')
}

/**
 * Opens a cache. Processes may share a folder: an entry is written whole or not at all, carries its hash, and is the same whoever writes it, because its key
 * covers everything it depends on.
 */
export function openCache({ folder, diskBytes = 2 ** 30, memoryBytes = 2 ** 26 }: CacheOptions): Cache {
  const memory = createMemory(memoryBytes)
  const count = async (kind: keyof typeof COUNTERS) => {
    if (folder !== undefined)
      await appendFile(join(folder, COUNTERS[kind]), '.', { mode: 0o600 }).catch(() => {})
  }
  return {
    async get(key, counted = 'all') {
      const shared = memory.get(key)
      const own = shared === undefined && folder !== undefined ? await readEntry(folder, key) : undefined
      const known = shared ?? own
      if (counted === 'all' || (counted === 'hits' && known)) await count(known ? 'hit' : 'miss')
      if (own !== undefined && memory.put(key, own)) return new Uint8Array(own)
      return own ?? (shared && new Uint8Array(shared))
    },
    async put(key, label, bytes) {
      if (folder !== undefined && bytes.length <= diskBytes) {
        await makeFolder(folder).catch(error => {
          throw writeError(folder, error)
        })
        await writeFileAtomic(entryPath(folder, key), [header(label, bytes), bytes])
        await evict(folder, diskBytes)
      }
      memory.put(key, new Uint8Array(bytes))
    },
  }
}

/** The entries on disk, most recently used first; each is read and checked. A folder that does not exist is empty. */
export async function listCache(folder: string): Promise<CacheEntry[]> {
  const entries: CacheEntry[] = []
  for (const { key, sizeBytes, usedMs } of await files(folder)) {
    const read = await readChecked(folder, key, sizeBytes)
    entries.push({ key, label: read?.label ?? '', sizeBytes, usedMs, ok: read !== undefined })
  }
  return entries
}

/** Look-ups so far, of all processes. */
export async function cacheCounts(
  folder: string,
): Promise<{ readonly hits: number; readonly misses: number }> {
  const size = async (name: string) => (await stat(join(folder, name)).catch(() => undefined))?.size ?? 0
  return { hits: await size(COUNTERS.hit), misses: await size(COUNTERS.miss) }
}

/** Removes all entries, or those that `isUnwanted` names; files of others stay. Gives the number of entries. */
export async function clearCache(
  folder: string,
  isUnwanted: (entry: { readonly key: string }) => boolean = () => true,
): Promise<number> {
  const unwanted = (await files(folder)).filter(isUnwanted)
  for (const { key } of unwanted) await unlink(entryPath(folder, key)).catch(() => {})
  return unwanted.length
}

const entryPath = (folder: string, key: string) => join(folder, `${key}.cache`)

function header(label: string, bytes: Uint8Array): string {
  return `${MAGIC} ${sealOf(label, bytes)} ${label}\n`
}

function sealOf(label: string, bytes: Uint8Array): string {
  return createHash('sha256').update(`${label}\n`).update(bytes).digest('hex')
}

async function readEntry(folder: string, key: string): Promise<Uint8Array | undefined> {
  const path = entryPath(folder, key)
  const info = await stat(path).catch(() => undefined)
  if (info === undefined) return undefined
  const read = await readChecked(folder, key, info.size)
  if (read === undefined) {
    await unlink(path).catch(() => {})
    return undefined
  }
  const now = new Date()
  await utimes(path, now, now).catch(() => {})
  return read.bytes
}

/** The content of an entry; undefined when it is damaged or gone. */
async function readChecked(
  folder: string,
  key: string,
  sizeBytes: number,
): Promise<{ readonly label: string; readonly bytes: Buffer } | undefined> {
  const whole = await readWhole(entryPath(folder, key), sizeBytes, { noLinks: true }).catch(
    (error: unknown) => {
      if (error instanceof TelltaleError) return undefined
      throw error
    },
  )
  if (whole === undefined) return undefined
  const [head, seal, label] = HEADER.exec(whole.subarray(0, 160).toString('latin1')) ?? []
  if (head === undefined) return undefined
  const bytes = whole.subarray(head.length)
  return sealOf(label, bytes) === seal ? { label, bytes } : undefined
}

interface StoredFile {
  readonly key: string
  readonly sizeBytes: number
  readonly usedMs: number
}

/** Most recently used first. */
async function files(folder: string): Promise<StoredFile[]> {
  const found: StoredFile[] = []
  const names = await readdir(folder).catch(error => {
    if (error.code === 'ENOENT') return []
    throw readError(folder, error)
  })
  for (const name of names) {
    const key = FILE.exec(name)?.[1]
    const info = key === undefined ? undefined : await stat(join(folder, name)).catch(() => undefined)
    if (key !== undefined && info?.isFile()) found.push({ key, sizeBytes: info.size, usedMs: info.mtimeMs })
  }
  return found.sort((a, b) => b.usedMs - a.usedMs)
}

async function evict(folder: string, limitBytes: number): Promise<void> {
  let total = 0
  for (const { key, sizeBytes } of await files(folder)) {
    total += sizeBytes
    if (total <= limitBytes) continue
    await unlink(entryPath(folder, key)).catch(() => {})
  }
}
