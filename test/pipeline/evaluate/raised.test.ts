import { expect, it } from 'vitest'
import { raisedFlags } from '../../../src/pipeline/evaluate/raised.js'

it('keeps the flags of events and drops those that made none', () => {
  const raised = raisedFlags(Uint8Array.of(1, 0, 1, 0, 1, 1, 0), [{ start: 2, end: 6 }])
  expect([...raised]).toEqual([0, 0, 1, 0, 1, 1, 0])
})
