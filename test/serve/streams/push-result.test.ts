import { expect, it } from 'vitest'
import { pushResultOf } from '../../../src/serve/streams/push-result.js'
import type { Message } from '../../../src/sources/index.js'

const message = (): Message => ({ device: 'd', timeMs: 0, names: ['a'], values: [1] })

it('has the refused messages of both kinds in the order of the request, and counts the others as taken', () => {
  const [first, second, third] = [message(), message(), message()]
  const result = pushResultOf({
    messages: new Map([
      [first, 0],
      [second, 2],
      [third, 3],
    ]),
    unread: [{ index: 1, reason: 'not-json', detail: 'x is not JSON' }],
    unreadFields: new Map([['b', { index: 3, reason: 'no-number', detail: 'b is "x"' }]]),
    badReadings: 2,
    reasons: new Map([[first, 'late']]),
  })
  expect(result).toEqual({
    taken: 2,
    refused: { 'not-json': 1, late: 1 },
    badReadings: 2,
    refusals: [
      { index: 0, reason: 'late', detail: 'it is older than samples that have a score already' },
      { index: 1, reason: 'not-json', detail: 'x is not JSON' },
      { index: 3, reason: 'no-number', detail: 'b is "x"' },
    ],
  })
})
