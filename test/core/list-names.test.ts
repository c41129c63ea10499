import { expect, it } from 'vitest'
import { listNames } from '../../src/core/list-names.js'

it.each([
  [[], 'none'],
  [['a'], 'a'],
  [['a', 'b'], 'a, b'],
  [['a', 'b', 'c', 'd'], 'a, b and 2 more'],
])('names for a message: %j', (names, text) => {
  expect(listNames(names, 2)).toBe(text)
})
