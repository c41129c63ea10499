import { describe, expect, it } from 'vitest'
import { asScaled, type Frame, type ScaledFrame, sampleCount } from '../../../src/core/frame.js'
import { createRandom } from '../../../src/core/random.js'
import { auto, type FittedMember } from '../../../src/detect/index.js'
import { memberSkills } from '../../../src/pipeline/index.js'

function machine(n: number): ScaledFrame {
  const random = createRandom(1)
  const values = new Float32Array(n * 2)
  for (let i = 0; i < n; i++) {
    values[2 * i] = Math.sin(0.2 * i) + 0.1 * random.normal()
    values[2 * i + 1] = Math.cos(0.2 * i) + 0.1 * random.normal()
  }
  const timeMs = Float64Array.from({ length: n }, (_, i) => i)
  return asScaled({ timeMs, timeKind: 'index', channels: ['a', 'b'] }, values)
}

const train = machine(1200)
const named = (...names: string[]) => names.map(name => ({ name })) as unknown as FittedMember[]

describe('the skill of members', () => {
  it('is 1 for a member that scores every changed sample higher, 0 for its opposite, half for one that sees nothing', async () => {
    const changed = (frame: Frame) =>
      Float64Array.from({ length: sampleCount(frame) }, (_, i) =>
        frame.values.subarray(2 * i, 2 * i + 2).some((value, c) => value !== train.values[2 * i + c]) ? 1 : 0,
      )
    const scoreMembersHeldBack = async (frame: Frame) => [
      changed(frame),
      changed(frame).map(value => -value),
      new Float64Array(1200),
      undefined,
    ]
    const members = named('all', 'contrary', 'blind', 'dumb')
    const [all, contrary, blind, dumb] = await memberSkills({ members, scoreMembersHeldBack }, train, 1)
    // A fault may leave a reading as it is: the first of a frozen channel, one that is at its lowest already.
    expect(all).toBeGreaterThan(0.9)
    expect(contrary).toBeCloseTo(1 - (all ?? 0), 12)
    expect(blind).toBe(0.5)
    expect(dumb).toBeNull()
  })

  it('leaves out samples without a score', async () => {
    const half = Float64Array.from({ length: 1200 }, (_, i) => (i < 600 ? Number.NaN : 1))
    const ensemble = { members: named('half'), scoreMembersHeldBack: async () => [half] }
    expect(await memberSkills(ensemble, train, 1)).toEqual([0.5])
  })

  it('is better than chance for what was fitted, the same for the same seed, and in other places for another', async () => {
    const context = { validation: machine(100), seed: 1 }
    const fitted = await auto({ eventLength: 20 }).fit(train, context)
    const skills = await memberSkills(fitted, train, 1)
    expect(skills).toHaveLength(4)
    for (const skill of skills) expect(skill).toBeGreaterThan(0.6)
    expect(await memberSkills(fitted, train, 1)).toEqual(skills)
    expect(await memberSkills(fitted, train, 2)).not.toEqual(skills)
  })
})
