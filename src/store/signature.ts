import { createPublicKey, sign, verify } from 'node:crypto'
import { rm, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { z } from 'zod'
import { createError } from '../core/errors.js'
import { writeError, writeFileAtomic } from '../files/index.js'
import type { SigningKey, TrustedKey } from './keys.js'
import { encodeRecord, readRecord } from './records.js'

const FORMAT = 'telltale-signature'
const hash = z.string().regex(/^[0-9a-f]{64}$/)
const schema = z.strictObject({
  /** Of the model: a hash of everything in it. */
  id: hash,
  /** Id of the public key. */
  key: hash,
  /** Name of the key where it was used. */
  signer: z.string(),
  at: z.iso.datetime(),
  /** Ed25519, base64. */
  signature: z.base64(),
})
export type Signature = Readonly<z.output<typeof schema>>

/** Where the signature of a model is: beside its folder or file. */
export function signaturePath(model: string): string {
  return `${model.replace(/[/\\]+$/, '')}.sig`
}

/**
 * Signs a model: writes `<model>.sig` beside it, in place of an earlier signature.
 *
 * @param id of the model as it was loaded, so that it is known to be whole
 * @throws `file-unwritable`
 */
export async function signModel(path: string, id: string, signer: SigningKey, now: Date): Promise<Signature> {
  const at = now.toISOString()
  const signed = { id, key: signer.id, signer: signer.name, at }
  const signature = { ...signed, signature: sign(null, messageOf(signed), signer.key).toString('base64') }
  const file = signaturePath(path)
  try {
    await writeFileAtomic(file, [encodeRecord(FORMAT, signature)])
  } catch (error) {
    throw writeError(file, error)
  }
  return signature
}

/** The signature of a model, unchecked; undefined without one. Errors: `artefact-damaged`, `artefact-version`. */
export async function readSignature(path: string): Promise<Signature | undefined> {
  const file = signaturePath(path)
  if ((await stat(file).catch(() => undefined)) === undefined) return undefined
  const { sha256: _, ...signature } = await readRecord(file, FORMAT, schema)
  return signature
}

/**
 * Refuses a model that none of the trusted keys has signed.
 *
 * Errors: `model-unsigned`, `signature-untrusted` for another key, `signature-invalid` when the model or the signature was changed, `artefact-damaged`.
 *
 * @param id of the model, computed from its content
 */
export async function checkSignature(
  path: string,
  id: string,
  trusted: readonly TrustedKey[],
): Promise<Signature> {
  const found = await readSignature(path)
  if (found === undefined) throw createError('model-unsigned', { path })
  const key = trusted.find(key => key.id === found.key)
  if (key === undefined) {
    const known = trusted.map(({ name, id }) => shown(name, id)).join(', ')
    throw createError('signature-untrusted', { path, got: shown(found.signer, found.key), known })
  }
  const file = basename(signaturePath(path))
  const invalid = (reason: string) => createError('signature-invalid', { path, file, reason })
  if (!verify(null, messageOf(found), createPublicKey(key.pem), Buffer.from(found.signature, 'base64')))
    throw invalid(`it was not made with the key ${shown(key.name, key.id)}`)
  if (found.id !== id)
    throw invalid(`it is of the model ${found.id.slice(0, 12)}, and this one is ${id.slice(0, 12)}`)
  return found
}

/** Copies the signature of a model to its copy; nothing without one. Errors: as `readSignature`, `file-unwritable`. */
export async function copySignature(from: string, to: string): Promise<void> {
  const signature = await readSignature(from)
  if (signature !== undefined) await writeFileAtomic(signaturePath(to), [encodeRecord(FORMAT, signature)])
}

/** Removes the signature at a path that another model was saved to; what cannot be read as one stays. Errors: `file-unwritable`. */
export async function removeStaleSignature(path: string, id: string): Promise<void> {
  const found = await readSignature(path).catch(() => undefined)
  if (found === undefined || found.id === id) return
  const file = signaturePath(path)
  await rm(file, { force: true }).catch(error => {
    throw writeError(file, error)
  })
}

const shown = (name: string, id: string) => `${name} (${id.slice(0, 16)})`

/** What is signed: every field but the signature, in a form that nothing else has. */
function messageOf({ id, key, signer, at }: Omit<Signature, 'signature'>): Buffer {
  return Buffer.from(JSON.stringify([FORMAT, 1, id, key, signer, at]))
}
