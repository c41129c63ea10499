import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { State } from '../../src/core/state.js'
import { stateFromBytes, stateToBytes } from '../../src/core/state-bytes.js'
import { changesOf, createEventMachine, type EventOptions } from '../../src/events/index.js'
import { CLEAR, segmentFinder } from '../../src/events/segment.js'

const series = fc.array(fc.constantFrom(-3, -0.5, -0.25, 0.5, 1, 4), { minLength: 1, maxLength: 40 })

/** Largest sum over all stretches, each sample held to -1..2. */
function bruteForce(values: readonly number[]): number {
  let best = 0
  for (let start = 0; start < values.length; start++) {
    let sum = 0
    for (let end = start; end < values.length; end++) {
      sum += Math.max(-1, Math.min(2, values[end]))
      best = Math.max(best, sum)
    }
  }
  return best
}

describe('segmentFinder', () => {
  it('finds the stretch with the largest sum, and nothing where that is not clear', () => {
    fc.assert(
      fc.property(series, values => {
        const finder = segmentFinder()
        values.forEach((value, i) => {
          finder.push(i, 10 * i, value, true)
        })
        const wanted = bruteForce(values)
        const found = finder.best()
        if (wanted < CLEAR) {
          expect(found).toBeUndefined()
          return
        }
        expect(found?.top).toBeCloseTo(wanted, 12)
        const own = values.slice(found?.start, found?.end)
        expect(own.reduce((sum, value) => sum + Math.max(-1, Math.min(2, value)), 0)).toBeCloseTo(wanted, 12)
        expect(found?.startMs).toBe(10 * (found?.start ?? 0))
        expect(found?.lastMs).toBe(10 * ((found?.end ?? 0) - 1))
      }),
      { seed: 1 },
    )
  })

  it('is over when it has lost 40 of its largest sum', () => {
    const bestAfter = (quiet: number) => {
      const finder = segmentFinder()
      const values = [...Array(30).fill(2), ...Array(quiet).fill(-1), ...Array(60).fill(2)]
      values.forEach((value, i) => {
        finder.push(i, i, value, true)
      })
      return finder.best()
    }
    expect(bestAfter(39)).toMatchObject({ start: 0, end: 129, top: 141 })
    expect(bestAfter(40)).toMatchObject({ start: 70, end: 130, top: 120 })
  })

  it('is over 40 samples after its largest sum outside of events, where they are nearly unusual', () => {
    const finder = segmentFinder()
    const values = [2, 2, ...Array(90).fill(-0.01), 2]
    values.forEach((value, i) => {
      finder.push(i, i, value, false)
      if (i === 60) finder.begin(0)
    })
    expect(finder.best()).toMatchObject({ start: 92, end: 93 })
  })

  it('goes on from its state with the same result', () => {
    fc.assert(
      fc.property(series, fc.nat(), (values, cut) => {
        const whole = segmentFinder()
        let part = segmentFinder()
        values.forEach((value, i) => {
          if (i === cut % values.length) part = segmentFinder(Number.POSITIVE_INFINITY, part.state())
          whole.push(i, i, value, true)
          part.push(i, i, value, true)
        })
        expect(part.best()).toEqual(whole.best())
        expect(part.since()).toBe(whole.since())
      }),
      { seed: 1 },
    )
  })
})

