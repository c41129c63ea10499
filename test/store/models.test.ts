import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Json } from '../../src/core/state.js'
import { modelToBytes, withId } from '../../src/model/index.js'
import { findFleet, loadModel, saveModel } from '../../src/store/index.js'
import { encodeManifest } from '../../src/store/manifest.js'
import { sha256 } from '../../src/store/sealed.js'
import { fixturePath, NAMES } from '../model/fixtures.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-models-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Changes the manifest of a saved model and makes its hash right again. */
function rewrite(path: string, change: (manifest: Record<string, Json>) => void): void {
  const file = join(path, 'manifest.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  change(manifest)
  writeFileSync(file, encodeManifest(manifest, manifest.files))
}

describe('saveModel and loadModel', () => {
  it.each(NAMES)(
    '%s of telltale 0.1 is loaded, saved in the format of today and loaded again, the same',
    async name => {
      const model = await loadModel(fixturePath(name))
      await saveModel(model, join(folder, 'model'))
      const manifest = JSON.parse(readFileSync(join(folder, 'model', 'manifest.json'), 'utf8'))
      expect([manifest.formatVersion, manifest.id]).toEqual([2, model.info.id])
      const back = await loadModel(join(folder, 'model'))
      expect(modelToBytes(back)).toEqual(modelToBytes(model))
    },
  )

  it('refuse a damaged model with its folder and the name of the field', async () => {
    const path = join(folder, 'model')
    await saveModel(await loadModel(fixturePath('z-score')), path)
    rewrite(path, manifest => Object.assign(manifest, { window: 'thirty' }))
    const failure = loadModel(path)
    await expect(failure).rejects.toThrow(/window/)
    await expect(failure).rejects.toMatchObject({
      code: 'artefact-damaged',
      where: { path, file: 'manifest' },
    })
    rewrite(path, manifest => Object.assign(manifest, { window: 13 }))
    await expect(loadModel(path)).rejects.toThrow('id: it is not that of the content')
  })

  it('say which stage is of a version that is not known', async () => {
    const path = join(folder, 'model')
    cpSync(fixturePath('ewma'), path, { recursive: true })
    const manifest = JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8'))
    manifest.stages.threshold.version = 7
    const text = encodeManifest(manifest, manifest.files)
      .toString()
      .replace('"formatVersion": 2', '"formatVersion": 1')
    writeFileSync(join(path, 'manifest.json'), resealed(text))
    await expect(loadModel(path)).rejects.toThrow(
      `${path} contains threshold:mad version 7; this telltale reads version 1`,
    )
  })
})

describe('findFleet', () => {
  it('lists devices, passes over what is of none, and refuses a member that is damaged', async () => {
    const model = await loadModel(fixturePath('ewma'))
    for (const device of ['b', 'a'])
      await saveModel(withId({ ...model, info: { ...model.info, device } }), join(folder, device))
    await saveModel(model, join(folder, 'of-no-device'))
    const fleet = await findFleet(folder)
    expect(fleet?.map(({ device, info }) => [device, info.channels])).toEqual([
      ['a', model.info.channels],
      ['b', model.info.channels],
    ])
    rewrite(join(folder, 'a'), manifest => Object.assign(manifest, { channels: [1, 2, 3] }))
    await expect(findFleet(folder)).rejects.toMatchObject({
      code: 'artefact-damaged',
      where: { path: join(folder, 'a'), reason: expect.stringContaining('channels') },
    })
  })

  it('reads a fleet of telltale 0.1', async () => {
    const path = join(folder, 'p1')
    cpSync(fixturePath('auto'), path, { recursive: true })
    const manifest = JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8'))
    manifest.device = 'p1'
    const text = encodeManifest(manifest, manifest.files)
      .toString()
      .replace('"formatVersion": 2', '"formatVersion": 1')
    writeFileSync(join(path, 'manifest.json'), resealed(text))
    expect((await findFleet(folder))?.map(({ device }) => device)).toEqual(['p1'])
  })
})

/** A manifest with the hash of what it holds now. */
function resealed(text: string): string {
  const body = text.slice(0, text.lastIndexOf(',\n'))
  return `${body},\n  "manifestSha256": "${sha256(Buffer.from(body))}"\n}\n`
}
