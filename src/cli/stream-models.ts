import { matches } from '../core/device-pattern.js'
import type { Runtime } from '../detect/index.js'
import { type ModelOf, type ModelsReading, readingOfModels } from '../live/index.js'
import type { Model } from '../model/index.js'
import { type FleetMember, findFleet } from '../store/index.js'
import type { ModelEntry } from './device-pattern.js'
import type { Io } from './io.js'
import { loadTrusted } from './open-model.js'

/** The models of a stream. */
export interface StreamModels extends ModelsReading {
  readonly modelOf: ModelOf
  /** Whether a device has a model that no other has: that of its name in a fleet. */
  isOwn(device: string): boolean
  /** One of them: settings that it refuses are wrong. Undefined where devices learn their models. */
  first(): Promise<Model | undefined>
}

/** Where a model or fleet is, and the devices that it is for. */
export type PlacedModel = Pick<ModelEntry, 'pattern'> & { readonly place: string }

/**
 * The models of entries that are tried in order: the first whose pattern matches and that has a model of the device counts. Errors as `loadModel`.
 *
 * @param entries none: every device learns its model
 */
export async function openStreamModels(
  entries: readonly PlacedModel[],
  runtime: Runtime,
  io: Pick<Io, 'trusted'>,
): Promise<StreamModels> {
  const opened: OpenedEntry[] = []
  for (const entry of entries) opened.push({ ...entry, ...(await openEntry(entry.place, runtime, io)) })
  const infos = opened.flatMap(entry => entry.infos)
  const among = (device: string) =>
    opened.find(
      ({ pattern, has }) =>
        (pattern === undefined || matches(pattern, device)) && (has === undefined || has(device)),
    )
  return {
    modelOf: async device => among(device)?.modelOf(device),
    isOwn: device => among(device)?.has !== undefined,
    first: async () => opened[0]?.first(),
    ...readingOfModels(infos),
  }
}

interface OpenedEntry extends PlacedModel {
  readonly modelOf: ModelOf
  readonly first: () => Promise<Model>
  readonly infos: readonly FleetMember['info'][]
  /** Of a fleet: whether it has a model of a device. */
  readonly has?: (device: string) => boolean
}

/** One model for all devices, or those of a fleet. */
async function openEntry(
  place: string,
  runtime: Runtime,
  io: Pick<Io, 'trusted'>,
): Promise<Omit<OpenedEntry, keyof PlacedModel>> {
  const members = await findFleet(place)
  if (members === undefined) {
    const model = await loadTrusted(io, place, runtime)
    return { modelOf: async () => model, first: async () => model, infos: [model.info] }
  }
  const paths = new Map(members.map(({ device, path }) => [device, path]))
  const loaded = new Map<string, WeakRef<Model>>()
  return {
    async modelOf(device) {
      const path = paths.get(device)
      if (path === undefined) return undefined
      const known = loaded.get(device)?.deref()
      if (known) return known
      const model = await loadTrusted(io, path, runtime)
      loaded.set(device, new WeakRef(model))
      return model
    },
    first: () => loadTrusted(io, members[0].path, runtime),
    infos: members.map(({ info }) => info),
    has: device => paths.has(device),
  }
}