describe('an event whose samples stand out by themselves', () => {
  const event = (scores: readonly number[], sharp: readonly number[]) => {
    const machine = createEventMachine(['a'], 'utc', { mergeGap: 0 })
    const steps = scores.map((score, i) =>
      machine.push({ timeMs: 1000 * i, score, residual: [score], sharp: sharp[i] }),
    )
    return [...steps, machine.finish()].flatMap(changesOf).findLast(({ type }) => type === 'closed')!
  }
  const hump = [0, 2, 2, 2, 2, 2, 2, 2, 0]

  it('is placed by them within the hump of a smooth score', () => {
    const { start, end, onset, peak, times, score } = event(hump, [-2, -2, -2, 1, 3, 1, -2, -2, -2]).event
    expect([start, onset, peak, end]).toEqual([3, 3, 4, 6])
    expect(times).toEqual({ startMs: 3000, lastMs: 5000, onsetMs: 3000, peakMs: 4000 })
    expect(score).toBe(2)
  })

  it('begins before the first flag when a causal score was late', () => {
    expect(event([0, 0, 0, 2, 2, 0], [-2, 1, 1, 1, -2, -2]).event).toMatchObject({ start: 1, end: 4 })
  })

  it('begins at its first flag when its samples have stood out since the event before', () => {
    const scores = [0, 2, 2, ...Array(70).fill(0), 2, 2, 2, 0, 0]
    const { start, end, onset, peak, times } = event(scores, [-2, ...Array(75).fill(1), -2, -2]).event
    expect([start, onset, peak, end]).toEqual([73, 73, 73, 76])
    expect(times).toMatchObject({ startMs: 73_000, onsetMs: 73_000, peakMs: 73_000, lastMs: 75_000 })
  })

  it.each([
    ['the last of them', 0],
    ['one after them', 1],
    ['some after them', 3],
  ])(
    'knows nothing of samples that the event before ended with, up to %s, where its score rises soon after',
    (_, later) => {
      // A long fault, 40 quiet samples, of which the last are above the threshold because of the next fault, and that one.
      const long = Array(100).fill(0)
      const sharp = [
        ...long.map(() => 1),
        ...Array(later).fill(0.1),
        ...Array(45 - later).fill(-0.5),
        6,
        5,
        4,
        -2,
        -2,
      ]
      const scores = [...long.map(() => 2), ...Array(30).fill(0.5), ...Array(15).fill(2), 6, 6, 6, 0.5, 0.5]
      const machine = createEventMachine(['a'], 'utc')
      const steps = scores.map((score, i) =>
        machine.push({ timeMs: 1000 * i, score, residual: [score], sharp: sharp[i] }),
      )
      const found = [...steps, machine.finish()].flatMap(changesOf).filter(({ type }) => type === 'closed')
      expect(found.map(({ event: { start, end } }) => [start, end])).toEqual([
        [0, 100 + later],
        [145, 148],
      ])
    },
  )

  it.each([
    ['while single samples of its segment stand out', { gap: 40, evidence: 1 }, [[10, 90]]],
    ['through a few that do not', { gap: 16, evidence: -1 }, [[10, 66]]],
    [
      'not through more of these',
      { gap: 17, evidence: -1 },
      [
        [10, 35],
        [52, 67],
      ],
    ],
    [
      'not beyond the largest scale of the smoothing',
      { gap: 65, evidence: 1 },
      [
        [10, 100],
        [100, 115],
      ],
    ],
  ])('stays open though its smooth score is low, %s', (_, { gap, evidence }, wanted) => {
    const series = <T>(calm: T, fault: T, between: T) => [
      ...Array(10).fill(calm),
      ...Array(25).fill(fault),
      ...Array(gap).fill(between),
      ...Array(15).fill(fault),
      ...Array(30).fill(calm),
    ]
    const scores = series(0.1, 2, 0.5)
    const sharp = series(-1, 3, evidence)
    const machine = createEventMachine(['a'], 'utc')
    const steps = scores.map((score, i) =>
      machine.push({ timeMs: 1000 * i, score, residual: [score], sharp: sharp[i] }),
    )
    const closed = [...steps, machine.finish()].flatMap(changesOf).filter(({ type }) => type === 'closed')
    expect(closed.map(({ event: { start, end } }) => [start, end])).toEqual(wanted)
  })

  it.each([
    [undefined, 1],
    [40, 1],
    [4, 2],
    [0, 2],
  ])('is bridged over what scores are smoothed over: --event-length %s', (eventLength, wanted) => {
    const machine = createEventMachine(['a'], 'utc', {
      mergeGap: 0,
      ...(eventLength !== undefined && { eventLength }),
    })
    const steps = Array.from({ length: 40 }, (_, i) => {
      const score = i < 10 || i >= 20 ? 2 : 0.5
      return machine.push({ timeMs: 1000 * i, score, residual: [score], sharp: i === 12 ? -1 : 1 })
    })
    const closed = [...steps, machine.finish()].flatMap(changesOf).filter(({ type }) => type === 'closed')
    expect(closed.length).toBe(wanted)
  })

  it('is not kept open by a segment that has lasted for 512 samples', () => {
    const found = (length: number) => {
      const machine = createEventMachine(['a'], 'utc')
      const steps = Array.from({ length: length + 45 }, (_, i) => {
        const score = i < 5 || i >= length ? 2 : 0.5
        // A flag now and then, so that the gaps are short.
        return machine.push({
          timeMs: 1000 * i,
          score: i % 40 === 0 ? 2 : score,
          residual: [score],
          sharp: i < length + 5 ? 1 : -1,
        })
      })
      return [...steps, machine.finish()].flatMap(changesOf).filter(({ type }) => type === 'closed').length
    }
    expect(found(500)).toBe(1)
    expect(found(600)).toBeGreaterThan(1)
  })

  it('is not placed by samples after its flags, which may be those of the next one', () => {
    const machine = createEventMachine(['a'], 'utc')
    const sharp = [-1, -1, -1, -1, 1, 1, -1, 2, -1]
    const scores = [1.5, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 3]
    const steps = scores.map((score, i) =>
      machine.push({ timeMs: 1000 * i, score, residual: [score], sharp: sharp[i] }),
    )
    const found = [...steps, machine.finish()].flatMap(changesOf).filter(({ type }) => type === 'closed')
    expect(found.map(({ event: { start, end } }) => [start, end])).toEqual([
      [0, 1],
      [4, 8],
    ])
  })

  describe('twice, with quiet samples between', () => {
    const rows = { a: [3, 3, 0, 0, 0, 0, 0, 0, 1, 1], b: [0, 0, 0, 0, 0, 0, 0, 0, 4, 4] }
    const quiet = [-1, 3, 3, -1, -1, -1, -1, -1, -1, 3, 3, -1, -1]
    const scores = quiet.map((_, i) => (i > 0 && i < 12 ? 2 + (i > 8 ? 1 : 0) : 0))
    const machineOf = (options: EventOptions, from?: State) =>
      createEventMachine(['a', 'b'], 'utc', options, from)
    const sampleAt = (i: number, sharp = quiet) => ({
      timeMs: 1000 * i,
      score: scores[i],
      residual: [rows.a[i - 1] ?? 0, rows.b[i - 1] ?? 0],
      sharp: sharp[i],
    })
    const changes = (options: EventOptions, sharp = quiet) => {
      const machine = machineOf(options)
      const steps = scores.map((_, i) => machine.push(sampleAt(i, sharp)))
      return [...steps, machine.finish()].flatMap(changesOf)
    }

    it('is two, each with its own borders, score and channels', () => {
      const found = changes({})
      expect(found.map(({ type }) => type)).toEqual(['opened', 'closed', 'opened', 'closed'])
      const [, first, , second] = found.map(({ event }) => event)
      expect([first.start, first.end, first.score]).toEqual([1, 3, 2])
      expect([second.start, second.end, second.score]).toEqual([9, 11, 3])
      expect(first.channels).toEqual([
        { name: 'a', share: 1 },
        { name: 'b', share: 0 },
      ])
      expect(second.channels[0]).toEqual({ name: 'b', share: 0.8 })
      expect(first.id).not.toBe(second.id)
    })

    it('is one where the gap between them may be bridged, or a cool-down keeps the second from opening', () => {
      for (const options of [{ mergeGap: 6 }, { coolDown: 10 }])
        expect(changes(options).map(({ type }) => type)).toEqual(['opened', 'closed'])
    })

    it('is one where the second is shorter than an event may be', () => {
      expect(changes({ minLength: 3 }).map(({ type }) => type)).toEqual(['opened', 'closed'])
    })

    it('is one where the first is worth more than the quiet takes away', () => {
      const long = [-1, 3, 3, 3, 3, 3, -1, -1, -1, 3, 3, -1, -1]
      expect(changes({ mergeGap: 0 }, long).map(({ type }) => type)).toEqual(['opened', 'closed'])
    })

    it('goes on from an older state, which says nothing of parts', () => {
      const whole = machineOf({})
      whole.push(sampleAt(0))
      whole.push(sampleAt(1))
      const { options, ...rest } = whole.state()
      const { afterId: _, ...older } = options as { afterId: null }
      const machine = machineOf({}, { ...rest, options: older })
      const steps = scores.slice(2).map((_, k) => machine.push(sampleAt(k + 2)))
      expect([...steps, machine.finish()].flatMap(changesOf)).toEqual(changes({}).slice(1))
    })

    it('gives the same changes when its state is written and restored at any sample', () => {
      for (let cut = 0; cut < scores.length; cut++) {
        let machine = machineOf({})
        const steps = scores.map((_, i) => {
          if (i === cut) machine = machineOf({}, stateFromBytes(stateToBytes(machine.state())))
          return machine.push(sampleAt(i))
        })
        expect([...steps, machine.finish()].flatMap(changesOf)).toEqual(changes({}))
      }
    })
  })

  it('keeps its hump when none of them does', () => {
    expect(
      event(
        hump,
        hump.map(() => -1),
      ).event,
    ).toMatchObject({ start: 1, end: 8 })
  })
})
