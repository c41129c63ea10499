import { z } from 'zod'
import { ALIGNMENTS } from '../core/contracts.js'
import type { State } from '../core/state.js'
import { type Architecture, architectureSchema, createNetwork } from '../nn/index.js'
import { count, size } from './ranges.js'
import type { StateRules } from './state-rule.js'

const usualError = ['C'] as const
const epochs = z.array(
  z.strictObject({ epoch: size(), loss: z.number(), validationLoss: z.number(), best: z.boolean() }),
)
const network = { architecture: architectureSchema, bestEpoch: count(), history: epochs }
const committee = z.strictObject({
  /** None when no channel moved. */
  architecture: architectureSchema.optional(),
  members: count().max(64),
  moving: z.array(count()),
  span: size().max(1_000_000),
})

/** Detectors that are networks, by kind and version. */
export const NETWORK_RULES: Readonly<Record<string, StateRules>> = {
  'detector:autoencoder': {
    1: {
      options: z.strictObject({ ...network, alignment: z.enum(['covering', 'end']) }),
      arrays: { usualError },
      others: true,
      check: autoencoderMisfit,
    },
    2: { options: z.strictObject(network), others: true, check: autoencoderMisfit },
  },
  'detector:committee': {
    1: {
      options: committee,
      arrays: { centre: ['C'], usualError },
      others: true,
      check: committeeMisfit,
    },
  },
}

interface Networks {
  readonly architecture: Architecture
  /** Channels that the network sees. */
  readonly width: number
  /** Before the names of the tensors of each network. */
  readonly prefixes: readonly string[]
  /** Samples that it reads and scores together. */
  readonly span?: number
}

/** A network must fit its channels, and have the tensors that its layers need and no others beside `own`. */
function networkMisfit(
  { arrays }: State,
  { architecture, width, prefixes, span }: Networks,
  own: readonly string[],
) {
  let network: ReturnType<typeof createNetwork>
  try {
    network = createNetwork(architecture)
  } catch (error) {
    return `options.architecture: ${(error as Error).message}`
  }
  const { inShape, outShape, slots } = network
  if (inShape.width !== width || outShape.width !== width)
    return `options.architecture: it is of ${inShape.width} and ${outShape.width} channels, wanted are ${width}`
  if (span !== undefined && span !== network.span)
    return `options.span: it is ${span}, that of the architecture with its horizon is ${network.span}`
  for (const prefix of prefixes)
    for (const { name, shape } of slots) {
      const found = Object.hasOwn(arrays, prefix + name) ? arrays[prefix + name].shape : undefined
      if (found?.join() !== shape.join())
        return `options.architecture: the tensor ${prefix}${name} has the shape [${found ?? 'none'}], wanted is [${shape}]`
    }
  const wanted = new Set([...own, ...prefixes.flatMap(prefix => slots.map(({ name }) => prefix + name))])
  const strange = Object.keys(arrays).find(name => !wanted.has(name))
  return strange && `options.architecture: its layers have no tensor ${strange}`
}

function autoencoderMisfit(state: State, channels: number): string | undefined {
  const { architecture } = state.options as unknown as { architecture: Architecture }
  const known = ALIGNMENTS.map(alignment => `usualError.${alignment}`)
  const own = state.version === 1 ? ['usualError'] : known.filter(name => Object.hasOwn(state.arrays, name))
  const short = own.find(name => state.arrays[name].data.length !== channels)
  if (own.length === 0 || short !== undefined)
    return `${short ?? 'usualError'}: the usual error of each of ${channels} channels is required`
  return networkMisfit(state, { architecture, width: channels, prefixes: [''] }, own)
}

function committeeMisfit(state: State, channels: number): string | undefined {
  const { architecture, members, moving, span } = committee.parse(state.options)
  if (!moving.every(channel => channel < channels) || new Set(moving).size < moving.length)
    return 'options.moving: different channels of the model are expected'
  if ((architecture === undefined) !== (members === 0) || (members === 0) !== (moving.length === 0))
    return 'options.architecture: there is one where members see moving channels, else none'
  if (architecture === undefined) return undefined
  const prefixes = Array.from({ length: members }, (_, m) => `member${m}.`)
  return networkMisfit(state, { architecture, width: moving.length, prefixes, span }, [
    'centre',
    'usualError',
  ])
}
