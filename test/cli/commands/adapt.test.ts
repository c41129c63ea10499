import { describe, expect, it } from 'vitest'
import { ALIGNMENTS } from '../../../src/core/contracts.js'
import { SMALL, telltale, workshop } from '../world.js'

const TRAIN = ['train', 'data.csv', '--rows', ':480', '--out', 'model', ...SMALL]
const DETECT = ['detect', 'data.csv', '--model', 'model', '--workers', '1']

describe('--adapt', () => {
  it('tells where the level began and ended, whole and in chunks alike', async () => {
    const cwd = await workshop({ trained: true })
    const { stdout } = await telltale([...DETECT, '--adapt', '--no-explain', '--format', 'json'], { cwd })
    const whole = JSON.parse(stdout)
    expect(whole.adaptation.startLevel).toBeCloseTo(whole.threshold.level, 9)
    expect(whole.adaptation.moves).toBeGreaterThan(100)
    const chunks = await telltale(
      [...DETECT, '--adapt', '--no-explain', '--chunk-rows', '70', '--format', 'json'],
      { cwd },
    )
    expect(JSON.parse(chunks.stdout)).toMatchObject({
      adaptation: whole.adaptation,
      flagged: whole.flagged,
      events: whole.events,
    })
    const people = await telltale([...DETECT, '--adapt'], { cwd })
    expect(people.stdout).toMatch(/^the threshold adapted from .+ to .+ in \d+ steps, from \d+ samples/m)
    const fixed = await telltale([...DETECT, '--format', 'json'], { cwd })
    expect(JSON.parse(fixed.stdout).adaptation).toBeNull()
  })

  it('given to train holds for detect, and show tells it', async () => {
    const cwd = await workshop({ trained: false })
    await telltale([...TRAIN, '--adapt', '--regimes', 'off'], { cwd })
    const shown = await telltale(['show', 'model'], { cwd })
    expect(shown.stdout).toMatch(/^adapts +within 25.0 % of the distance/m)
    const { stdout } = await telltale([...DETECT, '--format', 'json'], { cwd })
    expect(JSON.parse(stdout).adaptation).not.toBeNull()
    const not = await telltale([...DETECT, '--no-adapt', '--format', 'json'], { cwd })
    expect(JSON.parse(not.stdout).adaptation).toBeNull()
  })
})

describe('--threshold-rule', () => {
  it.each(['mad', 'pot', 'spot', 'conformal', 'dynamic'])(
    '%s works from train to detect, and in threshold',
    async rule => {
      const cwd = await workshop({ trained: false })
      const trained = await telltale([...TRAIN, '--calibration-share', '0.5', '--threshold-rule', rule], {
        cwd,
      })
      // The maxima of blocks of a window are too few for one in a hundred: that is said, not passed over.
      if (rule === 'conformal') {
        expect(trained.code).toBe(3)
        expect(trained.stderr).toMatch(/calibration scores are too few for a p-value of 0.01/)
        return
      }
      expect(trained.code).toBe(0)
      const { code, stdout } = await telltale([...DETECT, '--format', 'json'], { cwd })
      expect(code).toBe(0)
      expect(JSON.parse(stdout).threshold.method).toBe(`threshold:${rule}`)
      const again = await telltale(['threshold', 'model', '--threshold-rule', rule, '--format', 'json'], {
        cwd,
      })
      for (const alignment of ALIGNMENTS) {
        const { before, after } = JSON.parse(again.stdout)[alignment]
        expect(after.level).toBeCloseTo(before.level, 9)
      }
    },
  )

  it('tells when a rule is not fit for the scores', async () => {
    const cwd = await workshop({ trained: true })
    const pot = await telltale(['threshold', 'model', '--threshold-rule', 'pot'], { cwd })
    expect(pot.stderr).toMatch(/note: the tail of \d+ calibration scores has \d+ peaks?, fewer than the 10/)
    const dspot = await telltale([...DETECT, '--threshold-rule', 'dspot'], { cwd })
    expect([dspot.code, dspot.stderr]).toEqual([3, expect.stringContaining('a tail over the mean of 450')])
  })
})

describe('--regimes', () => {
  it('says what was found, in the summary and in show', async () => {
    const cwd = await workshop({ trained: false })
    const { stdout } = await telltale([...TRAIN, '--regimes', 'auto'], { cwd })
    expect(stdout).toMatch(/^regimes +/m)
    expect((await telltale(['show', 'model'], { cwd })).stdout).toMatch(/^regimes +/m)
  })

  it('is refused for a channel that is not there, before anything is trained', async () => {
    const cwd = await workshop({ trained: false })
    const { code, stderr } = await telltale([...TRAIN, '--regimes', 'speed'], { cwd })
    expect([code, stderr]).toEqual([2, expect.stringContaining('one of the channels: flow, pressure')])
  })
})
