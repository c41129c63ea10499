import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { createError } from '../core/errors.js'
import { siblingPath, sweepSiblings, syncFolder, writeError, writeFileAtomic } from '../files/index.js'
import { infoFromManifest, type ModelInfo } from '../model/index.js'
import { findFleet } from './fleet.js'
import { sweepChanges } from './history.js'
import { readManifest } from './load.js'
import { contentOf } from './manifest.js'
import { naming } from './models.js'
import { checkModelName } from './names.js'
import { encodeRecord, inBatches, readRecord } from './records.js'
import { ensureModel, modelFolder, type Registry, removeEmptyModel } from './registry.js'
import { sha256 } from './sealed.js'

const FORMAT = 'telltale-version'
const FILE = 'version.json'
const hash = z.string().regex(/^[0-9a-f]{64}$/)

const schema = z.strictObject({
  name: z.string().min(1),
  number: z.number().int().min(1),
  at: z.iso.datetime(),
  by: z.string(),
  why: z.string(),
  /** Of the content: the id of the model, or a hash over the ids of a fleet. */
  id: hash,
  /** Device -> id of its model, of a fleet. */
  devices: z.record(z.string(), hash).optional(),
  detector: z.string(),
  channels: z.number().int().min(1),
  rows: z.number().int().min(0),
})
/** What a registry says of a version. It never changes. */
export type Version = Readonly<z.output<typeof schema>>

/** A version that is being written. */
export interface StagedVersion {
  /** Where its model, or the folder of its fleet, must be saved. */
  readonly path: string
  /** Gives it the next number and makes it visible. Errors: `artefact-missing` when nothing was saved, `file-unwritable`. */
  publish(why: string): Promise<Version>
  /** Removes it. */
  discard(): Promise<void>
}

/** Begins a version of a model. Errors: `model-name-invalid`, `registry-missing`, `file-unwritable`. */
export async function stageVersion(registry: Registry, name: string): Promise<StagedVersion> {
  checkModelName(name)
  await ensureModel(registry, name)
  const versions = join(modelFolder(registry, name), 'versions')
  const unnumbered = join(versions, 'version')
  await sweepSiblings(unnumbered)
  await sweepChanges(registry, name)
  const staged = siblingPath(unnumbered)
  const discard = async () => {
    await rm(staged, { recursive: true, force: true })
    await removeEmptyModel(registry, name)
  }
  const stage = () => mkdir(staged)
  try {
    // Another writer may have taken away the folder that was empty.
    await stage().catch(() => ensureModel(registry, name).then(stage))
  } catch (error) {
    throw writeError(versions, error)
  }
  const publish = async (why: string) => {
    const facts = await contentFacts(join(staged, 'model'))
    const at = registry.now().toISOString()
    try {
      for (let number = (await numbersIn(versions)).at(-1) ?? 0; ; ) {
        const version: Version = { name, number: ++number, at, by: registry.by, why, ...facts }
        await writeFileAtomic(join(staged, FILE), [encodeRecord(FORMAT, version)])
        if (await claim(staged, join(versions, String(number)))) return version
      }
    } catch (error) {
      throw writeError(versions, error)
    }
  }
  return { path: join(staged, 'model'), publish, discard }
}

/** Renames a folder to a number; false when the number is taken. */
async function claim(staged: string, target: string): Promise<boolean> {
  try {
    await rename(staged, target)
  } catch (error) {
    if ((await stat(target).catch(() => undefined)) !== undefined) return false
    throw error
  }
  await syncFolder(join(target, '..'))
  return true
}

/** All versions that a model ever had, ascending. Errors: `artefact-damaged`, `artefact-version`. */
export async function readVersions(registry: Registry, name: string): Promise<Version[]> {
  return inBatches(await versionNumbers(registry, name), number => readVersion(registry, name, number))
}

/** The numbers of all versions that a model ever had, ascending. */
export function versionNumbers(registry: Registry, name: string): Promise<number[]> {
  return numbersIn(join(modelFolder(registry, name), 'versions'))
}

/** One version. Errors: `artefact-damaged` also when the folder was renamed, `artefact-version`. */
export async function readVersion(registry: Registry, name: string, number: number): Promise<Version> {
  const folder = join(modelFolder(registry, name), 'versions', String(number))
  const { sha256: _, ...version } = await readRecord(join(folder, FILE), FORMAT, schema)
  if (version.name !== name || version.number !== number)
    throw createError('artefact-damaged', {
      path: folder,
      file: FILE,
      reason: `it is that of ${version.name}@${version.number}`,
    })
  return version
}

/** Where the model, or the fleet, of a version is. */
export function versionPath(registry: Registry, { name, number }: Pick<Version, 'name' | 'number'>): string {
  return join(modelFolder(registry, name), 'versions', String(number), 'model')
}

/** Refuses a version whose folder holds another model than it was added with. Only manifests are read: loading checks the rest. Errors: `artefact-damaged`. */
export async function checkContent(registry: Registry, version: Version): Promise<void> {
  const path = versionPath(registry, version)
  const { id } = await contentFacts(path)
  if (id !== version.id)
    throw createError('artefact-damaged', {
      path,
      file: 'manifest.json',
      reason: `it is not the model that ${version.name}@${version.number} was added with`,
    })
}

async function numbersIn(versions: string): Promise<number[]> {
  const names = await readdir(versions).catch(() => [])
  return names
    .filter(name => /^[1-9]\d{0,8}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b)
}

type Facts = Pick<Version, 'id' | 'devices' | 'detector' | 'channels' | 'rows'>

async function contentFacts(path: string): Promise<Facts> {
  const fleet = await findFleet(path)
  if (fleet === undefined) {
    const { id, kind, architecture, channels, training } = await readInfo(path)
    return { id, detector: architecture ?? kind, channels: channels.length, rows: training.rows }
  }
  const infos = await inBatches(fleet, ({ path }) => readInfo(path))
  const devices = Object.fromEntries(infos.map(info => [info.device as string, info.id]))
  const detectors = new Set(infos.map(({ architecture, kind }) => architecture ?? kind))
  return {
    id: sha256(Buffer.from(JSON.stringify(devices))),
    devices,
    detector: [...detectors].sort().join(', '),
    channels: new Set(infos.flatMap(({ channels }) => channels)).size,
    rows: infos.reduce((total, { training }) => total + training.rows, 0),
  }
}

/** What a model in a folder says about itself, from its manifest alone. Errors: as `readManifest`. */
export async function readInfo(path: string): Promise<ModelInfo> {
  const { manifest } = await readManifest(path)
  return naming(path, () => infoFromManifest(contentOf(manifest), manifest.formatVersion))
}
