import { stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { createError } from '../core/errors.js'
import { similarName } from '../core/nearest.js'
import {
  checkModelTarget,
  findVersion,
  LATEST,
  listModels,
  parseReference,
  type Registry,
  resolveModel,
  stageVersion,
  type Version,
} from '../store/index.js'
import type { CliOptions } from './global-options.js'
import type { Io } from './io.js'
import { printNotes } from './notes.js'
import { checkFleetTarget, checkFolder, isPathText, pathIn } from './paths.js'

/** The registry of `--registry`; undefined without one. */
export function registryOf(io: Io, { registry }: Pick<CliOptions, 'registry'>): Registry | undefined {
  if (registry === undefined) return undefined
  return { folder: pathIn(io, registry), by: userName(), now: () => new Date() }
}

/** Where the model is that the user named: a folder, a file or a version in the registry. Errors: as `resolveModel`. */
export async function modelIn(io: Io, cli: Pick<CliOptions, 'registry'>, text: string): Promise<string> {
  const registry = registryOf(io, cli)
  if (registry !== undefined && parseReference(text) === undefined && !isPathText(text))
    await checkPlainName(io, registry, text)
  return resolveModel(text, registry, pathIn(io, text))
}

/**
 * A name without a separator is a path, also where there is a registry: says so where a model of the registry has it too, or may be meant.
 *
 * Errors: `artefact-missing` with the nearest model of the registry, where the path does not exist.
 */
async function checkPlainName(io: Io, registry: Registry, text: string): Promise<void> {
  const isThere = (await stat(pathIn(io, text)).catch(() => undefined)) !== undefined
  const models = await listModels(registry)
  if (isThere) {
    if (models.includes(text))
      printNotes(io, [
        `${text} is the folder or file of that name; the model of the registry is ${text}@latest, or ${text}@ALIAS`,
      ])
    return
  }
  const nearest = similarName(text.split('@')[0], models)
  if (nearest !== '')
    throw createError('artefact-missing', {
      path: text,
      reason: `it does not exist; the registry has ${nearest}@${LATEST}`,
    })
}

/** Where a command writes a model to. */
export interface ModelTarget {
  /** Where it must be saved. */
  readonly path: string
  /** Where it can be found now, as a user names it. Of a registry: gives the version its number. @param why for the history */
  publish(why: string): Promise<string>
  /** Leaves nothing behind when it was not published. */
  discard(): Promise<void>
}

/**
 * The target that `--out` names: with a registry and a plain name the next version of that model, else a path. It is refused before any work is done.
 *
 * Errors: `artefact-exists`, `file-unwritable`, `model-name-invalid`, `registry-missing`.
 */
export async function modelTarget(
  io: Io,
  cli: Pick<CliOptions, 'registry'>,
  out: string,
  isFleet: boolean,
): Promise<ModelTarget> {
  const registry = registryOf(io, cli)
  if (parseReference(out) !== undefined && registry !== undefined)
    throw createError('model-name-invalid', {
      name: out,
      what: 'a new version',
      reason: 'versions are numbered by the registry',
    })
  if (registry !== undefined && !isPathText(out)) {
    const staged = await stageVersion(registry, out)
    const publish = async (why: string) => {
      const version = await staged.publish(why)
      return `${out}@${version.number}`
    }
    return { path: staged.path, publish, discard: staged.discard }
  }
  const path = pathIn(io, out)
  await (isFleet ? checkFleetTarget(path) : checkModelTarget(path))
  await checkFolder(path, out)
  return { path, publish: async () => out, discard: async () => {} }
}

/** Devices of the fleet before this version that it has no model of. */
export async function devicesThatLeft(
  io: Io,
  cli: Pick<CliOptions, 'registry'>,
  published: string,
): Promise<string[]> {
  const registry = registryOf(io, cli)
  const reference = parseReference(published)
  if (registry === undefined || reference === undefined) return []
  const { version } = await findVersion(registry, reference)
  const before = await findVersion(registry, { ...reference, version: version.number - 1 }).catch(
    () => undefined,
  )
  return devicesLeft(before?.version, version)
}

/** Devices of a fleet that another has no model of, sorted. */
export function devicesLeft(before: Version | undefined, after: Version): string[] {
  const left = Object.keys(before?.devices ?? {}).filter(
    device => !Object.hasOwn(after.devices ?? {}, device),
  )
  return left.sort()
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    return 'unknown'
  }
}
