import { z } from 'zod'
import type { Rule } from './rule.js'

/** `rmsprop` as data. */
export const rmspropSpec = z.strictObject({
  type: z.literal('rmsprop'),
  rho: z.number().min(0).lt(1).default(0.9),
  epsilon: z.number().positive().max(1).default(1e-7),
})

/** RMSprop (Tieleman & Hinton 2012) as Keras has it: the gradient divided by the root of its running mean square, epsilon under the root. */
export function rmsprop({ rho, epsilon }: z.output<typeof rmspropSpec>): Rule {
  return {
    memory: ['meanSquare'],
    update(_k, w, g, [square], learningRate) {
      for (let i = 0; i < w.length; i++) {
        square[i] = rho * square[i] + (1 - rho) * g[i] * g[i]
        w[i] -= (learningRate * g[i]) / Math.sqrt(square[i] + epsilon)
      }
    },
  }
}
