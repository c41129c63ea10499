import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { createError } from '../core/errors.js'
import { isBelow, readWhole } from './read.js'

/** A path of a run, and what names it: an option or an argument. */
export interface RunPath {
  readonly path: string
  readonly name: string
  /** Of a log: how many files `path.1`, `path.2` ... it is rotated to. */
  readonly rotations?: number
}

interface Identity {
  /** Without symbolic links, as far as the path exists. */
  readonly real: string
  /** Device and inode of what exists. */
  readonly node?: string
  readonly isFolder: boolean
}

/**
 * The gate of every file and folder that a run writes: none may be one that it reads, another that it writes, or lie in a model. Compared by device and
 * inode, so that links and other spellings count, and by real path, also where nothing exists yet.
 *
 * @param inputs files and folders that are read; what lies in a folder that is read may not be replaced
 * @param outputs files and folders that are written
 * @throws OptionError `output-is-input`, `output-twice`, `output-in-model`
 */
export async function checkOutputs(inputs: readonly RunPath[], outputs: readonly RunPath[]): Promise<void> {
  const read = await Promise.all(inputs.map(identified))
  const written = await Promise.all(outputs.map(identified))
  for (const [k, output] of written.entries()) {
    const source = read.find(input => clashes(output, input) || isReplacedIn(output, input))
    if (source !== undefined)
      throw createError('output-is-input', { first: output.name, second: source.name, file: output.path })
    const other = written.slice(0, k).find(earlier => clashes(output, earlier) || clashes(earlier, output))
    if (other !== undefined)
      throw createError('output-twice', { first: other.name, second: output.name, file: output.path })
    if (!output.isFolder && (await isInModel(output.real)))
      throw createError('output-in-model', { name: output.name, file: output.path })
  }
}

type Identified = RunPath & Identity

async function identified(given: RunPath): Promise<Identified> {
  return { ...given, ...(await identityOf(given.path)) }
}

/** A path is what it leads to; of one that does not exist, its name in the folder that does. */
export async function identityOf(path: string): Promise<Identity> {
  const absolute = resolve(path)
  try {
    const info = await stat(absolute, { bigint: true })
    return {
      real: await realpath(absolute),
      node: `${info.dev}:${info.ino}`,
      isFolder: info.isDirectory(),
    }
  } catch {
    const parent = dirname(absolute)
    if (parent === absolute) return { real: absolute, isFolder: false }
    return { real: join((await identityOf(parent)).real, basename(absolute)), isFolder: false }
  }
}

function clashes(output: Identified, other: Identified): boolean {
  if (output.real === other.real) return true
  if (output.node !== undefined && output.node === other.node) return true
  // A folder that is written is written as a whole.
  if (isBelow(other.real, output.real)) return true
  return isRotationOf(other.real, output) || isRotationOf(output.real, other)
}

/** Whether an existing file of a folder that is read would be replaced. */
function isReplacedIn(output: Identified, { isFolder, real }: Identified): boolean {
  return isFolder && output.node !== undefined && !output.isFolder && isBelow(output.real, real)
}

function isRotationOf(path: string, { real, rotations = 0 }: Identified): boolean {
  if (rotations === 0 || !path.startsWith(`${real}.`)) return false
  const number = path.slice(real.length + 1)
  return /^[1-9]\d{0,3}$/.test(number) && Number(number) <= rotations
}

const MANIFEST = 'manifest.json'
const MANIFEST_LIMIT_BYTES = 64 * 1024 * 1024

async function isInModel(path: string): Promise<boolean> {
  const manifest = join(dirname(path), MANIFEST)
  const bytes = await readWhole(manifest, MANIFEST_LIMIT_BYTES).catch(() => undefined)
  return bytes?.includes('"format": "telltale-artefact"') === true
}
