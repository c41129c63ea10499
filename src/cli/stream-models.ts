import type { Runtime } from '../detect/index.js'
import type { ModelOf } from '../live/index.js'
import type { Model } from '../model/index.js'
import { type FleetMember, findFleet, loadModel } from '../store/index.js'

/** The models of a stream. */
export interface StreamModels {
  readonly modelOf: ModelOf
  /** How the training read its table; of a fleet that of the first model. */
  readonly trained: FleetMember['info']
  /** Every channel of every model. */
  readonly channels: ReadonlySet<string>
}

/** One model for all devices, or those of a fleet with the shared one for the others. Errors as `loadModel`. */
export async function openStreamModels(
  path: string,
  shared: string | undefined,
  runtime: Runtime,
): Promise<StreamModels> {
  const common = shared === undefined ? undefined : await loadModel(shared, runtime)
  const members = await findFleet(path)
  if (members === undefined) {
    const model = await loadModel(path, runtime)
    const { info } = model
    return { modelOf: async () => model, trained: info, channels: new Set(info.channels) }
  }
  const paths = new Map(members.map(member => [member.device, member.path]))
  const loaded = new Map<string, WeakRef<Model>>()
  return {
    async modelOf(device) {
      const path = paths.get(device)
      if (path === undefined) return common
      const known = loaded.get(device)?.deref()
      if (known) return known
      const model = await loadModel(path, runtime)
      loaded.set(device, new WeakRef(model))
      return model
    },
    trained: members[0].info,
    channels: new Set([...members.flatMap(({ info }) => info.channels), ...(common?.info.channels ?? [])]),
  }
}
