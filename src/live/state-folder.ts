import { closeSync, fdatasync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { createError } from '../core/errors.js'
import { makeFolder, syncFolder, writeError, writeFileAtomic } from '../files/index.js'
import { deviceFolder } from '../store/index.js'
import { packBatch, unpackBatch } from './batch.js'
import { type Journal, openJournal, readJournal } from './journal.js'
import { lockFolder } from './lock.js'
import type { Checkpoint, StateStore } from './state-store.js'

/** `checkpoint.json`: the generation in force, and that of the state of each device. */
interface Stored extends Checkpoint {
  readonly format: 'telltale-stream'
  readonly version: 1
  readonly generation: number
  readonly devices: Readonly<Record<string, number>>
}

/** Device files that are synchronised together, or written before other work gets its turn. */
const TOGETHER = 16
const CHECKPOINT = 'checkpoint.json'

/**
 * A state store in a folder: one file per device and generation, a journal of the batches since the last checkpoint, and `checkpoint.json`, whose
 * rename makes a generation count. A program that is killed at any moment leaves the last generation and its journal whole.
 *
 * @throws SourceError `file-unwritable`, `state-in-use`; ArtefactError `artefact-damaged`
 */
export async function openStateFolder(path: string): Promise<StateStore> {
  const folder = join(path, 'devices')
  try {
    await makeFolder(path)
    await mkdir(folder, { recursive: true })
  } catch (error) {
    throw writeError(path, error)
  }
  const unlock = await lockFolder(path)
  try {
    return await FolderStore.open(path, unlock)
  } catch (error) {
    await unlock()
    throw error
  }
}

const fileOf = (device: string, generation: number) => `${deviceFolder(device)}.${generation}.state`

class FolderStore implements StateStore {
  readonly isLasting = true
  readonly #path: string
  readonly #unlock: () => Promise<void>
  readonly #generations: Map<string, number>
  /** Devices that were put since the last checkpoint. */
  readonly #put = new Map<string, number | undefined>()
  #puts = 0
  #last: Stored | undefined
  #generation: number
  #journal: Journal

  private constructor(path: string, unlock: () => Promise<void>, last: Stored | undefined, journal: Journal) {
    this.#path = path
    this.#unlock = unlock
    this.#last = last
    this.#generation = last?.generation ?? 0
    this.#generations = new Map(Object.entries(last?.devices ?? {}))
    this.#journal = journal
  }

  static async open(path: string, unlock: () => Promise<void>): Promise<FolderStore> {
    const last = await readCheckpoint(path)
    const generation = last?.generation ?? 0
    const kept = new Set(Object.entries(last?.devices ?? {}).map(([name, own]) => fileOf(name, own)))
    for (const name of await readdir(join(path, 'devices')))
      if (!kept.has(name)) await rm(join(path, 'devices', name), { force: true })
    for (const name of await readdir(path))
      if (/^journal-\d+\.log$/.test(name) && name !== journalName(generation))
        await rm(join(path, name), { force: true })
    await cutJournal(join(path, journalName(generation)))
    return new FolderStore(path, unlock, last, await openJournal(join(path, journalName(generation))))
  }

  get last(): Checkpoint | undefined {
    return this.#last
  }

  async *journalled() {
    for await (const line of readJournal(join(this.#path, journalName(this.#generation))))
      yield unpackBatch(line)
  }

  append: StateStore['append'] = batches => this.#journal.append(batches.map(packBatch))

  pending = () => this.#journal.size()

  async read(device: string) {
    const generation = this.#generations.get(device)
    if (generation === undefined) return undefined
    return readFileSync(join(this.#path, 'devices', fileOf(device, generation)))
  }

  async put(device: string, bytes: Uint8Array) {
    const next = this.#generation + 1
    if (!this.#put.has(device)) this.#put.set(device, this.#generations.get(device))
    const path = join(this.#path, 'devices', fileOf(device, next))
    try {
      writeFileSync(path, bytes)
    } catch (error) {
      throw writeError(path, error)
    }
    this.#generations.set(device, next)
    if (++this.#puts % TOGETHER === 0) await setImmediate()
  }

  async save(checkpoint: Checkpoint) {
    const next = this.#generation + 1
    const folder = join(this.#path, 'devices')
    await inGroups([...this.#put.keys()], async device => syncFile(join(folder, fileOf(device, next))))
    await syncFolder(folder)
    const journal = await openJournal(join(this.#path, journalName(next)))
    const stored: Stored = {
      format: 'telltale-stream',
      version: 1,
      generation: next,
      devices: Object.fromEntries(this.#generations),
      ...checkpoint,
    }
    await writeFileAtomic(join(this.#path, CHECKPOINT), [JSON.stringify(stored)])
    await this.#journal.close()
    await rm(join(this.#path, journalName(this.#generation)), { force: true })
    const replaced = [...this.#put].filter(([, old]) => old !== undefined)
    await inGroups(replaced, ([device, old]) =>
      rm(join(folder, fileOf(device, old as number)), { force: true }),
    )
    this.#put.clear()
    this.#journal = journal
    this.#generation = next
    this.#last = stored
  }

  async close() {
    await this.#journal.close()
    await this.#unlock()
  }
}

const journalName = (generation: number) => `journal-${generation}.log`

async function readCheckpoint(path: string): Promise<Stored | undefined> {
  const text = await readFile(join(path, CHECKPOINT), 'utf8').catch(error => {
    if (error.code !== 'ENOENT')
      throw createError('file-unreadable', { file: path, reason: error.message }, error)
  })
  if (text === undefined) return undefined
  const damaged = (reason: string) => createError('artefact-damaged', { path, file: CHECKPOINT, reason })
  let stored: Stored
  try {
    stored = JSON.parse(text)
  } catch {
    throw damaged('it is not JSON')
  }
  if (stored.format !== 'telltale-stream' || stored.version !== 1)
    throw damaged('it is of another kind or version')
  return stored
}

/** Removes a last line that was not written whole, so that lines after it can be read. */
async function cutJournal(path: string): Promise<void> {
  let whole = 0
  let count = 0
  for await (const line of readJournal(path)) {
    whole += Buffer.byteLength(line) + 10
    count++
  }
  const handle = await open(path, 'a').catch(error => {
    throw writeError(path, error)
  })
  if (count === 0 || (await handle.stat()).size > whole) await handle.truncate(whole)
  await handle.close()
}

async function syncFile(path: string): Promise<void> {
  const file = openSync(path, 'r')
  try {
    await promisify(fdatasync)(file)
  } finally {
    closeSync(file)
  }
}

async function inGroups<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < items.length; at += TOGETHER)
    await Promise.all(items.slice(at, at + TOGETHER).map(work))
}
