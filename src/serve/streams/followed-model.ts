import { channelSources } from '../../align/index.js'
import { type Changeable, type ModelOf, type ModelsReading, readingOfModels } from '../../live/index.js'
import { derivedOf } from '../../model/index.js'
import type { SinkModel } from '../keep/stream-sink.js'
import type { ServedModel, ServedModels } from '../scoring/served-models.js'
import type { StreamPlan } from './plan.js'

/** The model of a stream: the version that its reference names now. */
export interface FollowedModel {
  /** `NAME@VERSION`. */
  name(): string
  /** Why the version that the reference names now is not used; null when it is. */
  warning(): string | null
  /** The model of a device of the version in use. */
  readonly modelOf: ModelOf
  /** What the version in use says of messages: another object for each version. */
  reading(): ModelsReading
  /** Whether a device has its model alone: that of its name in a fleet. */
  isOwn(device: string): boolean
  /** What the sink needs to know of the model of a device that is in use. */
  sinkModel(device: string): SinkModel
  stop(): void
}

const LOOK_MS = 1000

/**
 * Follows a reference such as `pump@champion`: looks every second which version it names, and changes to another one when that can be loaded.
 *
 * @param onChange called with what the next version answers for devices
 * @throws ArtefactError `model-unknown`
 */
export async function followModel(
  { model: reference }: Pick<StreamPlan, 'model'>,
  models: ServedModels,
  onChange: (next: Pick<Changeable, 'modelOf'>) => void,
): Promise<FollowedModel> {
  const known = new Map<string, ServedModel>()
  const named = async () => {
    const { name, number } = await models.versionOf(reference)
    return `${name}@${number}`
  }
  const modelsOf = (version: string): ModelOf => {
    return async device => {
      const served = await models.get(version, device).catch(error => {
        if (error.code === 'device-unknown') return undefined
        throw error
      })
      if (served) known.set(device, served)
      return served?.model
    }
  }
  const readingOf = async (version: string) => readingOfModels(await models.infosOf(version))
  let inUse = await named()
  let reading = await readingOf(inUse)
  let warning: string | null = null
  const modelOf = modelsOf(inUse)
  const look = async () => {
    try {
      const next = await named()
      if (next !== inUse) {
        const [device] = known.keys()
        await models.get(next, device)
        reading = await readingOf(next)
        inUse = next
        onChange({ modelOf: modelsOf(next) })
      }
      warning = null
    } catch (error) {
      warning = (error as Error).message
    }
  }
  let looking = Promise.resolve()
  const timer = setInterval(() => {
    looking = looking.then(look)
  }, LOOK_MS)
  timer.unref()
  return {
    name: () => inUse,
    warning: () => warning,
    modelOf,
    reading: () => reading,
    isOwn: device => known.get(device)?.version.devices !== undefined,
    sinkModel(device) {
      const { name, model } = known.get(device) as ServedModel
      const { channels, schema } = model.info
      const { columns, sources } = channelSources(channels, derivedOf(model.info))
      return {
        name,
        channels,
        sources: sources.map(({ raw }) => columns[raw]),
        cadenceMs: schema?.cadenceMs ?? null,
      }
    },
    stop: () => clearInterval(timer),
  }
}
