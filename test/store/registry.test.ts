import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Model } from '../../src/model/index.js'
import {
  checkRegistry,
  deleteVersion,
  findVersion,
  ledgerOf,
  listModels,
  liveVersions,
  loadModel,
  noteVersion,
  planPrune,
  promote,
  type Registry,
  readHistory,
  readVersions,
  removeAlias,
  resolveModel,
  rollback,
  saveModel,
  stageVersion,
  tagVersion,
  verifyModel,
} from '../../src/store/index.js'
import { seal } from '../../src/store/sealed.js'
import { fixturePath } from '../model/fixtures.js'

let folder: string
let registry: Registry
let model: Model
let other: Model
beforeAll(async () => {
  model = await loadModel(fixturePath('z-score'))
  other = await loadModel(fixturePath('ewma'))
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-registry-'))
  let clock = Date.UTC(2024, 0, 1)
  registry = { folder: join(folder, 'models'), by: 'ana', now: () => new Date((clock += 1000)) }
})
afterEach(() => rmSync(folder, { recursive: true }))

async function add(name: string, of: Model = model, to: Registry = registry): Promise<number> {
  const staged = await stageVersion(to, name)
  await saveModel(of, staged.path)
  return (await staged.publish('test')).number
}
const at = (version: number | string, name = 'pump') => ({ name, version })
const numbers = async (name = 'pump') =>
  (await liveVersions(registry, name, ledgerOf(await readHistory(registry, name)))).map(
    ({ number }) => number,
  )

