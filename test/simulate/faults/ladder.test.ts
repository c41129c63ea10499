import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/core/random.js'
import {
  FAULT_CATALOGUE,
  FAULT_KINDS,
  FAULT_LADDERS,
  faultAtStep,
  generatePlant,
  injectFaults,
} from '../../../src/simulate/index.js'

describe('FAULT_LADDERS', () => {
  it('has several rising steps for every kind of the catalogue', () => {
    expect(Object.keys(FAULT_LADDERS)).toEqual(FAULT_KINDS)
    for (const { steps } of Object.values(FAULT_LADDERS)) {
      expect(steps.length).toBeGreaterThan(4)
      expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b))
    }
  })

  it('holds faults that can be injected, the usual ones among them', () => {
    const { train } = generatePlant({ rows: 500, channels: 2 })
    for (const kind of FAULT_KINDS) {
      const { steps, unit } = FAULT_LADDERS[kind]
      const { duration, magnitude } = FAULT_CATALOGUE[kind]
      if (unit === 'spreads') expect(steps).toContain(magnitude.medium)
      else expect(steps.some(step => step >= duration[0] && step <= duration[1])).toBe(true)
      for (const step of steps) {
        const { magnitude, length } = faultAtStep(kind, step)
        const fault = { id: 'f', kind, start: 50, end: 50 + length, channels: ['flow'], magnitude }
        expect(injectFaults(train, [fault], createRandom(1)).values).not.toEqual(train.values)
      }
    }
  })
})

describe('injectFaults', () => {
  it('equals injecting one fault after another with the same reference', () => {
    const { train } = generatePlant({ rows: 500, channels: 3 })
    const faults = FAULT_KINDS.map((kind, i) => ({
      id: `f${i}`,
      kind,
      start: 40 * i,
      end: 40 * i + 30,
      channels: ['power', 'flow'],
      magnitude: 4,
    }))
    const random = () => createRandom(3)
    const oneByOne = faults.reduce((frame, fault) => injectFaults(frame, [fault], random(), train), train)
    expect(injectFaults(train, faults, random())).toEqual(oneByOne)
  })
})
