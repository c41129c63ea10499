import type { z } from 'zod'
import { counted } from '../../core/counted.js'
import { createError } from '../../core/errors.js'
import { keptReading } from '../../ingest/index.js'
import { chosenDetector, trainedWith, trainOptions } from '../../pipeline/index.js'
import { type Registry, versionPath } from '../../store/index.js'
import type { User } from '../access/roles.js'
import type { jobBody } from '../contract/index.js'
import { parsedOptions } from '../http/parsed-options.js'
import { deviceNamed } from '../keep/device-named.js'
import { excludedOf } from '../keep/feedback.js'
import { readingsOf } from '../keep/views.js'
import type { Services } from '../services.js'
import type { TrainingTask } from './run-training.js'

const MOST_SAMPLES = 1_000_000
/** Options that name files or change where the work is done: they are of the command line. */
const NOT_HERE = [
  'out',
  'checkpoint',
  'architecture',
  'workers',
  'rows',
  'exclude',
  'memory',
  'groupBy',
  'device',
]

/**
 * What a training of a request is: its history and options, checked before it waits.
 *
 * @throws `request-invalid`, `name-unknown`, `model-unknown`
 */
export async function trainingTask(
  services: Services,
  user: User,
  body: z.output<typeof jobBody>,
): Promise<TrainingTask> {
  const { model, dataset, device } = body
  if ((dataset === undefined) === (device === undefined))
    throw createError('request-invalid', { where: 'body', reason: 'needs either `dataset` or `device`' })
  const base = body.base === undefined ? {} : await optionsOf(services, body.base, device)
  const refused = Object.keys(body.options).find(
    name => NOT_HERE.includes(name) || !(name in trainOptions.shape),
  )
  if (refused !== undefined)
    throw createError('request-invalid', {
      where: `body/options/${refused}`,
      reason: 'is no option of a training over the API',
    })
  const marked = device === undefined ? [] : await excludedOf(services.keep, device)
  const asked = typeof body.exclude === 'string' ? body.exclude.split(',') : body.exclude.map(rangeText)
  const exclude = [...asked, ...marked.map(rangeText)]
  const options = parsedOptions(trainOptions, {
    ...base,
    ...body.options,
    ...(exclude.length > 0 && { exclude: exclude.join() }),
  })
  chosenDetector(options)
  const history =
    dataset === undefined
      ? await historyOf(services, device as string, body)
      : { history: (await services.datasets.get(dataset)).path }
  const registry = services.registryFor(user)
  const fleet = device === undefined ? undefined : await fleetOf(services, registry, model, device)
  return {
    kind: 'training',
    registry: registry.folder,
    by: user.name,
    model,
    why: `trained over the API on ${dataset ?? device}${exclude.length > 0 ? ` without ${counted(exclude.length, 'interval')}` : ''}`,
    ...history,
    options,
    ...(fleet && { fleet }),
  }
}

/** The fleet that a model is, of which the device gets a new model; undefined for a single model, and for a new name. */
async function fleetOf({ models, keep }: Services, registry: Registry, model: string, device: string) {
  const inUse = await models.versionOf(model).catch(() => undefined)
  if (inUse?.devices === undefined) return undefined
  return { device: deviceNamed(keep, device).name, path: versionPath(registry, inUse) }
}

const rangeText = ({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }) =>
  `${new Date(fromMs).toISOString()}..${new Date(toMs).toISOString()}`

async function optionsOf({ models, keep }: Services, base: string, device: string | undefined) {
  const name = device === undefined ? undefined : deviceNamed(keep, device).name
  const { model } = await models.get(base, name)
  return trainedWith(model.info, NOT_HERE)
}

async function historyOf(
  { keep, models }: Services,
  id: string,
  { fromMs = -8e15, toMs = 8e15 }: { readonly fromMs?: number; readonly toMs?: number },
): Promise<Pick<TrainingTask, 'history' | 'reading'>> {
  const device = deviceNamed(keep, id)
  const frame = await readingsOf(keep, device, { fromMs, toMs }, MOST_SAMPLES)
  if (frame.timeMs.length > 0) {
    // The readings are channels already: the next model computes them from messages as this one does.
    const { model } = await models.get(device.model, device.name)
    return { history: frame, reading: keptReading(model.info.options) }
  }
  throw createError('request-invalid', { where: 'body/device', reason: 'has no readings in this range' })
}
