import { createError } from '../../core/errors.js'
import type { LayerDraft } from './definition.js'
import { type PlacedLayer, RECURRENT } from './place.js'

/** A layer that does the work and those that only act on what it gives. */
interface Group {
  readonly main: PlacedLayer
  readonly followers: readonly PlacedLayer[]
}

/** Layers that belong to the one before them. */
const FOLLOWERS = ['activation', 'layer-norm', 'batch-norm', 'dropout', 'activity-regularization']

/**
 * The decoder that mirrors an encoder: its layers in reverse order without the last, which makes the latent representation. Where the
 * encoder merges or drops steps, the decoder restores them: it repeats a vector, reshapes, or upsamples. A repeated vector is always
 * followed by a recurrent layer, so that the output can vary over time.
 */
export function deriveDecoder(encoder: readonly PlacedLayer[]): LayerDraft[] {
  const groups = groupsOf(encoder).reverse()
  const decoder = groups.flatMap(({ main, followers }, g) => [
    ...mirror(main, g === 0),
    ...(g === 0 ? [] : followers.filter(isMirrored).map(({ spec }): LayerDraft => ({ ...spec }))),
  ])
  const repeat = decoder.findIndex(({ type }) => type === 'repeat')
  const isRecurrent = ({ type }: LayerDraft) => RECURRENT.includes(type)
  const collapsing = groups.find(({ main }) => isRecurrent(main.spec))?.main.spec
  if (repeat >= 0 && collapsing !== undefined && !decoder.slice(repeat).some(isRecurrent))
    decoder.splice(repeat + 1, 0, withSequences({ ...collapsing }))
  return decoder
}

/** What keeps the latent representation small has no place in a decoder. */
const isMirrored = ({ spec }: PlacedLayer) => spec.type !== 'activity-regularization'

/** A recurrent layer that gives every step. */
function withSequences(draft: LayerDraft): LayerDraft {
  return 'layer' in draft
    ? { ...draft, layer: withSequences(draft.layer as LayerDraft) }
    : { ...draft, returnSequences: true }
}

function groupsOf(layers: readonly PlacedLayer[]): Group[] {
  const groups: { main: PlacedLayer; followers: PlacedLayer[] }[] = []
  for (const placed of layers) {
    const last = groups[groups.length - 1]
    if (last !== undefined && FOLLOWERS.includes(placed.spec.type)) last.followers.push(placed)
    else groups.push({ main: placed, followers: [] })
  }
  return groups
}

/** What undoes a layer: from the steps it gives to the steps it takes; `isLatent` leaves its own map out. */
function mirror({ spec, layer, inShape, where }: PlacedLayer, isLatent: boolean): LayerDraft[] {
  const draft: LayerDraft = { ...spec }
  const { steps, width } = inShape
  const given = layer.outShape.steps
  switch (draft.type) {
    case 'lstm':
    case 'gru':
    case 'bidirectional':
      return [
        ...(given === steps ? [] : [{ type: 'repeat', times: steps }]),
        ...(isLatent ? [] : [withSequences(draft)]),
      ]
    case 'flatten':
      return [
        ...(isLatent ? [] : [{ type: 'dense', units: steps * width }]),
        ...(steps === 1 ? [] : [{ type: 'reshape', steps, width }]),
      ]
    case 'conv1d':
      return [
        ...upsample(given, steps, draft.filters),
        ...(isLatent
          ? []
          : [{ ...draft, stride: 1, padding: draft.padding === 'causal' ? 'causal' : 'same' }]),
      ]
    case 'variational':
      return isLatent ? [] : [{ type: 'dense', units: draft.units }]
    case 'pool':
      return upsample(given, steps, width)
    default:
      if (given === steps) return isLatent ? [] : [draft]
      throw createError('architecture-invalid', {
        where,
        reason: `no decoder can be derived from a ${draft.type} that turns ${steps} steps into ${given}; list its layers as "decoder"`,
      })
  }
}

/** From `given` steps to `steps`: repeats each step often enough, then a convolution without padding takes the surplus away. */
function upsample(given: number, steps: number, filters: unknown): LayerDraft[] {
  const factor = Math.ceil(steps / given)
  const surplus = given * factor - steps
  return [
    ...(factor === 1 ? [] : [{ type: 'upsample', factor }]),
    ...(surplus === 0 ? [] : [{ type: 'conv1d', filters, kernelSize: surplus + 1, padding: 'valid' }]),
  ]
}
