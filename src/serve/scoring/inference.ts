import { counted } from '../../core/counted.js'
import { createError } from '../../core/errors.js'
import type { User } from '../access/roles.js'
import type { InferBody, InferResult } from '../contract/index.js'
import type { Services } from '../services.js'
import { modelFacts } from './model-facts.js'
import type { ServedModel } from './served-models.js'
import { refuseTimeless } from './windows.js'

/** Scores the windows of a request of the Open Inference Protocol. Errors: `request-invalid`, `times-needed`, `model-unknown`, `server-busy`. */
export async function infer(
  services: Services,
  name: string,
  { id, inputs, outputs }: InferBody,
): Promise<InferResult> {
  const served = await services.models.get(name)
  refuseTimeless(served)
  const windows = windowsOf(served, inputs[0])
  const found = await Promise.all(windows.map(values => services.scorer.window(served.path, values)))
  services.measures.metrics.add('telltale_samples_scored_total', found.length, { model: served.version.name })
  const tensors = {
    score: { datatype: 'FP32', data: found.map(({ score }) => score) },
    flag: { datatype: 'BOOL', data: found.map(({ score }) => score > 1) },
    severity: { datatype: 'FP32', data: found.map(({ severity }) => severity) },
    p_value: { datatype: 'FP32', data: found.map(({ pValue }) => pValue) },
  }
  const asked = outputs?.map(output => output.name) ?? Object.keys(tensors)
  const unknown = asked.find(output => !(output in tensors))
  if (unknown !== undefined)
    throw createError('request-invalid', {
      where: 'body/outputs',
      reason: `asks for ${unknown}, which is none of ${Object.keys(tensors).join(', ')}`,
    })
  return {
    model_name: served.version.name,
    model_version: String(served.version.number),
    ...(id !== undefined && { id }),
    outputs: asked.map(output => ({
      name: output,
      shape: [found.length],
      ...tensors[output as keyof typeof tensors],
    })),
  }
}

/** `[rows * C]` of each window of a tensor. Errors: `request-invalid` with the place. */
export function windowsOf(
  { model }: ServedModel,
  { shape, datatype, data }: InferBody['inputs'][number],
): Float64Array[] {
  const length = model.detector.windowLength
  const width = model.info.channels.length
  const refuse = (where: string, reason: string) =>
    createError('request-invalid', { where: `body/inputs/0/${where}`, reason })
  if (!['FP32', 'FP64'].includes(datatype))
    throw refuse('datatype', `is ${datatype}, but must be FP32 or FP64`)
  const [rows, columns] = shape.slice(-2)
  if (![2, 3].includes(shape.length) || rows !== length || columns !== width)
    throw refuse('shape', `is [${shape.join(', ')}], but must be [windows, ${length}, ${width}]`)
  const count = shape.length === 2 ? 1 : shape[0]
  if (count > 1000)
    throw refuse('shape', `has ${counted(count, 'window')}, but at most 1000 are taken at once`)
  const flat = data.flat(3)
  if (flat.length !== count * length * width)
    throw refuse('data', `has ${flat.length} numbers, but the shape calls for ${count * length * width}`)
  const wrong = flat.findIndex(value => typeof value !== 'number')
  if (wrong >= 0) throw refuse(`data/${wrong}`, 'is no number')
  const values = Float64Array.from(flat as number[])
  return Array.from({ length: count }, (_, i) => values.slice(i * length * width, (i + 1) * length * width))
}

/** A model that can be used, by any of its routes: its name. Errors: `model-unknown`. */
export async function readyModel({ models }: Services, name: string) {
  const { version } = await models.get(name)
  return { name: version.name, ready: true as const }
}

/** What a model takes and gives, in words of the protocol. Errors: `model-unknown`; `times-needed` for one that `infer` cannot score, as windows have no times. */
export async function describeModel({ models, registryFor }: Services, user: User, name: string) {
  const { version, model } = await models.get(name)
  refuseTimeless({ model })
  const { channels } = model.info
  const { versions } = await modelFacts(registryFor(user), version.name)
  const output = (name: string, datatype: string) => ({ name, datatype, shape: [-1] })
  return {
    name: version.name,
    versions: versions.map(one => String(one.version)),
    platform: 'telltale' as const,
    inputs: [
      {
        name: 'input',
        datatype: 'FP64',
        shape: [-1, model.detector.windowLength, channels.length],
      },
    ],
    outputs: [
      output('score', 'FP32'),
      output('flag', 'BOOL'),
      output('severity', 'FP32'),
      output('p_value', 'FP32'),
    ],
  }
}
