import { describe, expect, it } from 'vitest'
import { planStream } from '../../../src/cli/plan-stream/plan.js'

const probe = (devices: number) => ({
  devices,
  residentBytes: 1e8 + 5e4 * devices,
  messageSeconds: 1e-4,
  checkpointSeconds: 1e-3 * devices,
  stateBytes: 2e4 * devices,
})
const load = {
  devices: 4000,
  rateHz: 1,
  checkpointMs: 60_000,
  fullStateBytes: 5e4,
  messageBytes: 300,
  journalBytes: 200,
}

describe('planStream', () => {
  it('extrapolates what two probes measured', () => {
    const plan = planStream(load, [probe(500), probe(1500)])
    // States grow from 20 to 50 kB after the probe.
    expect(plan.memoryBytes).toBeCloseTo(probe(4000).residentBytes + 4000 * 3e4, 0)
    expect(plan.deviceBytes).toBeCloseTo(8e4, 3)
    expect(plan.messagesPerSecond).toBe(4000)
    // Work of 16 s, four times that of a checkpoint, comes together in 40 s.
    expect(plan.checkpointMs).toBeCloseTo(40_000, 6)
    expect(plan.cores).toBeCloseTo(0.4 + 4 / 40, 9)
    expect(plan.networkBytesPerSecond).toBe(1.2e6)
    expect(plan.diskWriteBytesPerSecond).toBeCloseTo(8e5 + 2e8 / 40, 3)
    expect(plan.diskBytes).toBeCloseTo(4e8 + 3.2e7, 3)
  })

  it('saves only the devices that sent since the last checkpoint', () => {
    const rare = planStream({ ...load, rateHz: 1 / 600 }, [probe(4000)])
    expect(rare.cores).toBeCloseTo(4000 / 600 / 1e4 + 0.1 * (4 / 60), 9)
    expect(rare.checkpointMs).toBe(60_000)
    expect(rare.memoryBytes).toBe(probe(4000).residentBytes + 4000 * 3e4)
  })
})
