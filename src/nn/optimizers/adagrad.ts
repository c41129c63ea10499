import { z } from 'zod'
import type { Rule } from './rule.js'

/** `adagrad` as data. */
export const adagradSpec = z.strictObject({
  type: z.literal('adagrad'),
  initial: z.number().min(0).max(100).default(0.1),
  epsilon: z.number().positive().max(1).default(1e-7),
})

/** Adagrad (Duchi et al. 2011) as Keras has it: the gradient divided by the root of the sum of its squares, which starts at `initial`. */
export function adagrad({ initial, epsilon }: z.output<typeof adagradSpec>): Rule {
  return {
    memory: ['sumOfSquares'],
    update(_k, w, g, [sum], learningRate) {
      for (let i = 0; i < w.length; i++) {
        sum[i] += g[i] * g[i]
        w[i] -= (learningRate * g[i]) / Math.sqrt(initial + sum[i] + epsilon)
      }
    },
  }
}
