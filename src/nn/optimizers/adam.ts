import { z } from 'zod'
import type { Rule } from './rule.js'

const fraction = z.number().min(0).lt(1)
const epsilon = z.number().positive().max(1)

/** `adam` as data. */
export const adamSpec = z.strictObject({
  type: z.literal('adam'),
  beta1: fraction.default(0.9),
  beta2: fraction.default(0.999),
  epsilon: epsilon.default(1e-7),
})

/** `adamw` as data. */
export const adamwSpec = z.strictObject({
  ...adamSpec.shape,
  type: z.literal('adamw'),
  /** Share of a weight, times the learning rate, that is taken off in each step. */
  weightDecay: z.number().min(0).max(1).default(0.004),
})

/** Adam (Kingma & Ba 2015, algorithm 1). Defaults as Keras. */
export function adam({ beta1, beta2, epsilon }: z.output<typeof adamSpec>): Rule {
  return {
    memory: ['mean', 'variance'],
    update(k, w, g, [m, v], learningRate, step) {
      const [correction1, correction2] = [1 - beta1 ** step, 1 - beta2 ** step]
      k.adam(w, g, m, v, learningRate, beta1, beta2, epsilon, correction1, correction2, w.length)
    },
  }
}

/** Adam with weight decay apart from the gradient (Loshchilov & Hutter 2019, algorithm 2); biases decay too, as in Keras and PyTorch. */
export function adamw({ weightDecay, ...spec }: z.output<typeof adamwSpec>): Rule {
  const { memory, update } = adam({ ...spec, type: 'adam' })
  return {
    memory,
    update(k, w, g, moments, learningRate, step) {
      k.scale(w, 1 - learningRate * weightDecay, w.length)
      update(k, w, g, moments, learningRate, step)
    },
  }
}
