import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createError, TelltaleError } from '../core/errors.js'
import { decodeSafetensors } from '../core/safetensors.js'
import type { Tensor } from '../core/state.js'
import { readWhole, sweepSiblings } from '../files/index.js'
import {
  ARTEFACT_LIMIT_BYTES,
  decodeManifest,
  MANIFEST_FILE,
  MANIFEST_LIMIT_BYTES,
  type Manifest,
} from './manifest.js'
import { sha256 } from './sealed.js'

export interface Artefact {
  readonly manifest: Manifest
  /** By file name without ending, then by tensor name. */
  readonly tensors: Record<string, Record<string, Tensor>>
}

export interface FileCheck {
  readonly name: string
  readonly sizeBytes: number
  readonly sha256: string
  readonly ok: boolean
  /** Why it is not ok. */
  readonly reason?: string
}

export interface ArtefactCheck {
  /** The manifest first, then the files that it lists. */
  readonly files: readonly FileCheck[]
  /** Files in the folder that the manifest does not list; they are never read. */
  readonly extra: readonly string[]
  readonly manifest: Manifest
}

/**
 * Loads an artefact after checking every byte of it against its hashes. Nothing in it is executed, and no link out of the
 * folder is followed. Errors: `artefact-missing`, `artefact-version`, `artefact-damaged` with file and reason.
 */
export async function loadArtefact(path: string): Promise<Artefact> {
  const { manifest } = await readManifest(path)
  const total = Object.values(manifest.files).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  if (total > ARTEFACT_LIMIT_BYTES)
    throw createError('file-too-large', { file: path, got: total, wanted: ARTEFACT_LIMIT_BYTES })
  const tensors: Artefact['tensors'] = {}
  for (const name of Object.keys(manifest.files)) {
    const { reason, content } = await checkFile(path, name, manifest)
    if (content === undefined) throw createError('artefact-damaged', { path, file: name, reason: reason! })
    Object.assign(tensors, { [name.replace(/\.safetensors$/, '')]: content })
  }
  return { manifest, tensors }
}

/**
 * Checks each file of an artefact and reports all of them; a damaged tensor file is a row that is not ok, not an error.
 * Errors, when the manifest itself cannot be trusted: `artefact-missing`, `artefact-version`, `artefact-damaged`.
 */
export async function verifyArtefact(path: string): Promise<ArtefactCheck> {
  const { manifest, bytes } = await readManifest(path)
  const own = { name: MANIFEST_FILE, sizeBytes: bytes.length, sha256: sha256(bytes), ok: true }
  const files: FileCheck[] = [own]
  for (const name of Object.keys(manifest.files)) {
    const { content, ...check } = await checkFile(path, name, manifest)
    files.push({ name, ...check, ok: content !== undefined })
  }
  const listed = new Set(files.map(({ name }) => name))
  return { files, extra: (await readdir(path)).filter(name => !listed.has(name)), manifest }
}

/** The manifest of an artefact, with its own hash checked and nothing else. Errors: `artefact-missing`, `artefact-version`, `artefact-damaged`. */
export async function readManifest(path: string): Promise<{ manifest: Manifest; bytes: Buffer }> {
  const missing = (reason: string) => createError('artefact-missing', { path, reason })
  let info = await stat(path).catch(() => undefined)
  if (info === undefined) {
    // A run that was killed while it replaced the artefact has left the old one beside it.
    await sweepSiblings(resolve(path))
    info = await stat(path).catch(() => undefined)
  }
  if (!info?.isDirectory()) throw missing(info ? 'it is a file' : 'it does not exist')
  const found = await readRegular(join(path, MANIFEST_FILE), MANIFEST_LIMIT_BYTES)
  if (typeof found === 'string') {
    throw found === ABSENT
      ? missing(`it holds no ${MANIFEST_FILE}`)
      : createError('artefact-damaged', { path, file: MANIFEST_FILE, reason: found })
  }
  return { manifest: decodeManifest(path, found), bytes: found }
}

interface Checked {
  readonly sizeBytes: number
  readonly sha256: string
  readonly reason?: string
  readonly content?: Record<string, Tensor>
}

async function checkFile(path: string, name: string, manifest: Manifest): Promise<Checked> {
  const stated = manifest.files[name]!
  const bytes = await readRegular(join(path, name), stated.sizeBytes)
  if (typeof bytes === 'string') return { sizeBytes: 0, sha256: '', reason: bytes }
  const found = { sizeBytes: bytes.length, sha256: sha256(bytes) }
  if (bytes.length < stated.sizeBytes) {
    return { ...found, reason: `it has ${bytes.length} of ${stated.sizeBytes} bytes` }
  }
  if (found.sha256 !== stated.sha256) return { ...found, reason: 'its hash differs' }
  try {
    return { ...found, content: decodeSafetensors(bytes, path, name) }
  } catch (error) {
    if (!(error instanceof TelltaleError)) throw error
    return { ...found, reason: String(error.where.reason) }
  }
}

const ABSENT = 'it is missing'

/** The bytes of a regular file of at most `limitBytes`, or why they cannot be had. Links are not followed. */
async function readRegular(file: string, limitBytes: number): Promise<Buffer | string> {
  try {
    return await readWhole(file, limitBytes, { noLinks: true })
  } catch (error) {
    if (!(error instanceof TelltaleError)) throw error
    if (error.code === 'file-not-found') return ABSENT
    if (error.code === 'file-too-large') return `it is larger than ${limitBytes} bytes`
    return String(error.where.reason)
  }
}
