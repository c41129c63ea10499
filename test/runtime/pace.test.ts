import { describe, expect, it } from 'vitest'
import { createPace } from '../../src/runtime/pace.js'

/** Calls whose time per ticket is as given; how many of the last half went alone. */
function shareAlone(calls: number, cost: (alone: boolean, call: number) => number): number {
  let time = 0
  let alone = 0
  const pace = createPace(() => time)
  for (let call = 0; call < calls; call++) {
    const { alone: isAlone, end } = pace.begin()
    time += 2 * cost(isAlone, call)
    if (isAlone && call >= calls / 2) alone++
    end(2)
  }
  return alone / (calls / 2)
}

describe('the pace of a team', () => {
  it('works with helpers where they pay, and seldom tries without', () => {
    expect(shareAlone(4000, alone => (alone ? 2 : 1.1))).toBeLessThan(0.02)
  })

  it('works alone where helpers cost, and seldom tries with them', () => {
    expect(shareAlone(4000, alone => (alone ? 1 : 3))).toBeGreaterThan(0.98)
  })

  it('costs little against the better way from the first step on', () => {
    let time = 0
    const pace = createPace(() => time)
    for (let call = 0; call < 1000; call++) {
      const { alone, end } = pace.begin()
      time += alone ? 1 : 2.5
      end(1)
    }
    expect(time / 1000).toBeLessThan(1.15)
  })

  it('notices soon when the machine gets busy, and when it is free again', () => {
    const busy = (call: number) => call >= 2000 && call < 4000
    const chosen: boolean[] = []
    shareAlone(9000, (alone, call) => {
      chosen[call] = alone
      return alone ? 1 : busy(call) ? 3 : 0.6
    })
    const share = (from: number, to: number) => chosen.slice(from, to).filter(Boolean).length / (to - from)
    expect(share(1000, 2000)).toBeLessThan(0.05)
    expect(share(2100, 4000)).toBeGreaterThan(0.9)
    expect(share(6500, 9000)).toBeLessThan(0.05)
  })
})
