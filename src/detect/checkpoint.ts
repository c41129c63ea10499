import { z } from 'zod'
import { createError } from '../core/errors.js'
import type { Json, State, Tensor } from '../core/state.js'
import type { EpochRecord, Network, TrainingState } from '../nn/index.js'
import { tensorsToWeights, weightsToTensors } from '../nn/index.js'

/** Where the training of a network stands: enough to continue with the same result as without a stop. */
export interface Checkpoint {
  /** Training that is under way, counted from 0; each further one begins again without the windows that the one before found odd. */
  readonly round: number
  /** First samples of the windows of this round. */
  readonly trainStarts: Int32Array
  readonly training: TrainingState
}

const KIND = 'checkpoint:network'

/** Epochs as an artefact holds them. */
export const historySchema: z.ZodType<EpochRecord[]> = z.array(
  z.object({ epoch: z.number(), loss: z.number(), validationLoss: z.number(), best: z.boolean() }),
)
const storedOptions = z.object({
  round: z.number().int().min(0),
  steps: z.number().int().min(0),
  history: historySchema,
})

/** A checkpoint as data. */
export function checkpointState(network: Network, { round, trainStarts, training }: Checkpoint): State {
  const { weights, best, optimizer, history } = training
  const arrays: Record<string, Tensor> = {
    starts: { shape: [trainStarts.length], data: Float64Array.from(trainStarts) },
  }
  const flat = { weights, best, ...prefixed('optimizer.', optimizer.memory) }
  for (const [part, values] of Object.entries(flat)) {
    for (const [name, tensor] of Object.entries(weightsToTensors(network, values)))
      arrays[`${part}.${name}`] = tensor
  }
  return {
    kind: KIND,
    version: 1,
    options: { round, steps: optimizer.steps, history: history as unknown as Json },
    arrays,
  }
}

/**
 * Restores a checkpoint.
 *
 * @throws ArtefactError `artefact-damaged` when it is none of this network
 */
export function loadCheckpoint(network: Network, state: State): Checkpoint {
  const parsed = storedOptions.safeParse(state.options)
  if (state.kind !== KIND || state.version !== 1 || !parsed.success) {
    const reason = `it holds ${state.kind} ${state.version}, wanted is ${KIND} 1`
    throw createError('artefact-damaged', { path: 'the checkpoint', file: 'manifest.json', reason })
  }
  const parts = new Map<string, Record<string, Tensor>>()
  for (const [name, tensor] of Object.entries(state.arrays)) {
    const [, part, own] = /^(weights|best|optimizer\.[^.]+)\.(.+)$/.exec(name) ?? []
    if (part !== undefined) parts.set(part, { ...parts.get(part), [own]: tensor })
  }
  const flat = (part: string) => tensorsToWeights(network, parts.get(part) ?? {})
  const memory = [...parts.keys()].filter(part => part.startsWith('optimizer.'))
  const { round, steps, history } = parsed.data
  return {
    round,
    trainStarts: Int32Array.from(state.arrays.starts?.data ?? []),
    training: {
      weights: flat('weights'),
      best: flat('best'),
      optimizer: {
        steps,
        memory: Object.fromEntries(memory.map(part => [part.slice('optimizer.'.length), flat(part)])),
      },
      history,
    },
  }
}

function prefixed<T>(prefix: string, record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [prefix + name, value]))
}
