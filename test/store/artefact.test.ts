import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ArtefactError, type ErrorCode } from '../../src/core/errors.js'
import { checkArtefactTarget, loadArtefact, saveArtefact, verifyArtefact } from '../../src/store/index.js'
import { encodeManifest } from '../../src/store/manifest.js'
import { sha256 } from '../../src/store/sealed.js'

vi.mock('node:fs/promises', async original => ({ ...(await original<typeof fs>()) }))

let folder: string
let model: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-store-'))
  model = join(folder, 'model')
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

const content = (seed: number) => ({
  manifest: { kind: 'test', seed, channels: ['a', 'é'], format: 'ignored' },
  tensors: {
    weights: { w: { shape: [2, 2], data: Float32Array.of(1, 2, 3, seed) } },
    calibration: { scores: { shape: [3], data: Float64Array.of(0.5, Number.NaN, 1e300) } },
  },
})
const seedOf = async (path: string) => (await loadArtefact(path)).manifest.seed
const refusal = (code: ErrorCode, where: object = {}) =>
  expect.objectContaining({ code, where: expect.objectContaining(where) })

/** Makes the n-th of the file system calls that a save needs fail; counts them. */
async function failAt(n: number): Promise<{ calls: number }> {
  const actual = await vi.importActual<typeof fs>('node:fs/promises')
  const count = { calls: 0 }
  const counted = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      if (count.calls++ === n) throw Object.assign(new Error('disk full'), { code: 'ENOSPC' })
      return call(...args)
    }
  }
  vi.spyOn(fs, 'mkdir').mockImplementation(counted(actual.mkdir) as typeof fs.mkdir)
  vi.spyOn(fs, 'rename').mockImplementation(counted(actual.rename))
  vi.spyOn(fs, 'open').mockImplementation(async (...args) => {
    const handle = await actual.open(...args)
    if (args[1] !== 'wx') return handle
    handle.write = counted(handle.write.bind(handle) as () => Promise<never>)
    handle.sync = counted(handle.sync.bind(handle))
    return handle
  })
  return count
}

function place(files: Record<string, string>): void {
  mkdirSync(model)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(model, name), text)
}

describe('saveArtefact and loadArtefact', () => {
  it('give back manifest and tensors', async () => {
    await saveArtefact(model, content(7))
    const { manifest, tensors } = await loadArtefact(model)
    expect(manifest).toMatchObject({
      kind: 'test',
      seed: 7,
      channels: ['a', 'é'],
      format: 'telltale-artefact',
    })
    expect(tensors).toEqual(content(7).tensors)
    expect(readdirSync(model).sort()).toEqual([
      'calibration.safetensors',
      'manifest.json',
      'weights.safetensors',
    ])
    expect(readdirSync(folder)).toEqual(['model'])
  })

  it('write the same bytes for the same content', async () => {
    await saveArtefact(model, content(7))
    await saveArtefact(`${model}2`, content(7))
    for (const name of readdirSync(model)) {
      expect(readFileSync(join(model, name)).equals(readFileSync(join(`${model}2`, name)))).toBe(true)
    }
  })

  it('save again what was loaded', async () => {
    await saveArtefact(model, content(7))
    await saveArtefact(`${model}2`, await loadArtefact(model))
    expect(await loadArtefact(`${model}2`)).toEqual(await loadArtefact(model))
  })

  it('create parent folders', async () => {
    await saveArtefact(join(folder, 'a', 'b', 'model'), content(1))
    expect(await seedOf(join(folder, 'a', 'b', 'model'))).toBe(1)
  })

  it('replace an artefact, an empty folder and what a link leads to, and nothing else', async () => {
    await saveArtefact(model, content(1))
    await saveArtefact(model, content(2))
    expect(await seedOf(model)).toBe(2)

    mkdirSync(join(folder, 'empty'))
    await saveArtefact(join(folder, 'empty'), content(3))
    expect(await seedOf(join(folder, 'empty'))).toBe(3)

    symlinkSync(model, join(folder, 'link'))
    await saveArtefact(join(folder, 'link'), content(4))
    expect(await seedOf(model)).toBe(4)
    expect(readdirSync(folder).sort()).toEqual(['empty', 'link', 'model'])
  })

  it.each([
    ['a file', () => writeFileSync(model, 'mine')],
    ['a folder with files', () => place({ 'mine.txt': '' })],
    ['a folder with the manifest of something else', () => place({ 'manifest.json': '{"name":"web app"}' })],
  ])('refuse to replace %s', async (_, prepare) => {
    prepare()
    await expect(checkArtefactTarget(model)).rejects.toEqual(refusal('artefact-exists'))
    await expect(saveArtefact(model, content(1))).rejects.toEqual(refusal('artefact-exists'))
    expect(existsSync(model)).toBe(true)
  })

  it('refuse to delete the files of others inside an artefact', async () => {
    await saveArtefact(model, content(1))
    writeFileSync(join(model, 'scores.csv'), 'precious')
    await expect(saveArtefact(model, content(2))).rejects.toEqual(
      refusal('artefact-exists', { reason: 'holds files of others: scores.csv' }),
    )
    expect(await seedOf(model)).toBe(1)
  })

  it('say that nothing can be written below a file', async () => {
    writeFileSync(join(folder, 'file'), '')
    await expect(saveArtefact(join(folder, 'file', 'model'), content(1))).rejects.toEqual(
      refusal('file-unwritable', { reason: 'a part of its path is a file' }),
    )
    expect(readdirSync(folder)).toEqual(['file'])
  })

  it.runIf(process.platform === 'linux')(
    'say that nothing can be written where no folder can be made',
    async () => {
      await expect(saveArtefact('/proc/none/model', content(1))).rejects.toEqual(refusal('file-unwritable'))
    },
  )

  it('refuse numbers that JSON would lose', async () => {
    const lossy = { ...content(1), manifest: { level: Number.NaN } }
    await expect(saveArtefact(model, lossy)).rejects.toEqual(refusal('bug'))
    expect(readdirSync(folder)).toEqual([])
  })

  it('leave the old artefact, or none, when the disk is full at any step', async () => {
    const target = join(folder, 'new', 'parent', 'model')
    const count = await failAt(Number.POSITIVE_INFINITY)
    await saveArtefact(model, content(1))
    expect(count.calls).toBeGreaterThanOrEqual(9)
    const steps = count.calls + 1 // replacing renames once more
    for (let n = 0; n < steps; n++) {
      vi.restoreAllMocks()
      await failAt(n)
      await expect(saveArtefact(model, content(2))).rejects.toEqual(
        refusal('file-unwritable', { file: model, reason: 'no space is left on the disk' }),
      )
      expect(await seedOf(model)).toBe(1)
      expect(readdirSync(folder)).toEqual(['model'])
    }
    for (let n = 0; n < steps - 1; n++) {
      vi.restoreAllMocks()
      await failAt(n)
      await expect(saveArtefact(target, content(2))).rejects.toEqual(refusal('file-unwritable'))
      expect(readdirSync(folder)).toEqual(['model'])
    }
  })
})

