import { open, readFile, stat } from 'node:fs/promises'
import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { DRIFT_LEVELS, DRIFT_VERDICTS } from '../../drift/index.js'
import { readTextFile, writeError } from '../../files/index.js'
import { makeFolderOf, pathIn } from '../paths.js'
import type { CheckedPieces } from './check-pieces.js'
import type { DriftCall } from './options.js'

const HISTORY_LIMIT_BYTES = 1_000_000_000
const level = z.enum(DRIFT_LEVELS)
const schema = z.object({
  at: z.iso.datetime(),
  data: z.string(),
  samples: z.number().int().min(0),
  /** Time of the last sample as the table counts it, ms since the epoch or its index. */
  last: z.number().nullable(),
  drifted: z.boolean(),
  verdict: z.enum(DRIFT_VERDICTS),
  reason: z.string(),
  /** Channels that the verdict is about. */
  about: z.array(z.string()),
  /** Whether --on-drift ran. */
  alert: z.boolean(),
  channels: z.array(
    z.object({ channel: z.string(), level, missingLevel: level, distance: z.number().nullable() }),
  ),
})
/** One check, as a line of a history file. */
export type DriftLine = Readonly<z.output<typeof schema>>

/** The line of a check. */
export function recordOf(
  { report: { samples }, all, lastMs, verdict: { drifted, verdict, reason, channels: about } }: CheckedPieces,
  data: string,
  nowMs: number,
  alert: boolean,
): DriftLine {
  const channels = all.map(({ channel, level, missingLevel, wasserstein }) => ({
    channel,
    level,
    missingLevel,
    distance: Number.isFinite(wasserstein) ? Number(wasserstein.toPrecision(4)) : null,
  }))
  return {
    at: new Date(nowMs).toISOString(),
    data,
    samples,
    last: lastMs,
    drifted,
    verdict,
    reason,
    about: [...about],
    alert,
    channels,
  }
}

/** Adds lines to the file of `--history`; undefined without one. */
export function recorder({ io, options: { history } }: DriftCall) {
  if (history === undefined) return undefined
  const path = pathIn(io, history)
  return {
    path,
    /** Errors: `file-unwritable`. */
    async add(line: DriftLine): Promise<void> {
      await makeFolderOf(path, history)
      try {
        const isTorn = await endsWithin(path)
        const handle = await open(path, 'a', 0o666)
        try {
          // One write: two processes that write to one file do not mix their lines.
          await handle.appendFile(`${isTorn ? '\n' : ''}${JSON.stringify(line)}\n`)
          await handle.sync()
        } finally {
          await handle.close()
        }
      } catch (error) {
        throw writeError(history, error)
      }
    },
  }
}

/** Whether a file ends within a line, as a process that was killed leaves it. */
async function endsWithin(path: string): Promise<boolean> {
  const size = (await stat(path).catch(() => undefined))?.size ?? 0
  if (size === 0) return false
  const handle = await open(path)
  try {
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
    return buffer[0] !== 0x0a
  } finally {
    await handle.close()
  }
}

/** What a history file holds, in its order. */
export interface DriftLines {
  readonly lines: readonly DriftLine[]
  /** Numbers of lines that are none, 1 = the first: a process was killed while it wrote, or someone changed them. */
  readonly bad: readonly number[]
}

/** Errors: `file-not-found`, `file-unreadable`, `file-too-large`, `history-unknown` for a file without any check. */
export async function readLines(path: string, shown: string): Promise<DriftLines> {
  const text = await readTextFile(path, HISTORY_LIMIT_BYTES, { shown })
  const lines: DriftLine[] = []
  const bad: number[] = []
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const found = parseLine(line)
    if (found === undefined) bad.push(i + 1)
    else lines.push(found)
  }
  if (lines.length === 0)
    throw createError('history-unknown', { file: shown, reason: 'no line of it is a check' })
  return { lines, bad }
}

function parseLine(line: string): DriftLine | undefined {
  try {
    return schema.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

/** The last check in the file of `--history`, and the last that ran --on-drift. */
export async function lastLines(
  path: string,
): Promise<{ readonly last?: DriftLine; readonly alert?: DriftLine }> {
  const isThere = (await stat(path).catch(() => undefined)) !== undefined
  if (!isThere || (await readFile(path)).length === 0) return {}
  const { lines } = await readLines(path, path)
  return { last: lines.at(-1), alert: lines.findLast(({ alert }) => alert) }
}