describe('versions', () => {
  it('are numbered from 1, per model, and hold the model that was added', async () => {
    expect([await add('pump'), await add('pump', other), await add('fan')]).toEqual([1, 2, 1])
    expect(await listModels(registry)).toEqual(['fan', 'pump'])
    const { version } = await findVersion(registry, at(2))
    expect(version).toMatchObject({ name: 'pump', number: 2, by: 'ana', why: 'test', id: other.info.id })
    expect((await loadModel(await resolveModel('pump@2', registry))).info.id).toBe(other.info.id)
    expect((await findVersion(registry, at('latest'))).version.number).toBe(2)
  })

  it('leave no model without a version behind when the first one is discarded', async () => {
    const staged = await stageVersion(registry, 'never')
    const other = await stageVersion(registry, 'never')
    await staged.discard()
    expect(await listModels(registry)).toContain('never')
    await other.discard()
    expect(await listModels(registry)).not.toContain('never')
  })

  it('are invisible until they are published, and gone when they are discarded', async () => {
    await add('pump')
    const staged = await stageVersion(registry, 'pump')
    await saveModel(model, staged.path)
    expect(await numbers()).toEqual([1])
    await staged.discard()
    expect(readdirSync(join(registry.folder, 'pump', 'versions'))).toEqual(['1'])
    await expect(staged.publish('late')).rejects.toMatchObject({ code: 'artefact-missing' })
  })

  it('get numbers of their own from 20 writers at once', async () => {
    const got = await Promise.all(Array.from({ length: 20 }, () => add('pump')))
    expect([...got].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
    expect(await numbers()).toHaveLength(20)
  })

  it('never give a number again, not even that of the newest one deleted', async () => {
    await add('pump')
    await add('pump')
    await deleteVersion(registry, at(2), '')
    expect(await add('pump')).toBe(3)
    expect(await numbers()).toEqual([1, 3])
    expect(await readVersions(registry, 'pump')).toHaveLength(3)
    await expect(resolveModel('pump@2', registry)).rejects.toMatchObject({ code: 'model-unknown' })
  })

  it('of a fleet are one thing', async () => {
    const staged = await stageVersion(registry, 'plant')
    const devices = { p1: model, p2: other }
    for (const [device, of] of Object.entries(devices))
      await saveModel({ ...of, info: { ...of.info, device } }, join(staged.path, device))
    const version = await staged.publish('')
    expect(Object.keys(version.devices ?? {})).toEqual(['p1', 'p2'])
    const path = await resolveModel('plant@1', registry)
    rmSync(join(path, 'p2'), { recursive: true })
    await expect(resolveModel('plant@1', registry)).rejects.toMatchObject({ code: 'artefact-damaged' })
  })

  it.each(['../x', 'Pump', 'a/b', '', 'con', '.x', 'a..b', 'pump@1', 'x'.repeat(64)])(
    'refuse the name %j',
    async name => {
      await expect(stageVersion(registry, name)).rejects.toMatchObject({ code: 'model-name-invalid' })
      expect(existsSync(registry.folder)).toBe(false)
    },
  )
})

describe('aliases', () => {
  beforeEach(async () => {
    for (let v = 1; v <= 4; v++) await add('pump')
  })
  const target = async (alias = 'champion') => (await findVersion(registry, at(alias))).version.number

  it('name a version, and go back one by one', async () => {
    for (const version of [1, 2, 4]) await promote(registry, at(version), 'champion', `take ${version}`)
    expect(await target()).toBe(4)
    expect(await rollback(registry, 'pump', 'champion', 'worse')).toMatchObject({ from: 4, to: 2 })
    expect(await target()).toBe(2)
    await rollback(registry, 'pump', 'champion', '')
    expect(await target()).toBe(1)
    await expect(rollback(registry, 'pump', 'champion', '')).rejects.toMatchObject({
      code: 'rollback-impossible',
    })
  })

  it('can follow another alias, and be removed', async () => {
    await promote(registry, at(3), 'challenger', '')
    await promote(registry, at('challenger'), 'champion', '')
    expect(await target()).toBe(3)
    await removeAlias(registry, 'pump', 'challenger', '')
    await expect(target('challenger')).rejects.toMatchObject({ code: 'model-unknown' })
  })

  it('are written to a history that says who, when and why', async () => {
    await promote(registry, at(1), 'champion', 'first')
    await promote(registry, at(1), 'champion', 'again')
    const history = await readHistory(registry, 'pump')
    expect(history).toHaveLength(1)
    expect(history[0]).toMatchObject({
      change: { action: 'promote', alias: 'champion', from: null, to: 1 },
      by: 'ana',
      why: 'first',
      at: '2024-01-01T00:00:05.000Z',
    })
  })

  it('promoted by 20 writers at once leave 20 changes, each from the one before', async () => {
    const by = (w: number): Registry => ({ ...registry, by: `writer ${w}` })
    await Promise.all(Array.from({ length: 20 }, (_, w) => promote(by(w), at((w % 4) + 1), `alias-${w}`, '')))
    const history = await readHistory(registry, 'pump')
    expect(history).toHaveLength(20)
    expect(new Set(history.map(entry => entry.by)).size).toBe(20)
  })

  it.each(['latest', '7', 'a/b', '../x', 'Champion', ''])('cannot be called %j', async alias => {
    await expect(promote(registry, at(1), alias, '')).rejects.toMatchObject({ code: 'model-name-invalid' })
  })

  it('that do not exist are refused with those that there are and the nearest one', async () => {
    await promote(registry, at(1), 'champion', '')
    const failure = findVersion(registry, at('champoin'))
    await expect(failure).rejects.toMatchObject({
      code: 'model-unknown',
      where: {
        help: expect.stringMatching(/^There are pump@champion, pump@4, .*\. The nearest is pump@champion$/),
      },
    })
    await expect(findVersion(registry, at(1, 'pmup'))).rejects.toMatchObject({
      where: { help: 'The nearest is pump' },
    })
  })
})

describe('tags and notes', () => {
  it('belong to a version and can be changed and removed', async () => {
    await add('pump')
    await tagVersion(registry, at(1), 'site', 'north', '')
    await tagVersion(registry, at(1), 'line', '2', '')
    await tagVersion(registry, at(1), 'site', null, '')
    await noteVersion(registry, at(1), 'after the overhaul', '')
    const { ledger } = await findVersion(registry, at(1))
    expect(ledger.tags.get(1)).toEqual({ line: '2' })
    expect(ledger.notes.get(1)).toBe('after the overhaul')
  })
})

describe('deleting and pruning', () => {
  beforeEach(async () => {
    for (let v = 1; v <= 6; v++) await add('pump')
    for (const version of [1, 2, 3]) await promote(registry, at(version), 'champion', '')
  })

  it('keep what an alias names and what a rollback returns to', async () => {
    const { remove, keep } = await planPrune(registry, 'pump', 1)
    expect(remove.map(({ number }) => number)).toEqual([1, 4, 5])
    expect(keep.map(({ reason }) => reason)).toEqual([
      'a rollback of champion returns to it',
      'the alias champion names it',
      'one of the newest 1',
    ])
    for (const { number } of remove) await deleteVersion(registry, at(number), '')
    expect(await numbers()).toEqual([2, 3, 6])
    await rollback(registry, 'pump', 'champion', '')
    expect((await loadModel(await resolveModel('pump@champion', registry))).info.id).toBe(model.info.id)
  })

  it('refuse what is needed', async () => {
    for (const version of [2, 3])
      await expect(deleteVersion(registry, at(version), '')).rejects.toMatchObject({ code: 'version-needed' })
    expect((await planPrune(registry, 'pump', 0)).remove.map(({ number }) => number)).toEqual([1, 4, 5, 6])
  })

  it('keep a version that is promoted at the same moment', async () => {
    const outcomes = await Promise.allSettled([
      deleteVersion(registry, at(5), ''),
      promote(registry, at(5), 'challenger', ''),
    ])
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const promoted = outcomes[1].status === 'fulfilled'
    expect((await numbers()).includes(5)).toBe(promoted)
    if (promoted) await loadModel(await resolveModel('pump@challenger', registry))
  })
})

describe('damage', () => {
  beforeEach(async () => {
    await add('pump')
    await add('pump', other)
    await promote(registry, at(1), 'champion', '')
    await promote(registry, at(2), 'champion', 'newer')
  })
  const useAll = async () => {
    for (const name of await listModels(registry)) {
      await readVersions(registry, name)
      for (const version of [1, 2]) await loadModel(await resolveModel(`${name}@${version}`, registry))
    }
  }

  it('of any byte of a record is refused', async () => {
    await useAll()
    const files = readdirSync(registry.folder, { recursive: true, encoding: 'utf8' })
      .filter(file => /(?:registry|version|\d{6})\.json$/.test(file))
      .map(file => join(registry.folder, file))
    expect(files).toHaveLength(5)
    for (const file of files) {
      const bytes = readFileSync(file)
      for (let b = 0; b < bytes.length; b += 7) {
        const flipped = Buffer.from(bytes)
        flipped[b] ^= 1
        writeFileSync(file, flipped)
        await expect(useAll(), `${file}, byte ${b}`).rejects.toMatchObject({ kind: 'artefact' })
      }
      writeFileSync(file, bytes)
    }
    await useAll()
  })

  it('of the model is refused, and so is another model in its place', async () => {
    const [first, second] = [await resolveModel('pump@1', registry), await resolveModel('pump@2', registry)]
    cpSync(first, join(folder, 'first'), { recursive: true })
    rmSync(first, { recursive: true })
    cpSync(second, first, { recursive: true })
    await expect(resolveModel('pump@champion', registry)).resolves.toBe(second)
    await expect(resolveModel('pump@1', registry)).rejects.toMatchObject({ code: 'artefact-damaged' })
  })

  it('of the history is refused when a record is missing or copied', async () => {
    const history = join(registry.folder, 'pump', 'history')
    cpSync(join(history, '000001.json'), join(history, '000003.json'))
    await expect(readHistory(registry, 'pump')).rejects.toThrow('it does not follow the record before it')
    rmSync(join(history, '000003.json'))
    rmSync(join(history, '000001.json'))
    await expect(readHistory(registry, 'pump')).rejects.toMatchObject({ code: 'artefact-damaged' })
  })

  it('by renaming a version is refused', async () => {
    const versions = join(registry.folder, 'pump', 'versions')
    renameSync(join(versions, '2'), join(versions, '3'))
    await expect(readVersions(registry, 'pump')).rejects.toThrow('it is that of pump@2')
  })
})

describe('a registry', () => {
  it('is never made of a folder that holds something else', async () => {
    writeFileSync(join(folder, 'notes.txt'), 'mine')
    const foreign = { ...registry, folder }
    await expect(add('pump', model, foreign)).rejects.toMatchObject({ code: 'registry-missing' })
    expect(readdirSync(folder)).toEqual(['notes.txt'])
    await expect(checkRegistry(registry)).rejects.toThrow('it does not exist')
  })

  it('of a newer telltale is refused as such, and so are records in it', async () => {
    await add('pump')
    const newer = (format: string) => seal({ format, formatVersion: 2 }, 'sha256')
    writeFileSync(join(registry.folder, 'pump', 'versions', '1', 'version.json'), newer('telltale-version'))
    await expect(findVersion(registry, at(1))).rejects.toMatchObject({
      code: 'artefact-version',
      where: { got: '2', wanted: 'version 1' },
    })
    writeFileSync(join(registry.folder, 'registry.json'), newer('telltale-registry'))
    await expect(listModels(registry)).rejects.toMatchObject({ code: 'artefact-version' })
    await expect(add('pump')).rejects.toMatchObject({ code: 'artefact-version' })
  })

  it('is needed to name a version, while paths need none', async () => {
    await expect(resolveModel('pump@1', undefined)).rejects.toMatchObject({ code: 'registry-needed' })
    expect(await resolveModel('./pump@1', undefined)).toBe('./pump@1')
    expect(await resolveModel('models/pump', registry)).toBe('models/pump')
  })

  it('removes what a writer left that no longer runs', async () => {
    await add('pump')
    const versions = join(registry.folder, 'pump', 'versions')
    const staged = await stageVersion(registry, 'pump')
    const [own] = readdirSync(versions).filter(name => name.endsWith('.telltale-new'))
    const dead = own.replace(/-\d+-/, '-999999999-')
    cpSync(join(versions, '1'), join(versions, dead), { recursive: true })
    const history = join(registry.folder, 'pump', 'history')
    writeFileSync(join(history, dead.replace('.version.', '.change.')), '{}')
    await add('pump')
    expect(readdirSync(history)).toEqual([])
    expect(readdirSync(versions).sort()).toEqual([own, '1', '2'].sort())
    await staged.discard()
  })
})

describe('a model in one file', () => {
  it('is the same model, and any byte that changed is refused', async () => {
    const path = join(folder, 'pump.telltale')
    await saveModel(model, path)
    expect((await loadModel(path)).info.id).toBe(model.info.id)
    expect((await verifyModel(path)).files).toMatchObject([{ name: 'pump.telltale', ok: true }])
    const bytes = readFileSync(path)
    for (let b = 0; b < bytes.length; b += 97) {
      const flipped = Buffer.from(bytes)
      flipped[b] ^= 1
      writeFileSync(path, flipped)
      await expect(loadModel(path), `byte ${b}`).rejects.toMatchObject({ kind: 'artefact' })
    }
    expect((await verifyModel(path)).files[0].ok).toBe(false)
  })

  it('replaces no file of another kind', async () => {
    const path = join(folder, 'pump.telltale')
    writeFileSync(path, 'mine')
    await expect(saveModel(model, path)).rejects.toMatchObject({ code: 'artefact-exists' })
  })
})
