import { expect, it } from 'vitest'
import { explainedNotes, MOST_EXPLAINED } from '../../src/cli/explain-worst.js'

it('explained notes say how many events are explained where some are not', () => {
  expect(explainedNotes(MOST_EXPLAINED)).toEqual([])
  expect(explainedNotes(MOST_EXPLAINED + 1)).toEqual([expect.stringContaining('the 100 events')])
})
