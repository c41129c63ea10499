import { describe, expect, it } from 'vitest'
import { costsOf } from '../../../src/cli/plan-stream/probe.js'
import { telltale, workshop } from '../../cli/world.js'

describe('costsOf', () => {
  it('gives no checkpoint a negative cost', () => {
    const costs = costsOf([
      { received: 100, saves: 1, cpuSeconds: 10 },
      { received: 10, saves: 5, cpuSeconds: 0.1 },
    ])
    expect(costs).toEqual({ messageSeconds: 0.1, checkpointSeconds: 0 })
  })
})

describe('telltale plan --devices', { timeout: 180_000 }, () => {
  it('measures a stream of the model', async () => {
    const cwd = await workshop({ trained: true })
    const args = ['plan', '--devices', '40', '--model', 'model', '--rate', '6/min', '--format', 'json']
    const { code, stdout, stderr } = await telltale(args, { cwd })
    expect(code, stderr).toBe(0)
    const plan = JSON.parse(stdout)
    expect(plan).toMatchObject({ devices: 40, channels: 2, messagesPerSecond: 4 })
    expect(plan.probes).toHaveLength(1)
    expect(plan.memoryBytes).toBeGreaterThan(5e7)
    expect(plan.cores).toBeGreaterThan(0)
    expect(plan.cores).toBeLessThan(1)
    expect(plan.diskBytes).toBeGreaterThan(1000)
  })

  it('refuses a table, an unknown rate, and no channels without a model', async () => {
    for (const [args, text] of [
      [['plan', 'x.csv', '--devices', '4'], 'DATA'],
      [['plan', '--devices', '4', '--channels', '2', '--rate', 'often'], '--rate'],
      [['plan', '--devices', '4'], '--channels'],
      [['plan', '--devices', '4', '--channels', '2', '--model', 'm'], '--model'],
    ] as const) {
      const { code, stderr } = await telltale(args)
      expect(code, stderr).toBe(2)
      expect(stderr).toContain(text)
    }
  })
})