describe('a damaged artefact', () => {
  beforeEach(() => saveArtefact(model, content(1)))

  it('is refused when any single byte of any file differs', async () => {
    for (const name of readdirSync(model)) {
      const bytes = readFileSync(join(model, name))
      for (let i = 0; i < bytes.length; i++) {
        const flip = 1 << (i % 8)
        bytes[i]! ^= flip
        writeFileSync(join(model, name), bytes)
        bytes[i]! ^= flip
        await expect(loadArtefact(model), `${name} byte ${i} ^ ${flip}`).rejects.toBeInstanceOf(ArtefactError)
      }
      writeFileSync(join(model, name), bytes)
    }
    expect(await seedOf(model)).toBe(1)
  })

  it.each<[string, () => void, string, RegExp]>([
    ['a missing file', () => rmSync(join(model, 'weights.safetensors')), 'weights.safetensors', /missing/],
    [
      'a cut file',
      () => truncateSync(join(model, 'weights.safetensors'), 20),
      'weights.safetensors',
      /20 of \d+ bytes/,
    ],
    [
      'a longer file',
      () => writeFileSync(join(model, 'weights.safetensors'), Buffer.alloc(500)),
      'weights.safetensors',
      /larger/,
    ],
    [
      'a file exchanged for another',
      () => renameSync(join(model, 'calibration.safetensors'), join(model, 'weights.safetensors')),
      'weights.safetensors',
      /larger|hash/,
    ],
    [
      'a link instead of a file',
      () => {
        renameSync(join(model, 'weights.safetensors'), join(folder, 'outside'))
        symlinkSync(join(folder, 'outside'), join(model, 'weights.safetensors'))
      },
      'weights.safetensors',
      /not a regular file/,
    ],
    ['a cut manifest', () => truncateSync(join(model, 'manifest.json'), 300), 'manifest.json', /not JSON/],
  ])('is refused for %s', async (_, damage, file, reason) => {
    damage()
    const failure = loadArtefact(model)
    await expect(failure).rejects.toThrow(reason)
    await expect(failure).rejects.toEqual(refusal('artefact-damaged', { path: model }))
    if (file !== 'manifest.json') {
      const { files } = await verifyArtefact(model)
      expect(files.find(({ name }) => name === file)).toMatchObject({
        ok: false,
        reason: expect.stringMatching(reason),
      })
    }
  })

  it('is refused when a file name leads out of the folder', async () => {
    const text = encodeManifest({}, { 'weights.safetensors': { sha256: '0', sizeBytes: 1 } }).toString()
    const body = text.slice(0, text.lastIndexOf(',\n')).replace('weights', '../weights')
    const forged = `${body},\n  "manifestSha256": "${sha256(Buffer.from(body))}"\n}\n`
    writeFileSync(join(model, 'manifest.json'), forged)
    await expect(loadArtefact(model)).rejects.toThrow('list of files is not valid')
  })

  it('is told apart from one of a later version and from what is no artefact', async () => {
    const manifest = readFileSync(join(model, 'manifest.json'), 'utf8')
    writeFileSync(join(model, 'manifest.json'), manifest.replace('"formatVersion": 2', '"formatVersion": 99'))
    await expect(loadArtefact(model)).rejects.toEqual(
      refusal('artefact-version', { got: '99', wanted: 'version 1 and 2' }),
    )
    await expect(verifyArtefact(model)).rejects.toEqual(refusal('artefact-version'))

    writeFileSync(join(model, 'manifest.json'), 'null')
    await expect(loadArtefact(model)).rejects.toEqual(refusal('artefact-missing'))
    for (const path of [folder, join(folder, 'none'), join(model, 'manifest.json')]) {
      await expect(loadArtefact(path)).rejects.toEqual(refusal('artefact-missing', { path }))
    }
  })
})

describe('verifyArtefact', () => {
  it('lists each file with its hash, and names files that are not part of the artefact', async () => {
    await saveArtefact(model, content(1))
    writeFileSync(join(model, 'note.txt'), '')
    const { files, extra, manifest } = await verifyArtefact(model)
    expect(files.map(({ name, ok }) => [name, ok])).toEqual([
      ['manifest.json', true],
      ['weights.safetensors', true],
      ['calibration.safetensors', true],
    ])
    expect(files[1]).toMatchObject(manifest.files['weights.safetensors']!)
    expect(extra).toEqual(['note.txt'])
    await loadArtefact(model)
  })
})
