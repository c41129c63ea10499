import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { createError } from '../core/errors.js'
import { makeFolder, writeError } from '../files/index.js'
import type { ProcessIo } from './io.js'

/** A path of the command line, relative to the current folder; `-` and paths that need no change stay, so that messages show what was typed. */
export function pathIn(io: ProcessIo, path: string): string {
  return path === '-' || io.cwd === process.cwd() ? path : resolve(io.cwd, path)
}

/** Refuses to put a fleet where a model or something else is; the folder of a fleet takes further models. Errors: `artefact-exists`. */
export async function checkFleetTarget(path: string): Promise<void> {
  const info = await stat(path).catch(() => undefined)
  if (info === undefined) return
  const refuse = (reason: string) => createError('artefact-exists', { path, reason })
  if (!info.isDirectory()) throw refuse('is a file')
  if (await isModel(path)) throw refuse('is a single model, not a folder of models')
}

/** Whether a folder holds a model. */
export async function isModel(path: string): Promise<boolean> {
  return (await stat(resolve(path, 'manifest.json')).catch(() => undefined)) !== undefined
}

/** Makes the folder that `path` will be in. */
export async function makeFolderOf(path: string, shown: string): Promise<void> {
  try {
    await makeFolder(dirname(path))
  } catch (cause) {
    throw writeError(shown, cause)
  }
}

/**
 * Refuses a place that cannot be written, before any work is done: the nearest folder above it that exists must be a folder
 * and writable. A full disk is still only found by writing.
 *
 * @param shown the path as the user gave it
 */
export async function checkFolder(path: string, shown: string): Promise<void> {
  const folder = dirname(resolve(path))
  const info = await stat(folder).catch(() => undefined)
  if (info === undefined && folder !== dirname(folder)) return checkFolder(folder, shown)
  if (!info?.isDirectory()) throw writeError(shown, { code: 'ENOTDIR' })
  try {
    await access(folder, constants.W_OK)
  } catch (cause) {
    throw writeError(shown, cause)
  }
}

/** Whether a text that may be a name in a registry is a path: it has a separator, begins with a point, or ends as a model in one file does. */
export function isPathText(text: string): boolean {
  return /[/\\]|^\.|\.telltale$/.test(text)
}
