import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { similarName } from '../../core/nearest.js'
import { makeFolder, writeFileAtomic } from '../../files/index.js'
import { ROLES, type Role, type User } from './roles.js'

const FILE = 'api-keys.json'
const KEY = /^tt_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/

const stored = z.strictObject({
  id: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  /** Of the key: 256 random bits need no slow hash. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  createdAt: z.iso.datetime(),
})
const file = z.strictObject({
  format: z.literal('telltale-api-keys'),
  version: z.literal(1),
  keys: z.array(stored),
})
/** What is kept of a key: not the key. */
export type StoredKey = z.output<typeof stored>

const hashOf = (key: string) => createHash('sha256').update(key).digest()

/** The keys of a server, in the file `api-keys.json` of its data folder. Changes of the file count within a second. */
export interface KeyStore {
  /** The user of a key; undefined for one that is unknown or was revoked. */
  userOf(key: string): Promise<User | undefined>
  list(): Promise<readonly StoredKey[]>
  /** Makes a key. It is in the result only: the file holds its hash. Errors: `name-taken`, `file-unwritable`. */
  create(name: string, role: Role): Promise<{ readonly key: string; readonly stored: StoredKey }>
  /** Errors: `name-unknown`, `file-unwritable`. */
  revoke(name: string): Promise<StoredKey>
}

const LOOK_AGAIN_MS = 500

/** Opens the keys of a data folder; the file appears with the first key. Errors: `artefact-damaged`. */
export function openKeys(folder: string, now: () => number = Date.now): KeyStore {
  const path = join(folder, FILE)
  let keys: readonly StoredKey[] = []
  let byId = new Map<string, StoredKey & { readonly hash: Buffer }>()
  let seen = ''
  let lookedMs = Number.NEGATIVE_INFINITY

  async function refresh(): Promise<void> {
    lookedMs = now()
    const info = await stat(path).catch(() => undefined)
    const mark = info === undefined ? 'none' : `${info.ino}:${info.mtimeMs}:${info.size}`
    if (mark === seen) return
    keys = info === undefined ? [] : await readKeys(path)
    byId = new Map(keys.map(key => [key.id, { ...key, hash: Buffer.from(key.sha256, 'hex') }]))
    seen = mark
  }

  async function write(next: readonly StoredKey[]): Promise<void> {
    const text = JSON.stringify({ format: 'telltale-api-keys', version: 1, keys: next }, null, 2)
    await makeFolder(folder)
    await writeFileAtomic(path, [`${text}\n`])
    await refresh()
  }

  return {
    async userOf(key) {
      const [, id] = KEY.exec(key) ?? []
      if (id === undefined) return undefined
      if (now() - lookedMs >= LOOK_AGAIN_MS) await refresh()
      const known = byId.get(id)
      if (known === undefined || !timingSafeEqual(hashOf(key), known.hash)) return undefined
      return { name: known.name, role: known.role }
    },
    async list() {
      await refresh()
      return keys
    },
    async create(name, role) {
      await refresh()
      if (keys.some(key => key.name === name)) throw createError('name-taken', { what: 'key', name })
      const id = Array.from(randomBytes(12), byte => (byte % 36).toString(36)).join('')
      const key = `tt_${id}_${randomBytes(32).toString('base64url')}`
      const createdAt = new Date(now()).toISOString()
      const made = { id, name, role, sha256: hashOf(key).toString('hex'), createdAt }
      await write([...keys, made])
      return { key, stored: made }
    },
    async revoke(name) {
      await refresh()
      const known = keys.find(key => key.name === name)
      if (known === undefined) {
        const names = keys.map(key => key.name)
        throw createError('name-unknown', { what: 'key', name, nearest: similarName(name, names) })
      }
      await write(keys.filter(key => key !== known))
      return known
    },
  }
}

async function readKeys(path: string): Promise<readonly StoredKey[]> {
  try {
    return file.parse(JSON.parse(await readFile(path, 'utf8'))).keys
  } catch (error) {
    const reason = error instanceof z.ZodError ? 'it does not hold keys' : (error as Error).message
    throw createError('artefact-damaged', { path, file: FILE, reason }, error)
  }
}
