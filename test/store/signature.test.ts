import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  checkSignature,
  copySignature,
  createKeys,
  listKeys,
  loadModel,
  readSigningKey,
  readTrustedKeys,
  saveModel,
  signaturePath,
  signModel,
} from '../../src/store/index.js'
import { fixturePath } from '../model/fixtures.js'

let folder: string
let keys: string
let model: string
let id: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-signature-'))
  keys = join(folder, 'keys')
  model = join(folder, 'model')
  const loaded = await loadModel(fixturePath('z-score'))
  id = loaded.info.id
  await saveModel(loaded, model)
  await createKeys(keys, 'ana')
  await createKeys(join(folder, 'others'), 'bo')
})
afterEach(() => rmSync(folder, { recursive: true }))

const NOW = new Date(Date.UTC(2024, 0, 1))
const trusted = () => readTrustedKeys(keys)
const sign = async (path = model, key = join(keys, 'ana.key')) =>
  signModel(path, id, await readSigningKey(key), NOW)
const load = async (path = model) => loadModel(path, undefined, await trusted())

describe('the signature of a model', () => {
  it.each(['model', 'model.telltale'])(
    'goes when another one is saved to %s, and stays with the same',
    async name => {
      const path = join(folder, name)
      const [first, second] = [await loadModel(model), await loadModel(fixturePath('ewma'))]
      await saveModel(first, path)
      await sign(path)
      await saveModel(first, path)
      expect((await load(path)).info.id).toBe(id)
      await saveModel(second, path)
      await expect(load(path)).rejects.toMatchObject({ code: 'model-unsigned' })
      expect(existsSync(`${path}.sig`)).toBe(false)
    },
  )

  it('stays when it is a file of others', async () => {
    writeFileSync(`${model}.sig`, 'not ours')
    await saveModel(await loadModel(fixturePath('ewma')), model)
    expect(readFileSync(`${model}.sig`, 'utf8')).toBe('not ours')
  })
})

describe('a pair of keys', () => {
  it('is a private file that only its owner reads, and a public one', async () => {
    expect(statSync(join(keys, 'ana.key')).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(keys, 'ana.pub'), 'utf8')).toMatch(/^-----BEGIN PUBLIC KEY-----/)
    const [pair] = await listKeys(keys)
    expect(pair).toEqual({ name: 'ana', id: (await trusted())[0]?.id, hasPrivate: true })
  })

  it('never replaces another', async () => {
    const before = readFileSync(join(keys, 'ana.key'), 'utf8')
    await expect(createKeys(keys, 'ana')).rejects.toMatchObject({ code: 'key-invalid' })
    expect(readFileSync(join(keys, 'ana.key'), 'utf8')).toBe(before)
  })

  it.each(['../ana', '/etc/ana', 'a/b', '..', '', 'ana\n', 'an\u0000a', 'con'])(
    'is not made with the name %j',
    async name => {
      await expect(createKeys(keys, name)).rejects.toMatchObject({ code: 'model-name-invalid' })
    },
  )

  it('does not sign when others can read it, and is refused where a public key is needed', async () => {
    chmodSync(join(keys, 'ana.key'), 0o644)
    await expect(readSigningKey(join(keys, 'ana.key'))).rejects.toThrow(/other users can read it/)
    await expect(readTrustedKeys(join(keys, 'ana.key'))).rejects.toThrow(/a private one/)
    await expect(readTrustedKeys(folder)).rejects.toThrow(/holds no .pub file/)
  })

  it('is refused without repeating what the file holds', async () => {
    const file = join(folder, 'bad.key')
    writeFileSync(file, '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n', { mode: 0o600 })
    const error = await readSigningKey(file).catch(error => error)
    expect(error).toMatchObject({ code: 'key-invalid' })
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain('c2VjcmV0')
    expect(error.cause).toBeUndefined()
  })
})

describe('a model', () => {
  it('that is signed loads, from a folder, a file and a copy', async () => {
    await sign()
    expect((await load()).info.id).toBe(id)
    const file = join(folder, 'model.telltale')
    await saveModel(await loadModel(model), file)
    await copySignature(model, file)
    expect((await load(file)).info.id).toBe(id)
    expect(await checkSignature(file, id, await trusted())).toMatchObject({
      signer: 'ana',
      at: NOW.toISOString(),
    })
  })

  it('that is not signed is refused only where a signature is needed', async () => {
    await expect(load()).rejects.toMatchObject({ code: 'model-unsigned' })
    expect((await loadModel(model)).info.id).toBe(id)
  })

  it('that another key signed is refused by the name of that key', async () => {
    await sign(model, join(folder, 'others', 'bo.key'))
    await expect(load()).rejects.toThrow(/signed with the key bo \([0-9a-f]{16}\), which is not one of ana/)
  })

  it('that took the place of a signed one is refused', async () => {
    await sign()
    rmSync(model, { recursive: true })
    cpSync(fixturePath('ewma'), model, { recursive: true })
    await expect(load()).rejects.toMatchObject({ code: 'signature-invalid' })
  })

  it('whose signature was copied from another model is refused', async () => {
    const other = join(folder, 'other')
    await saveModel(await loadModel(fixturePath('ewma')), other)
    await sign()
    cpSync(signaturePath(model), signaturePath(other))
    await expect(load(other)).rejects.toMatchObject({ code: 'signature-invalid' })
  })

  it('whose signature names a trusted key that did not make it is refused', async () => {
    const [ana] = await trusted()
    const bo = await readSigningKey(join(folder, 'others', 'bo.key'))
    await signModel(model, id, { ...bo, name: 'ana', id: ana!.id }, NOW)
    await expect(load()).rejects.toMatchObject({ code: 'signature-invalid' })
  })

  it('is refused when any byte of its signature is another', async () => {
    await sign()
    const file = signaturePath(model)
    const bytes = readFileSync(file)
    const keysOfAna = await trusted()
    for (let b = 0; b < bytes.length; b++) {
      const changed = Buffer.from(bytes)
      changed[b] ^= 1 << (b % 8)
      writeFileSync(file, changed)
      await expect(checkSignature(model, id, keysOfAna), `byte ${b}`).rejects.toMatchObject({
        kind: 'artefact',
      })
    }
  })
})
