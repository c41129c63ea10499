import { z } from 'zod'
import { arenaOf, type KernelBuild } from '../../kernels/index.js'
import { adagrad, adagradSpec } from './adagrad.js'
import { adam, adamSpec, adamw, adamwSpec } from './adam.js'
import { rmsprop, rmspropSpec } from './rmsprop.js'
import type { Rule } from './rule.js'
import { sgd, sgdSpec } from './sgd.js'

/** Every optimizer as data. */
export const optimizerSpec = z.discriminatedUnion('type', [
  adamSpec,
  adamwSpec,
  rmspropSpec,
  sgdSpec,
  adagradSpec,
])
export type OptimizerSpec = z.output<typeof optimizerSpec>
/** An optimizer whose options may be left out. */
export type OptimizerChoice = z.input<typeof optimizerSpec>
/** Names of the optimizers. */
export const optimizerName = z.enum(['adam', 'adamw', 'rmsprop', 'sgd', 'adagrad'])

/** What an optimizer remembers between steps. */
export interface OptimizerState {
  readonly steps: number
  /** By name, `[n]` each. */
  readonly memory: Readonly<Record<string, Float32Array>>
}

/** An optimizer at work; `weights` and `gradients` `[n]` are its arrays to fill and read. */
export interface Optimizer {
  readonly weights: Float32Array
  readonly gradients: Float32Array
  /** Moves the weights against the gradients. */
  step(learningRate: number): void
  /** Scales the gradients down so that their joint length is at most `limit`; returns the length before. */
  clip(limit: number): number
  /** A copy of what it remembers. */
  state(): OptimizerState
}

/**
 * Puts an optimizer to work on a copy of the weights.
 *
 * @param state of an earlier one of the same kind and size, to continue from
 * @throws OptionError from zod when an option is out of range
 */
export function createOptimizer(
  choice: OptimizerChoice,
  initial: Float32Array,
  build?: KernelBuild,
  state: OptimizerState = { steps: 0, memory: {} },
): Optimizer {
  const rule = ruleOf(optimizerSpec.parse(choice))
  const n = initial.length
  const weights = Float32Array.from(initial)
  const gradients = new Float32Array(n)
  const memory = rule.memory.map(name => {
    const array = new Float32Array(n)
    array.set(state.memory[name] ?? [])
    return array
  })
  const region = arenaOf(build).region(k => ({
    k,
    w: k.alloc(n),
    g: k.alloc(n),
    m: rule.memory.map(() => k.alloc(n)),
  }))
  let { steps } = state
  return {
    weights,
    gradients,
    step(learningRate) {
      steps++
      region.use(({ k, w, g, m }) => {
        w.set(weights)
        g.set(gradients)
        memory.forEach((array, i) => {
          m[i].set(array)
        })
        rule.update(k, w, g, m, learningRate, steps)
        weights.set(w)
        memory.forEach((array, i) => {
          array.set(m[i])
        })
      })
    },
    clip(limit) {
      return region.use(({ k, g }) => {
        g.set(gradients)
        const length = Math.sqrt(k.sumSquares(g, n))
        if (length > limit) k.scale(g, limit / length, n)
        gradients.set(g)
        return length
      })
    },
    state: () => ({
      steps,
      memory: Object.fromEntries(rule.memory.map((name, i) => [name, Float32Array.from(memory[i])])),
    }),
  }
}

function ruleOf(spec: OptimizerSpec): Rule {
  switch (spec.type) {
    case 'adam':
      return adam(spec)
    case 'adamw':
      return adamw(spec)
    case 'rmsprop':
      return rmsprop(spec)
    case 'sgd':
      return sgd(spec)
    case 'adagrad':
      return adagrad(spec)
  }
}
