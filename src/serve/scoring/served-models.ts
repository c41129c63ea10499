import { createError } from '../../core/errors.js'
import { listNames } from '../../core/list-names.js'
import type { Runtime } from '../../detect/index.js'
import type { Model } from '../../model/index.js'
import { type ResolvedSettings, resolveSettings } from '../../session/index.js'
import {
  type FleetMember,
  findFleet,
  findVersion,
  isModelName,
  LATEST,
  loadModel,
  modelPath,
  parseReference,
  type Reference,
  type Registry,
  resolveModel,
  type TrustedKey,
  type Version,
} from '../../store/index.js'

/** A model that is in use. */
export interface ServedModel {
  /** `NAME@VERSION`. */
  readonly name: string
  readonly version: Version
  /** Where it is. */
  readonly path: string
  readonly model: Model
  /** As trained, causal. */
  readonly settings: ResolvedSettings
}

/** Models of a registry that are loaded once and shared. */
export interface ServedModels {
  /** Public keys, one of which must have signed each model; undefined: no signature is needed. */
  readonly trusted: readonly TrustedKey[] | undefined
  /**
   * The model of `NAME`, `NAME@VERSION` or `NAME@ALIAS`; a plain name is its champion, else its latest version. What aliases name is looked up again after a
   * second.
   *
   * @param device of a fleet, whose model it is
   * @throws `model-unknown` with the nearest name, `device-needed`, `artefact-damaged`
   */
  get(text: string, device?: string): Promise<ServedModel>
  /** Lets go of the model of a version; the next use loads it again. @returns `NAME@VERSION` */
  release(text: string): Promise<string>
  /** What is known of the models of a version without their weights: one, or those of the devices of a fleet. Errors: as `get`. */
  infosOf(text: string): Promise<readonly FleetMember['info'][]>
  /** The version that a text names. Errors: `model-unknown`. */
  versionOf(text: string): Promise<Version>
}

/** The alias that a plain name stands for. */
export const CHAMPION = 'champion'
const LOOK_AGAIN_MS = 1000
/** Models in memory; the one that was not used for longest goes first. */
const MOST_LOADED = 64

/** @param trusted public keys, one of which must have signed each model; default: no signature is needed */
export function serveModels(
  registry: Registry,
  runtime: Runtime,
  now: () => number,
  trusted?: readonly TrustedKey[],
): ServedModels {
  const found = new Map<string, { readonly atMs: number; readonly model: Promise<ServedModel> }>()
  const loaded = new Map<string, Promise<Model>>()

  function load(path: string): Promise<Model> {
    const model = loaded.get(path) ?? loadModel(path, runtime, trusted)
    loaded.delete(path)
    loaded.set(path, model)
    model.catch(() => loaded.delete(path))
    if (loaded.size > MOST_LOADED) loaded.delete(loaded.keys().next().value as string)
    return model
  }

  async function find(text: string, device: string | undefined): Promise<ServedModel> {
    const version = await versionOf(registry, text)
    const folder = await resolveModel(`${version.name}@${version.number}`, registry)
    const name = `${version.name}@${version.number}`
    const devices = Object.keys(version.devices ?? {})
    if (devices.length > 0 && device === undefined)
      throw createError('device-needed', {
        path: name,
        count: devices.length,
        got: listNames(devices, 10),
        device: devices[0]!,
      })
    const path = version.devices === undefined ? folder : await modelPath(folder, device)
    const model = await load(path)
    return {
      name,
      version,
      path,
      model,
      settings: resolveSettings(model, {}),
    }
  }

  return {
    trusted,
    async infosOf(text) {
      const { name, number } = await versionOf(registry, text)
      const folder = await resolveModel(`${name}@${number}`, registry)
      const members = await findFleet(folder)
      return members?.map(({ info }) => info) ?? [(await load(folder)).info]
    },
    versionOf: text => versionOf(registry, text),
    async release(text) {
      const { name, number } = await versionOf(registry, text)
      const path = await resolveModel(`${name}@${number}`, registry)
      for (const key of loaded.keys()) if (key.startsWith(path)) loaded.delete(key)
      found.clear()
      return `${name}@${number}`
    },
    get(text, device) {
      const key = device === undefined ? text : `${text}\n${device}`
      const known = found.get(key)
      if (known !== undefined && now() - known.atMs < LOOK_AGAIN_MS) return known.model
      const model = find(text, device)
      if (found.size >= 10 * MOST_LOADED) found.clear()
      found.set(key, { atMs: now(), model })
      model.catch(() => found.delete(key))
      return model
    },
  }
}

/** The version of `NAME`, `NAME@VERSION` or `NAME@ALIAS`. Errors: `model-unknown`. */
async function versionOf(registry: Registry, text: string): Promise<Version> {
  const reference = parseReference(text)
  if (reference !== undefined) return (await findVersion(registry, reference)).version
  if (!isModelName(text))
    throw createError('model-unknown', {
      registry: 'the registry',
      name: text,
      help: 'GET /api/v1/models lists those that are served',
    })
  const wanted = (version: Reference['version']) => findVersion(registry, { name: text, version })
  const champion = await wanted(CHAMPION).catch(() => undefined)
  return (champion ?? (await wanted(LATEST))).version
}
