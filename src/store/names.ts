import { createError } from '../core/errors.js'

const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?$/
const ALIAS = /^[a-z][a-z0-9-]{0,62}$/
const REFERENCE = /^([^/\\@]+)@([^/\\@]+)$/

/** The newest version of a model; no alias can have this name. */
export const LATEST = 'latest'

/** A version of a model in a registry, as a user names it: `pump@7`, `pump@champion`, `pump@latest`. */
export interface Reference {
  readonly name: string
  /** A number, or an alias. */
  readonly version: number | string
}

/** Whether a text can be the name of a model: the same on every file system, and never a path. */
export function isModelName(text: string): boolean {
  return NAME.test(text) && !RESERVED.test(text) && !text.includes('..')
}

/** Errors: `model-name-invalid`. */
export function checkModelName(name: string, what = 'a model'): void {
  if (isModelName(name)) return
  const reason = 'it needs 1 to 63 lower-case letters, digits, hyphens, underscores or single dots'
  throw createError('model-name-invalid', { name, what, reason })
}

/** Whether a text can be an alias. */
export function isAliasName(text: string): boolean {
  return ALIAS.test(text) && text !== LATEST
}

/** Errors: `model-name-invalid`. */
export function checkAliasName(alias: string): void {
  if (isAliasName(alias)) return
  const reason = `it needs a lower-case letter, then lower-case letters, digits or hyphens, and must not be ${LATEST}`
  throw createError('model-name-invalid', { name: alias, what: 'an alias', reason })
}

/**
 * What `NAME@VERSION` or `NAME@ALIAS` says; undefined for a text that is a path.
 *
 * @example
 * import { parseReference } from './names.js'
 * parseReference('pump@7') // => { "name": "pump", "version": 7 }
 * parseReference('./pump@7') // => undefined
 */
export function parseReference(text: string): Reference | undefined {
  const [, name, version] = REFERENCE.exec(text) ?? []
  if (name === undefined || !isModelName(name)) return undefined
  if (/^[1-9]\d{0,8}$/.test(version)) return { name, version: Number(version) }
  return ALIAS.test(version) ? { name, version } : undefined
}
