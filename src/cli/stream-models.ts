import { channelSources } from '../align/index.js'
import type { Runtime } from '../detect/index.js'
import type { ModelOf } from '../live/index.js'
import { derivedOf } from '../live/index.js'
import type { Model } from '../model/index.js'
import { type FleetMember, findFleet } from '../store/index.js'
import type { Io } from './io.js'
import { loadTrusted } from './open-model.js'

/** The models of a stream. */
export interface StreamModels {
  readonly modelOf: ModelOf
  /** One of them: settings that it refuses are wrong. */
  first(): Promise<Model>
  /** How the training read its table; of a fleet that of the first model. */
  readonly trained: FleetMember['info']
  /** Every column that a model reads. */
  readonly channels: ReadonlySet<string>
  /** Those whose readings are texts. */
  readonly states: ReadonlySet<string>
}

/** One model for all devices, or those of a fleet with the shared one for the others. Errors as `loadModel`. */
export async function openStreamModels(
  path: string,
  shared: string | undefined,
  runtime: Runtime,
  io: Pick<Io, 'trusted'>,
): Promise<StreamModels> {
  const common = shared === undefined ? undefined : await loadTrusted(io, shared, runtime)
  const members = await findFleet(path)
  if (members === undefined) {
    const model = await loadTrusted(io, path, runtime)
    const { info } = model
    return {
      modelOf: async () => model,
      first: async () => model,
      trained: info,
      channels: columnsOf(info),
      states: statesOf(info),
    }
  }
  const infos: Channels[] = [...members, ...(common ? [common] : [])].map(({ info }) => info)
  const paths = new Map(members.map(member => [member.device, member.path]))
  const loaded = new Map<string, WeakRef<Model>>()
  return {
    async modelOf(device) {
      const path = paths.get(device)
      if (path === undefined) return common
      const known = loaded.get(device)?.deref()
      if (known) return known
      const model = await loadTrusted(io, path, runtime)
      loaded.set(device, new WeakRef(model))
      return model
    },
    first: () => loadTrusted(io, members[0].path, runtime),
    trained: members[0].info,
    channels: new Set(infos.flatMap(info => [...columnsOf(info)])),
    states: new Set(infos.flatMap(info => [...statesOf(info)])),
  }
}

type Channels = Pick<FleetMember['info'], 'channels' | 'options'>

function columnsOf(info: Channels): Set<string> {
  return new Set(channelSources(info.channels, derivedOf(info)).columns)
}

function statesOf(info: Channels): Set<string> {
  return new Set(derivedOf(info).flatMap(({ kind, from }) => (kind === 'state' ? [from] : [])))
}
