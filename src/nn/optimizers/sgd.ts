import { z } from 'zod'
import type { Rule } from './rule.js'

/** `sgd` as data. */
export const sgdSpec = z.strictObject({
  type: z.literal('sgd'),
  momentum: z.number().min(0).lt(1).default(0),
  nesterov: z.boolean().default(false),
})

/**
 * Stochastic gradient descent with momentum as Keras has it: velocity = momentum * velocity - learningRate * gradient, and the weight moves by
 * the velocity (Nesterov: by momentum * velocity - learningRate * gradient).
 */
export function sgd({ momentum, nesterov }: z.output<typeof sgdSpec>): Rule {
  return {
    memory: momentum > 0 ? ['velocity'] : [],
    update(_k, w, g, [velocity], learningRate) {
      for (let i = 0; i < w.length; i++) {
        const push = -learningRate * g[i]
        if (momentum === 0) w[i] += push
        else {
          velocity[i] = momentum * velocity[i] + push
          w[i] += nesterov ? momentum * velocity[i] + push : velocity[i]
        }
      }
    },
  }
}
