import { describe, expect, it } from 'vitest'
import { planStream } from '../../../src/cli/plan-stream/plan.js'

const probe = (devices: number) => ({
  devices,
  residentBytes: 1e8 + 5e4 * devices,
  messageSeconds: 1e-4,
  checkpointSeconds: 1e-3 * devices,
  stateBytes: 2e4 * devices,
})
const load = { devices: 4000, rateHz: 1, checkpointMs: 60_000, messageBytes: 300, journalBytes: 200 }

describe('planStream', () => {
  it('extrapolates what two probes measured', () => {
    const plan = planStream(load, [probe(500), probe(1500)])
    expect(plan.memoryBytes).toBeCloseTo(probe(4000).residentBytes, 0)
    expect(plan.deviceBytes).toBeCloseTo(5e4, 3)
    expect(plan.messagesPerSecond).toBe(4000)
    expect(plan.cores).toBeCloseTo(0.4 + 4 / 60, 9)
    expect(plan.networkBytesPerSecond).toBe(1.2e6)
    expect(plan.diskWriteBytesPerSecond).toBeCloseTo(8e5 + 8e7 / 60, 3)
    expect(plan.diskBytes).toBeCloseTo(1.6e8 + 4.8e7, 3)
  })

  it('saves only the devices that sent since the last checkpoint', () => {
    const rare = planStream({ ...load, rateHz: 1 / 600 }, [probe(4000)])
    expect(rare.cores).toBeCloseTo(4000 / 600 / 1e4 + 0.1 * (4 / 60), 9)
    expect(rare.memoryBytes).toBe(probe(4000).residentBytes)
  })
})
