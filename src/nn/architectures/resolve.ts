import { createError } from '../../core/errors.js'
import type { Architecture } from '../architecture.js'
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
import { type PlacedLayer, placeLayer, RECURRENT } from './place.js'

/**
 * The network that a definition gives for a window and its channels: encoder, decoder (derived when there is none) and one dense layer
 * that gives a value per channel. A vector is repeated over the window before a decoder that brings no steps back by itself.
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
  { window, channels, units, latent }: Sizes,
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
  const decoder = definition.decoder ?? deriveDecoder(placed)
  const from = definition.decoder === undefined ? 'derived decoder' : 'decoder'
  const restoresSteps = decoder.some(({ type }) => ['repeat', 'reshape', 'upsample'].includes(type))
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
  if (!givesChannels(placed, channels)) add({ type: 'dense', units: channels }, `${file}: output`)
  if (placed.every(({ layer }) => layer.params.length === 0)) {
    throw createError('architecture-invalid', {
      where: `${file}: encoder`,
      reason: 'no layer of it can learn',
    })
  }
  return {
    name: definition.name,
    inputShape: [window, channels],
    layers: placed.map(({ spec }) => spec),
  }
}

/** Whether the last layer is linear and has one value per channel already. */
function givesChannels(placed: readonly PlacedLayer[], channels: number): boolean {
  const { layer, spec } = placed[placed.length - 1]
  const linear = spec.type === 'dense' ? !('activation' in spec) : (spec.type as string) === 'reshape'
  return linear && layer.outShape.width === channels
}

/** A repeated vector that no recurrent layer reads gives the same output at every step. */
function refuseConstant(placed: readonly PlacedLayer[], where: string): void {
  const last = placed.findLastIndex(({ spec }) => spec.type === 'repeat' && spec.times > 1)
  if (last < 0 || placed.slice(last).some(({ spec }) => RECURRENT.includes(spec.type))) return
  throw createError('architecture-invalid', {
    where,
    reason: 'it gives the same output at every step: a repeated vector needs an lstm or gru after it',
  })
}
