import { createError } from '../../core/errors.js'
import type { Architecture } from '../architecture.js'
import { lossOf } from '../losses.js'
import type { Shape } from '../shape.js'
import {
  type ArchitectureDefinition,
  checkDefinition,
  type LayerDraft,
  layerOf,
  type Sizes,
  usesWord,
} from './definition.js'
import { deriveDecoder } from './derive.js'
import { type PlacedLayer, placeLayer, variesInTime } from './place.js'

/** Layers that make several steps of one. */
const RESTORES_STEPS = ['repeat', 'reshape', 'upsample', 'conv1d-transposed']

/**
 * The network that a definition gives for a window and its channels: encoder, decoder (derived when there is none) and one dense layer
 * that gives a value per channel (two where the loss wants a variance). A vector is repeated over the window before a decoder that does not
 * restore the steps by itself. A forecaster ends with one step, from which the dense layer makes all samples of the horizon, or with one
 * step per sample of the horizon.
 *
 * Nothing is allocated. `units` and `latent` replace the values of the definition.
 *
 * @param file named in errors
 * @throws OptionError `architecture-invalid` with the layer and the dimension that does not fit, or when `units` or `latent` is given and the
 * definition has no such size
 * @example
 * import { findArchitecture, resolveArchitecture } from 'telltale/nn'
 * const network = resolveArchitecture(findArchitecture('lstm-autoencoder'), { window: 30, channels: 3 })
 * network.layers.map(layer => layer.type) // => ["lstm", "lstm", "repeat", "lstm", "dense"]
 */
export function resolveArchitecture(
  definition: ArchitectureDefinition,
  { window, channels, units, latent, loss = definition.training?.loss }: Sizes,
  file = definition.name,
): Architecture {
  for (const [word, size] of [
    ['units', units],
    ['latent', latent],
  ] as const) {
    if (size !== undefined && !usesWord(definition, word)) {
      throw createError('architecture-invalid', {
        where: file,
        reason: `--${word} is given, but no layer of this architecture has the size "${word}"`,
      })
    }
  }
  checkDefinition(definition, file)
  const sizes = {
    window,
    channels,
    units: units ?? definition.units,
    latent: latent ?? definition.latent,
  }
  const placed: PlacedLayer[] = []
  const shape = (): Shape => placed.at(-1)?.layer.outShape ?? { steps: window, width: channels }
  const isCollapsed = () => window > 1 && shape().steps === 1
  const add = (draft: LayerDraft, where: string) => {
    placed.push(placeLayer(layerOf(draft, sizes, where), shape(), isCollapsed(), where))
  }
  definition.encoder.forEach((draft, i) => {
    add(draft, `${file}: encoder[${i}]`)
  })
  const { horizon } = definition
  const width = channels * lossOf(loss).outputs
  const extras = {
    ...(horizon !== undefined && { horizon }),
    ...(loss !== undefined && loss !== 'mse' && { loss }),
  }
  const finish = (): Architecture => {
    if (placed.every(({ layer }) => layer.params.length === 0)) {
      const reason = 'no layer of it can learn'
      throw createError('architecture-invalid', { where: `${file}: encoder`, reason })
    }
    const layers = placed.map(({ spec }) => spec)
    return { name: definition.name, inputShape: [window, channels], layers, ...extras }
  }
  if (horizon !== undefined) {
    definition.decoder?.forEach((draft, i) => {
      add(draft, `${file}: decoder[${i}]`)
    })
    const { steps } = shape()
    if (steps !== 1 && steps !== horizon) {
      throw createError('architecture-invalid', {
        where: file,
        reason: `a forecaster ends with 1 step or with ${horizon}, one per sample of its horizon, but ${steps} come out`,
      })
    }
    if (steps === horizon) add({ type: 'dense', units: width }, `${file}: output`)
    else {
      add({ type: 'dense', units: horizon * width }, `${file}: output`)
      add({ type: 'reshape', steps: horizon, width }, `${file}: output`)
    }
    return finish()
  }
  const decoder = definition.decoder ?? deriveDecoder(placed)
  const from = definition.decoder === undefined ? 'derived decoder' : 'decoder'
  const restoresSteps = decoder.some(({ type }) => RESTORES_STEPS.includes(type))
  if (isCollapsed() && !restoresSteps) add({ type: 'repeat', times: window }, `${file}: ${from}`)
  decoder.forEach((draft, i) => {
    add(draft, `${file}: ${from}[${i}]`)
  })
  if (shape().steps !== window) {
    throw createError('architecture-invalid', {
      where: `${file}: ${from}`,
      reason: `it ends with ${shape().steps} steps, but the window has ${window}`,
    })
  }
  refuseConstant(placed, `${file}: ${from}`)
  if (!givesValues(placed, width)) add({ type: 'dense', units: width }, `${file}: output`)
  return finish()
}

/** Whether the last layer is linear and has the width of the output already. */
function givesValues(placed: readonly PlacedLayer[], width: number): boolean {
  const { layer, spec } = placed[placed.length - 1]
  const linear = spec.type === 'dense' ? !('activation' in spec) : (spec.type as string) === 'reshape'
  return linear && layer.outShape.width === width
}

/** A repeated vector whose steps no layer distinguishes gives the same output at every step. */
function refuseConstant(placed: readonly PlacedLayer[], where: string): void {
  const last = placed.findLastIndex(({ spec }) => spec.type === 'repeat' && spec.times > 1)
  if (last < 0 || placed.slice(last).some(({ spec }) => variesInTime(spec))) return
  throw createError('architecture-invalid', {
    where,
    reason:
      'it gives the same output at every step: a repeated vector needs an lstm, a gru or a position after it',
  })
}
