import { basename, dirname } from 'node:path'
import type { z } from 'zod'
import { createError, TelltaleError } from '../core/errors.js'
import { readWhole } from '../files/index.js'
import { seal, sealOf } from './sealed.js'

const HASH_FIELD = 'sha256'
const FORMAT_VERSION = 1
/** A record is no longer. */
export const RECORD_LIMIT_BYTES = 16 * 1024 * 1024
/** Files that are open at a time. */
const BATCH = 64

/** A record of a registry as a file: sealed JSON with its format and version. */
export function encodeRecord(format: string, fields: object): Buffer {
  return seal({ format, formatVersion: FORMAT_VERSION, ...fields }, HASH_FIELD)
}

/**
 * Reads a record and checks its hash and every field.
 *
 * Errors: `artefact-damaged` naming the file, `artefact-version` for a record of a newer telltale.
 */
export async function readRecord<S extends z.ZodType>(
  file: string,
  format: string,
  schema: S,
): Promise<z.output<S> & { readonly sha256: string }> {
  const damaged = (reason: string, cause?: unknown) =>
    createError('artefact-damaged', { path: dirname(file), file: basename(file), reason }, cause)
  const bytes = await readWhole(file, RECORD_LIMIT_BYTES, { noLinks: true }).catch(cause => {
    throw damaged(reasonOf(cause), cause)
  })
  const sha256 = sealOf(bytes, HASH_FIELD)
  if (sha256 === undefined) throw damaged('its hash differs')
  const { format: found, formatVersion, [HASH_FIELD]: _, ...fields } = JSON.parse(bytes.toString('utf8'))
  if (found !== format) throw damaged(`it is a ${found}, not a ${format}`)
  if (formatVersion !== FORMAT_VERSION)
    throw createError('artefact-version', {
      path: file,
      what: 'a record of',
      got: String(formatVersion),
      wanted: `version ${FORMAT_VERSION}`,
    })
  const parsed = schema.safeParse(fields)
  if (!parsed.success) throw damaged(`${parsed.error.issues[0].path.join('.')} is not valid`)
  return { ...(parsed.data as object), sha256 } as never
}

function reasonOf(error: unknown): string {
  if (!(error instanceof TelltaleError)) throw error
  return error.code === 'file-not-found' ? 'it is missing' : String(error.where.reason ?? error.message)
}

/** Results in the order of the items; only some are worked on at a time. */
export async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let start = 0; start < items.length; start += BATCH)
    results.push(...(await Promise.all(items.slice(start, start + BATCH).map(work))))
  return results
}
