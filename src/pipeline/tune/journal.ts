import { open } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { createError } from '../../core/errors.js'
import { beyondLimits } from '../../core/json-limits.js'
import type { Json } from '../../core/state.js'
import { readTextFile, writeError, writeOutput } from '../../files/index.js'
import type { Proposal } from './space.js'

/** What came of a trial. */
export interface Trial {
  readonly trial: number
  readonly options: Proposal
  /** Area under the precision-recall curve of injected faults in the held-back rows; null when the trial failed. */
  readonly skill: number | null
  /** Of the best epoch, on the validation part; comparable only between trials of one loss and target. */
  readonly validationLoss: number | null
  readonly parameters: number | null
  readonly epochs: number | null
  readonly seconds: number
  /** Why it failed. */
  readonly error?: string
}

/** The file of a search: one JSON object per line, the first says what is searched. */
export interface Journal {
  readonly trials: readonly Trial[]
  /** Adds a line and waits until it is on the disk. */
  add(trial: Trial): Promise<void>
}

/**
 * Opens the journal of a search, new or left by an earlier run; a last line that was not finished is dropped.
 *
 * Errors: `checkpoint-differs` when it is of another search, `file-unreadable`, `file-unwritable`.
 */
export async function openJournal(path: string, identity: Readonly<Record<string, Json>>): Promise<Journal> {
  const plain = JSON.parse(JSON.stringify(identity)) as Record<string, Json>
  const lines = await readLines(path)
  if (lines.length > 0) {
    const kept = (lines[0] as { search?: Record<string, Json> }).search
    if (kept === undefined)
      throw createError('file-unreadable', { file: path, reason: 'it is no journal of a search' })
    const names = [...new Set([...Object.keys(plain), ...Object.keys(kept)])]
    const differs = names.filter(name => !isDeepStrictEqual(plain[name], kept[name]))
    if (differs.length > 0) throw createError('checkpoint-differs', { path, differs: differs.join(', ') })
  } else lines.push({ search: plain })
  await writeOutput(
    path,
    lines.map(line => `${JSON.stringify(line)}\n`),
  )
  const trials = lines.slice(1) as Trial[]
  return {
    trials,
    async add(trial) {
      trials.push(trial)
      try {
        const handle = await open(path, 'a')
        try {
          await handle.appendFile(`${JSON.stringify(trial)}\n`)
          await handle.sync()
        } finally {
          await handle.close()
        }
      } catch (error) {
        throw writeError(path, error)
      }
    },
  }
}

/** A journal of a hundred thousand trials. */
const LIMIT_BYTES = 67_108_864

async function readLines(path: string): Promise<object[]> {
  const text = await readTextFile(path, LIMIT_BYTES).catch((error: unknown) => {
    if ((error as { code?: string }).code === 'file-not-found') return ''
    throw error
  })
  const whole = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
  try {
    return whole.map(line => {
      const beyond = beyondLimits(line, { depth: 50, commas: 100_000 })
      const value: unknown = beyond === undefined ? JSON.parse(line) : undefined
      if (typeof value !== 'object' || value === null) throw new SyntaxError(beyond)
      return value
    })
  } catch (error) {
    throw createError('file-unreadable', { file: path, reason: 'it is no journal of a search' }, error)
  }
}
