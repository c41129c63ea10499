import fc from 'fast-check'
import { expect, it } from 'vitest'
import { beyondLimits, createJsonScanner } from '../../src/core/json-limits.js'

/** Levels and commas of a value, counted in the value. */
function measured(value: unknown): { depth: number; commas: number } {
  if (typeof value !== 'object' || value === null) return { depth: 0, commas: 0 }
  const inner = Object.values(value).map(measured)
  return {
    depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
    commas: Math.max(0, inner.length - 1) + inner.reduce((sum, { commas }) => sum + commas, 0),
  }
}

it('counts what the parsed value has, however the text is cut', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 1, max: 7 }), (value, piece) => {
      const bytes = new TextEncoder().encode(JSON.stringify(value))
      const { depth, commas } = measured(JSON.parse(JSON.stringify(value)))
      const verdict = (limits: { depth: number; commas: number }) => {
        const scanner = createJsonScanner(limits)
        let reason: string | undefined
        for (let at = 0; at < bytes.length; at += piece) reason = scanner.push(bytes.subarray(at, at + piece))
        return reason
      }
      expect(verdict({ depth, commas })).toBeUndefined()
      if (depth > 0) expect(verdict({ depth: depth - 1, commas })).toMatch(/nested/)
      if (commas > 0) expect(verdict({ depth, commas: commas - 1 })).toMatch(/values/)
    }),
    { seed: 1 },
  )
})

it('is not misled by brackets and quotes inside of texts', () => {
  expect(beyondLimits('["[[[\\"[[", "\\\\"]', { depth: 1, commas: 1 })).toBeUndefined()
})
