import { createError } from '../core/errors.js'
import type { Json } from '../core/state.js'
import { MODEL_VERSION } from '../model/index.js'
import { seal, sealOf } from './sealed.js'

export const MANIFEST_FILE = 'manifest.json'
export const MANIFEST_LIMIT_BYTES = 16 * 1024 * 1024
const FORMAT = 'telltale-artefact'
/** Versions of the format that are read; the last one is written. */
const FORMAT_VERSIONS: readonly Json[] = [1, MODEL_VERSION]
const OWN_FIELDS = ['format', 'formatVersion', 'files', 'manifestSha256']
const HASH_FIELD = 'manifestSha256'
// No separators and no leading dot, so that a name cannot lead out of the folder.
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*\.safetensors$/

export interface FileEntry {
  readonly sha256: string
  readonly sizeBytes: number
}
export type Manifest = { readonly [key: string]: Json } & {
  readonly formatVersion: number
  readonly files: Readonly<Record<string, FileEntry>>
}

/** The manifest as text: its own hash over all that stands before it is the last field, so that no byte can change. */
export function encodeManifest(content: Record<string, Json>, files: Record<string, FileEntry>): Buffer {
  if (!isFileTable(files)) throw createError('bug', { reason: `file names ${Object.keys(files)}` })
  const own = contentOf(content)
  return seal({ format: FORMAT, formatVersion: MODEL_VERSION, ...own, files }, HASH_FIELD)
}

/** Errors: `artefact-missing` (not a manifest of telltale), `artefact-version`, `artefact-damaged`. */
export function decodeManifest(path: string, bytes: Buffer): Manifest {
  const damaged = (reason: string) => createError('artefact-damaged', { path, file: MANIFEST_FILE, reason })
  let manifest: Record<string, Json>
  try {
    manifest = JSON.parse(bytes.toString('utf8'))
  } catch {
    throw damaged('it is not JSON')
  }
  if (manifest?.format !== FORMAT) {
    throw createError('artefact-missing', { path, reason: `its ${MANIFEST_FILE} is not from telltale` })
  }
  if (!FORMAT_VERSIONS.includes(manifest.formatVersion)) {
    const got = String(manifest.formatVersion)
    const wanted = `version ${FORMAT_VERSIONS.join(' and ')}`
    throw createError('artefact-version', { path, what: 'a manifest of', got, wanted })
  }
  if (sealOf(bytes, HASH_FIELD) === undefined) throw damaged('its hash differs')
  if (!isFileTable(manifest.files)) throw damaged('its list of files is not valid')
  return manifest as Manifest
}

/** What the manifest holds beside the fields of the store. */
export function contentOf(manifest: Readonly<Record<string, Json>>): Record<string, Json> {
  return Object.fromEntries(Object.entries(manifest).filter(([key]) => !OWN_FIELDS.includes(key)))
}

/** Whether a folder's manifest claims to be one of telltale, sound or not. */
export function claimsToBeManifest(bytes: Buffer): boolean {
  return bytes.includes(`"format": "${FORMAT}"`)
}

function isFileTable(files: unknown): boolean {
  if (typeof files !== 'object' || files === null || Array.isArray(files)) return false
  return Object.entries(files as Record<string, Partial<FileEntry> | null>).every(
    ([name, entry]) =>
      FILE_NAME.test(name) && typeof entry?.sha256 === 'string' && Number.isSafeInteger(entry.sizeBytes),
  )
}
