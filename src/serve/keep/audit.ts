import { createHash } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { createError } from '../../core/errors.js'
import { writeError } from '../../files/index.js'

/** A change that somebody made. */
export interface AuditEntry {
  readonly by: string
  readonly action: string
  readonly subject: string
  readonly requestId: string
}

/** Every change that was made over the API, one line each; a line holds the hash of the one before it, so that none can be changed or left out unnoticed. */
export interface Audit {
  /** On the disk when it resolves. */
  add(entry: AuditEntry): Promise<void>
  /** The newest entries, newest first. */
  list(most: number): Promise<readonly (AuditEntry & { readonly at: string })[]>
  close(): Promise<void>
}

const START = '0'.repeat(64)
const hashOf = (previous: string, text: string) =>
  createHash('sha256').update(previous).update(text).digest('hex')

/**
 * Opens the log, after checking every line. A last line that was not written whole is cut off.
 *
 * @throws ArtefactError `artefact-damaged` with the number of the line
 */
export async function openAudit(path: string, now: () => number): Promise<Audit> {
  const text = await readFile(path, 'utf8').catch(error => {
    if (error.code === 'ENOENT') return ''
    throw createError('file-unreadable', { file: path, reason: error.message }, error)
  })
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  let last = checkLines(path, whole)
  const handle = await open(path, 'a', 0o600).catch(error => {
    throw writeError(path, error)
  })
  if (whole.length < text.length) await handle.truncate(Buffer.byteLength(whole))
  let turn: Promise<unknown> = Promise.resolve()
  return {
    add(entry) {
      const written = turn.then(async () => {
        const body = JSON.stringify({ at: new Date(now()).toISOString(), ...entry })
        const hash = hashOf(last, body)
        await handle.appendFile(`${hash} ${body}\n`)
        await handle.datasync()
        last = hash
      })
      turn = written.catch(() => {})
      return written
    },
    async list(most) {
      await turn
      const lines = (await readFile(path, 'utf8')).trimEnd().split('\n').filter(Boolean)
      return lines
        .slice(-most)
        .reverse()
        .map(line => JSON.parse(line.slice(65)))
    },
    async close() {
      await turn
      await handle.close()
    },
  }
}

/** Hash of the last line. */
function checkLines(path: string, text: string): string {
  let last = START
  text.split('\n').forEach((line, i) => {
    if (line === '') return
    const body = line.slice(65)
    const hash = hashOf(last, body)
    if (line.slice(0, 64) !== hash)
      throw createError('artefact-damaged', {
        path,
        file: `line ${i + 1}`,
        reason: 'it does not follow from the line before it',
      })
    last = hash
  })
  return last
}
