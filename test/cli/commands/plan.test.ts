import { describe, expect, it } from 'vitest'
import { SMALL, telltale, workshop } from '../world.js'

const work = SMALL.slice(0, 6)

describe('telltale plan', () => {
  it('tells what a training takes', async () => {
    const cwd = await workshop({ trained: false })
    const { code, stdout } = await telltale(
      ['plan', 'data.csv', ...work, '--epochs', '7', '--workers', '1'],
      { cwd },
    )
    expect(code).toBe(0)
    // 600 samples: 580 without the two gaps of a window, of which 116 and 87 are held back.
    expect(stdout).toMatch(/^windows +368 of 10 samples$/m)
    expect(stdout).toMatch(/^all epochs .* at most$/m)
    expect(stdout).toMatch(/^recommended batch +16$/m)
  })

  it('tells what a detection takes, as JSON', async () => {
    const cwd = await workshop({ trained: true })
    const args = ['plan', 'data.csv', '--model', 'model', '--workers', '1', '--format', 'json']
    const plan = JSON.parse((await telltale(args, { cwd })).stdout)
    expect(plan).toMatchObject({ samples: 600, channels: 2, window: 10, windows: 591, recommendedBatch: 64 })
    expect(plan.memory).toMatchObject({ windows: 591, copiedBytes: 591 * 10 * 2 * 4 })
    expect(plan.seconds.total).toBeGreaterThan(0)
    expect(plan.peakBytes).toBeGreaterThan(10e6)
  })

  it('says when the memory is not enough', async () => {
    const cwd = await workshop({ trained: true })
    const args = ['plan', 'data.csv', '--model', 'model', '--workers', '1', '--memory', '1']
    expect((await telltale(args, { cwd })).stderr).toMatch(
      /note: the work needs \d.* MB, but only 1 MB is available/,
    )
  })

  it('refuses what training would refuse', async () => {
    const cwd = await workshop({ trained: false })
    const { code, stderr } = await telltale(['plan', 'data.csv', '--rows', ':12', '--window', '10'], { cwd })
    expect([code, stderr]).toEqual([3, expect.stringContaining('error [data-too-short]')])
  })
})
