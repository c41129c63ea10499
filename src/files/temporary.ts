import { createHash, randomBytes } from 'node:crypto'
import { constants, readlinkSync } from 'node:fs'
import { access, lstat, readdir, realpath, rename, rm } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { createError } from '../core/errors.js'
import { isAlive } from './is-alive.js'

/**
 * Names of what a run writes before it is finished: `.<name>.<owner>.telltale-new` beside its target, `.<name>.<owner>.telltale-old` for a folder that
 * is being replaced, and `telltale-<owner>` in the folder for temporary files. The owner is a machine, a process and its start. So the next run can
 * distinguish what a killed run left from what belongs to a run that is alive, or to another machine.
 */
const OWNED =
  /^(?:\.(?<name>.+)\.|telltale-)(?<host>[0-9a-f]{8})-(?<pid>[1-9]\d{0,9})-(?<start>[0-9a-f]{6})[0-9a-f]{12}(?:\.telltale-(?<kind>new|old))?$/s

/** A name beside `path` that nothing else uses. @param kind `old` for a folder that goes when another has taken its place */
export function siblingPath(path: string, kind: 'new' | 'old' = 'new'): string {
  return join(dirname(path), `.${shortName(path)}.${ownedName()}.telltale-${kind}`)
}

/**
 * Removes what killed runs left beside `path` on the way to it. A folder that was replaced when its run was killed comes back, if nothing has taken its
 * place. Cost: one listing of the folder.
 */
export async function sweepSiblings(path: string): Promise<void> {
  const mine = shortName(path)
  for (const { entry, kind } of await leftovers(dirname(path), name => name === mine)) {
    const isLost = kind === 'old' && (await lstat(path).catch(() => undefined)) === undefined
    await (isLost ? rename(entry, path) : rm(entry, { recursive: true, force: true })).catch(() => {})
  }
}

/**
 * A path in the folder for temporary files that nothing else uses; what killed runs left there is removed.
 *
 * @throws SourceError `temporary-folder` when there is no such folder
 */
export async function temporaryPath(): Promise<string> {
  let folder: string
  try {
    folder = await realpath(tmpdir())
    if (!(await lstat(folder)).isDirectory()) throw new Error('it is not a folder')
    await access(folder, constants.W_OK)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const reason = REASONS[code ?? ''] ?? message
    throw createError('temporary-folder', { folder: tmpdir(), reason }, cause)
  }
  for (const { entry } of await leftovers(folder, name => name === undefined))
    await rm(entry, { recursive: true, force: true }).catch(() => {})
  return join(folder, `telltale-${ownedName()}`)
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'permission denied',
  EROFS: 'the disk is read-only',
}

/** Entries of a folder whose owner was a process of this machine that is gone. */
async function leftovers(
  folder: string,
  isMine: (name: string | undefined) => boolean,
): Promise<{ readonly entry: string; readonly kind: string | undefined }[]> {
  const names = await readdir(folder).catch(() => [])
  return names.flatMap(name => {
    const owner = OWNED.exec(name)?.groups
    const isGone = owner?.host === HOST && isMine(owner.name) && !isOwnerAlive(Number(owner.pid), owner.start)
    return isGone ? [{ entry: join(folder, name), kind: owner.kind }] : []
  })
}

/** File systems allow 255 bytes in a name. */
function shortName(path: string): string {
  const name = basename(path)
  return Buffer.byteLength(name) <= 150 ? name : digest(name, 32)
}

const digest = (text: string, length: number) =>
  createHash('sha256').update(text).digest('hex').slice(0, length)

/** Processes are numbered by machine, and by container. */
const HOST = digest(`${hostname()} ${processNamespace()}`, 8)
/** The same in every thread of a process. */
const START = digest(String(performance.timeOrigin), 6)

const ownedName = () => `${HOST}-${process.pid}-${START}${randomBytes(6).toString('hex')}`

function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}

function isOwnerAlive(pid: number, start: string): boolean {
  return pid === process.pid ? start === START : isAlive(pid)
}
