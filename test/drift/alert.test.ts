import { describe, expect, it } from 'vitest'
import { isAlertDue } from '../../src/drift/index.js'

describe('isAlertDue', () => {
  const about = 'check sensor: flow'
  const last = { atMs: 1_000_000, about }

  it('reports the first drift, and the same one only after the cool-down', () => {
    expect(isAlertDue(undefined, last, 1000)).toBe(true)
    expect(isAlertDue(last, { atMs: last.atMs + 999, about }, 1000)).toBe(false)
    expect(isAlertDue(last, { atMs: last.atMs + 1000, about }, 1000)).toBe(true)
  })

  it('reports another drift at once, and is not silenced by a clock that went backwards', () => {
    expect(isAlertDue(last, { atMs: last.atMs + 1, about: 'retrain: flow' }, 1000)).toBe(true)
    expect(isAlertDue(last, { atMs: last.atMs - 1, about }, 1000)).toBe(true)
  })
})
