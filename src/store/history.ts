import { link, readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { createError } from '../core/errors.js'
import { siblingPath, sweepSiblings, syncFolder, writeError, writeFileSynced } from '../files/index.js'
import { encodeRecord, inBatches, readRecord } from './records.js'
import { modelFolder, type Registry } from './registry.js'

const FORMAT = 'telltale-change'
/** Of a record that has no number yet. */
const CHANGE = 'change'
const FILE = /^(\d{6,})\.json$/
const number = z.number().int().min(1)
const text = z.string()

/** A change of what a model's versions are called. */
const change = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('promote'), alias: text, from: number.nullable(), to: number }),
  z.strictObject({ action: z.literal('rollback'), alias: text, from: number, to: number }),
  z.strictObject({ action: z.literal('unalias'), alias: text, from: number }),
  z.strictObject({ action: z.literal('tag'), version: number, key: text, value: text.nullable() }),
  z.strictObject({ action: z.literal('note'), version: number, text }),
  z.strictObject({ action: z.literal('delete'), version: number }),
])
export type VersionChange = Readonly<z.output<typeof change>>

const schema = z.strictObject({
  change,
  at: z.iso.datetime(),
  by: text,
  why: text,
  /** Hash of the change before it; null for the first. */
  previous: text.nullable(),
})
/** A change with who made it, when and why. */
export type HistoryEntry = Readonly<z.output<typeof schema>> & { readonly sha256: string }

/**
 * All changes of a model, oldest first: every record with its hash, each naming the one before it.
 *
 * Errors: `artefact-damaged` for a changed byte and for a record that is missing or not in its place, `artefact-version`.
 */
export async function readHistory(registry: Registry, name: string): Promise<readonly HistoryEntry[]> {
  const folder = join(modelFolder(registry, name), 'history')
  const files = (await readdir(folder).catch(() => []))
    .filter(file => FILE.test(file))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
  const entries = await inBatches(files, file => readRecord(join(folder, file), FORMAT, schema))
  entries.forEach(({ previous }, e) => {
    const isInPlace = files[e] === fileName(e + 1) && previous === (entries[e - 1]?.sha256 ?? null)
    if (isInPlace) return
    const reason = 'it does not follow the record before it'
    throw createError('artefact-damaged', { path: folder, file: files[e], reason })
  })
  return entries
}

/**
 * Adds a change to the history, whole or not at all. When another writer was first, `decide` is called again with the longer history.
 *
 * @param decide the change that the history so far calls for; it throws to refuse
 * @throws what `decide` throws; `file-unwritable`; as `readHistory`
 */
export async function addChange<C extends VersionChange>(
  registry: Registry,
  name: string,
  why: string,
  decide: (history: readonly HistoryEntry[]) => C,
): Promise<C> {
  const folder = join(modelFolder(registry, name), 'history')
  await sweepChanges(registry, name)
  for (;;) {
    const history = await readHistory(registry, name)
    const change = decide(history)
    const at = registry.now().toISOString()
    const previous = history.at(-1)?.sha256 ?? null
    const record = encodeRecord(FORMAT, { change, at, by: registry.by, why, previous })
    if (await append(folder, fileName(history.length + 1), record)) return change
  }
}

/** Removes what writers that were killed left of their changes. */
export async function sweepChanges(registry: Registry, name: string): Promise<void> {
  await sweepSiblings(join(modelFolder(registry, name), 'history', CHANGE))
}

/** Writes a new file; false when there is one of this name. */
async function append(folder: string, file: string, record: Buffer): Promise<boolean> {
  const temporary = siblingPath(join(folder, CHANGE))
  try {
    await writeFileSynced(temporary, [record])
    await link(temporary, join(folder, file))
    await syncFolder(folder)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw writeError(join(folder, file), error)
  } finally {
    await unlink(temporary).catch(() => {})
  }
}

function fileName(index: number): string {
  return `${String(index).padStart(6, '0')}.json`
}
