import { constants } from 'node:fs'
import { type FileHandle, lstat, open, realpath, stat } from 'node:fs/promises'
import { relative, resolve, sep } from 'node:path'
import { createError, TelltaleError } from '../core/errors.js'

/** What may be read. */
export interface ReadRules {
  /** The path as the user gave it, for messages. Default: the path. */
  readonly shown?: string
  /** Folders outside of which nothing is read. Default: anywhere. */
  readonly roots?: readonly string[]
  /** Whether a symbolic link is refused. Default: it is followed. */
  readonly noLinks?: boolean
}

/** A regular file that may be read. */
export interface InspectedFile {
  /** Absolute, without symbolic links. */
  readonly path: string
  readonly sizeBytes: number
}

/**
 * The gate of every file that is read: a regular file below the roots, no device, pipe, socket or folder. Nothing is opened.
 *
 * @throws SourceError `file-not-found`, `file-unreadable`; OptionError `path-outside`
 */
export async function inspectFile(path: string, rules: ReadRules = {}): Promise<InspectedFile> {
  const { shown = path, roots, noLinks } = rules
  try {
    const info = await (noLinks ? lstat : stat)(path)
    if (!info.isFile()) throw notRegular(shown)
    const real = await realpath(path)
    if (roots !== undefined) await checkRoots(real, shown, roots)
    return { path: real, sizeBytes: info.size }
  } catch (error) {
    throw readError(shown, error)
  }
}

/**
 * Reads a whole file of at most `limitBytes` through the same gate. No more than that is ever allocated, also when the file grows or is a sparse one.
 *
 * @throws as `inspectFile`; LimitError `file-too-large`
 */
export async function readWhole(path: string, limitBytes: number, rules: ReadRules = {}): Promise<Buffer> {
  const { shown = path } = rules
  await inspectFile(path, rules)
  let handle: FileHandle | undefined
  try {
    const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants
    // Without waiting for a writer, should a pipe have taken the place of the file.
    handle = await open(path, O_RDONLY | O_NONBLOCK | (rules.noLinks ? O_NOFOLLOW : 0))
    const info = await handle.stat()
    if (!info.isFile()) throw notRegular(shown)
    if (info.size > limitBytes)
      throw createError('file-too-large', { file: shown, got: info.size, wanted: limitBytes })
    return await readAll(handle, info.size)
  } catch (error) {
    throw readError(shown, error)
  } finally {
    await handle?.close()
  }
}

/**
 * The text of a whole file, UTF-8; a byte order mark is dropped.
 *
 * @throws as `readWhole`, and `file-unreadable` for what is not UTF-8
 */
export async function readTextFile(path: string, limitBytes: number, rules: ReadRules = {}): Promise<string> {
  const bytes = await readWhole(path, limitBytes, rules)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw createError('file-unreadable', { file: rules.shown ?? path, reason: 'it is not UTF-8 text' }, cause)
  }
}

/**
 * The real paths of folders below which may be read.
 *
 * @throws SourceError `file-not-found`, `file-unreadable` naming the folder
 */
export async function rootFolders(roots: readonly string[]): Promise<string[]> {
  return Promise.all(
    roots.map(async root => {
      try {
        const path = await realpath(root)
        if (!(await stat(path)).isDirectory())
          throw createError('file-unreadable', { file: root, reason: 'it is not a folder' })
        return path
      } catch (error) {
        throw readError(root, error)
      }
    }),
  )
}

/** Whether a real path lies in a real folder, at any depth. */
export function isBelow(path: string, folder: string): boolean {
  const below = relative(folder, path)
  return below !== '..' && !below.startsWith(`..${sep}`) && resolve(below) !== below
}

/** The error of the catalogue for a failed read; errors of the catalogue pass through. */
export function readError(file: string, error: unknown): TelltaleError {
  if (error instanceof TelltaleError) return error
  const { code = '', message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return createError('file-not-found', { file }, error)
  return createError('file-unreadable', { file, reason: REASONS[code] ?? message }, error)
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOTDIR: 'a part of its path is a file',
  ELOOP: 'it is a symbolic link, or one that leads back to itself',
  ENAMETOOLONG: 'its path is too long',
  ENXIO: 'it is not a regular file',
  ERR_INVALID_ARG_VALUE: 'its path has a null character',
}

function notRegular(file: string): TelltaleError {
  return createError('file-unreadable', { file, reason: 'it is not a regular file' })
}

async function checkRoots(path: string, shown: string, roots: readonly string[]): Promise<void> {
  const folders = await rootFolders(roots)
  if (folders.some(folder => isBelow(path, folder))) return
  throw createError('path-outside', { file: shown, roots: roots.join(', ') })
}

async function readAll(handle: FileHandle, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size)
  let at = 0
  while (at < size) {
    const { bytesRead } = await handle.read(bytes, at, size - at, at)
    if (bytesRead === 0) break
    at += bytesRead
  }
  return bytes.subarray(0, at)
}
