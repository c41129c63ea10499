import { createError } from '../core/errors.js'
import { beyondLimits } from '../core/json-limits.js'
import type { Json } from '../core/state.js'
import { MODEL_VERSION } from '../model/index.js'
import { seal, sealOf } from './sealed.js'

export const MANIFEST_FILE = 'manifest.json'
export const MANIFEST_LIMIT_BYTES = 16 * 1024 * 1024
const FORMAT = 'telltale-artefact'
/** As deep as `canonicalJson` goes. */
const LIMITS = { depth: 100, commas: 2_000_000 }
/** Bytes of all files of an artefact together. */
export const ARTEFACT_LIMIT_BYTES = 160_000_000
/** Versions of the format that are read; the last one is written. */
const FORMAT_VERSIONS: readonly Json[] = [1, MODEL_VERSION]
const OWN_FIELDS = ['format', 'formatVersion', 'files', 'manifestSha256']
const HASH_FIELD = 'manifestSha256'
// No separators and no leading dot, so that a name cannot lead out of the folder.
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,100}\.safetensors$/
const MOST_FILES = 16

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
  if (!isFileTable(files))
    throw createError('option-invalid', {
      name: 'tensors',
      got: JSON.stringify(Object.keys(files)),
      where: 'the artefact',
      wanted: `it must be at most ${MOST_FILES} names of letters, digits, points, dashes and underscores`,
    })
  const own = contentOf(content)
  return seal({ format: FORMAT, formatVersion: MODEL_VERSION, ...own, files }, HASH_FIELD)
}

/** Errors: `artefact-missing` (not a manifest of telltale), `artefact-version`, `artefact-damaged`. */
export function decodeManifest(path: string, bytes: Buffer): Manifest {
  const damaged = (reason: string) => createError('artefact-damaged', { path, file: MANIFEST_FILE, reason })
  let manifest: Record<string, Json>
  try {
    manifest = parseManifestText(bytes)
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

/** The files that a manifest lists, sound or not; undefined when it is none of telltale. */
export function listedFiles(bytes: Buffer): readonly string[] | undefined {
  try {
    const manifest = parseManifestText(bytes)
    return manifest?.format === FORMAT ? Object.keys(manifest.files ?? {}) : undefined
  } catch {
    return undefined
  }
}

/** Errors: SyntaxError, also for what is larger than any manifest. */
function parseManifestText(bytes: Buffer): Record<string, Json> {
  const reason = beyondLimits(bytes, LIMITS)
  if (reason !== undefined) throw new SyntaxError(reason)
  return JSON.parse(bytes.toString('utf8'))
}

function isFileTable(files: unknown): boolean {
  if (typeof files !== 'object' || files === null || Array.isArray(files)) return false
  const entries = Object.entries(files as Record<string, Partial<FileEntry> | null>)
  if (entries.length > MOST_FILES) return false
  return entries.every(
    ([name, entry]) => FILE_NAME.test(name) && typeof entry?.sha256 === 'string' && isSize(entry.sizeBytes),
  )
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
