import { describe, expect, it } from 'vitest'
import { architectureOf, conforms, refusal } from './suite.js'

describe('repeat', () => {
  conforms({
    'at the end': architectureOf(
      [1, 2],
      [
        { type: 'dense', units: 3 },
        { type: 'repeat', times: 4 },
      ],
    ),
    'after a recurrence': architectureOf(
      [5, 2],
      [
        { type: 'lstm', units: 3 },
        { type: 'repeat', times: 4 },
      ],
    ),
  })

  it('is refused when more than one step comes in', () => {
    expect(refusal([5, 2], [{ type: 'repeat', times: 4 }])).toMatchObject({
      code: 'architecture-invalid',
      message: 'layers[0] (repeat): a single step is repeated, but 5 steps come in',
    })
  })
})
