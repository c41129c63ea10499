import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createError } from '../core/errors.js'
import { makeFolder, readWhole, syncFolder, writeError, writeFileSynced } from '../files/index.js'
import { checkModelName } from './names.js'

const PUBLIC = '.pub'
const PRIVATE = '.key'
const KEY_LIMIT_BYTES = 16 * 1024
/** Bits of a mode that let others read or write a file. */
const OTHERS = 0o077

/** A public key that signatures are checked with. */
export interface TrustedKey {
  readonly name: string
  /** SHA-256 of the key (SPKI, DER), in hexadecimal digits. */
  readonly id: string
  /** SPKI, PEM. */
  readonly pem: string
}

/** A private key, with the id of its public one. */
export interface SigningKey {
  readonly name: string
  readonly id: string
  readonly key: KeyObject
}

/** A pair of keys in a folder; either of them may be elsewhere. */
export interface KeyPair extends Pick<TrustedKey, 'name' | 'id'> {
  readonly hasPrivate: boolean
}

/**
 * Makes a pair of Ed25519 keys: `NAME.key` (PKCS 8), which only its owner may read, and `NAME.pub` (SPKI). Keys that exist stay.
 *
 * Errors: `model-name-invalid`, `key-invalid` when there is a key of this name, `file-unwritable`.
 */
export async function createKeys(folder: string, name: string): Promise<TrustedKey> {
  checkModelName(name, 'a key')
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string
  const secret = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  const file = (ending: string) => join(folder, `${name}${ending}`)
  try {
    await makeFolder(folder)
    await writeFileSynced(file(PRIVATE), [secret], 0o600)
    await writeFileSynced(file(PUBLIC), [pem])
    await syncFolder(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw invalid(file(PRIVATE), 'a new key', 'a key of this name exists')
    throw writeError(file(PRIVATE), error)
  }
  return { name, id: idOf(publicKey), pem }
}

/** The keys of a folder, by name. Errors: `key-invalid`, `file-unreadable`. */
export async function listKeys(folder: string): Promise<readonly KeyPair[]> {
  const names = await entriesOf(folder)
  const pairs = names.filter(isPublicKeyFile).map(async (file): Promise<KeyPair> => {
    const { name, id } = await readPublicKey(join(folder, file))
    return { name, id, hasPrivate: names.includes(`${name}${PRIVATE}`) }
  })
  return Promise.all(pairs)
}

/**
 * The public keys of a file, or of the files `*.pub` of a folder: those whose signatures count.
 *
 * Errors: `key-invalid` also for a folder without any and for a private key, `file-not-found`.
 */
export async function readTrustedKeys(path: string): Promise<readonly TrustedKey[]> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false
  if (!isFolder) return [await readPublicKey(path)]
  const files = (await entriesOf(path)).filter(isPublicKeyFile)
  if (files.length === 0) throw invalid(path, 'a folder of public keys', `it holds no ${PUBLIC} file`)
  return Promise.all(files.map(file => readPublicKey(join(path, file))))
}

/** Whether a file name is that of a public key. */
export function isPublicKeyFile(name: string): boolean {
  return name.endsWith(PUBLIC) && !name.startsWith('.')
}

/**
 * The private key of a file.
 *
 * Errors: `key-invalid` for what is no Ed25519 key, or one that other users of this machine can read; `file-not-found`.
 */
export async function readSigningKey(path: string): Promise<SigningKey> {
  const what = 'a private key'
  const text = await readWhole(path, KEY_LIMIT_BYTES)
  if (text.includes('PUBLIC KEY'))
    throw invalid(path, what, 'it is a public one, which checks signatures: give the .key beside it')
  const { mode } = await stat(path)
  if (process.platform !== 'win32' && (mode & OTHERS) !== 0)
    throw invalid(path, what, 'other users can read it (chmod 600 makes it private)')
  let key: KeyObject
  try {
    key = createPrivateKey(text)
  } catch {
    // Without the cause: its text may hold parts of the key.
    throw invalid(path, what, 'it is not a PEM file with one')
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw invalid(path, what, `it is ${key.asymmetricKeyType}, not Ed25519`)
  return { name: nameOf(path), id: idOf(createPublicKey(key)), key }
}

async function readPublicKey(path: string): Promise<TrustedKey> {
  const what = 'a public key'
  const text = (await readWhole(path, KEY_LIMIT_BYTES)).toString('latin1')
  if (text.includes('PRIVATE'))
    throw invalid(path, what, 'it is a private one, which belongs to its signer alone')
  let key: KeyObject
  try {
    key = createPublicKey(text)
  } catch {
    throw invalid(path, what, 'it is not a PEM file with one')
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw invalid(path, what, `it is ${key.asymmetricKeyType}, not Ed25519`)
  return { name: nameOf(path), id: idOf(key), pem: key.export({ type: 'spki', format: 'pem' }) as string }
}

async function entriesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder).catch(() => {
    throw invalid(folder, 'a folder of keys', 'it is no folder that can be read')
  })
  return entries.sort()
}

const nameOf = (path: string) => basename(path).replace(/\.(?:pub|key)$/, '')

function idOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
}

function invalid(file: string, what: string, reason: string) {
  return createError('key-invalid', { file, what, reason })
}
