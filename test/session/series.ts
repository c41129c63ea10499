import fc from 'fast-check'
import type { AnomalyEvent, EventChange } from '../../src/core/contracts.js'
import { type Frame, sampleCount, sliceFrame } from '../../src/core/frame.js'
import { stateFromBytes, stateToBytes } from '../../src/core/state-bytes.js'
import type { Model } from '../../src/model/index.js'
import { openSession, type ScoredSamples, type SessionSettings, type Step } from '../../src/session/index.js'
import { swinging } from '../pipeline/machine.js'

const MINUTE = 60_000

/** What can be wrong with a series. */
export interface Trouble {
  /** Length of each step in minutes, in turn. */
  readonly steps: readonly number[]
  /** [first sample, samples, channel, value] */
  readonly holes: readonly (readonly [number, number, number, number])[]
  /** Samples before which so many minutes pass, or go back. */
  readonly jumps: readonly (readonly [number, number])[]
  /** Samples at which both channels move away. */
  readonly faults: readonly number[]
}

export const SAMPLES = 90

export function troubled({ steps, holes, jumps, faults }: Trouble, seed = 3): Frame {
  const frame = swinging(SAMPLES, seed)
  const values = frame.values.slice()
  for (const at of faults) for (let i = at; i < Math.min(SAMPLES, at + 4); i++) values[2 * i] += 4
  for (const [from, length, c, value] of holes)
    for (let i = from; i < Math.min(SAMPLES, from + length); i++) values[2 * i + c] = value
  let at = 0
  const timeMs = Float64Array.from({ length: SAMPLES }, (_, i) => {
    at += MINUTE * steps[i % steps.length]
    for (const [sample, minutes] of jumps) if (sample === i) at += MINUTE * minutes
    return at
  })
  return { ...frame, timeMs, values }
}

const sample = fc.integer({ min: 0, max: SAMPLES - 1 })
/** Regular, jittered and irregular times, gaps, clocks set back, equal times; holes, NaN and infinite readings; faults. */
export const anyTrouble: fc.Arbitrary<Trouble> = fc.record({
  steps: fc.oneof(
    fc.constant([1]),
    fc.array(fc.constantFrom(1, 1, 1, 1.01, 0.4, 2.2, 0, 9), { minLength: 1, maxLength: 7 }),
  ),
  holes: fc.array(
    fc.tuple(
      sample,
      fc.integer({ min: 1, max: 9 }),
      fc.nat(1),
      fc.constantFrom(Number.NaN, Number.NaN, Number.POSITIVE_INFINITY),
    ),
    { maxLength: 6 },
  ),
  jumps: fc.array(fc.tuple(sample, fc.constantFrom(7, 60, -3, -90, -0.5)), { maxLength: 3 }),
  faults: fc.array(sample, { maxLength: 2 }),
})

export const anyCuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 })

/** All that a session says of a series, joined. */
export interface Said {
  readonly columns: Record<string, unknown>
  readonly opened: readonly string[]
  readonly closed: readonly AnomalyEvent[]
  readonly issues: Step['issues']
  readonly counted: Record<string, number>
  readonly suppressed: unknown
  readonly adaptation: unknown
}

/**
 * Feeds a session in pieces.
 *
 * @param restore after each piece the session is saved as bytes and goes on in another one
 */
export function heard(
  model: Model,
  frame: Frame,
  cuts: readonly number[],
  settings: SessionSettings,
  restore = false,
): Said {
  let session = openSession(model, settings)
  const steps: Step[] = []
  for (let at = 0, k = 0; at < sampleCount(frame); k++) {
    const end = Math.min(sampleCount(frame), at + cuts[k % cuts.length])
    steps.push(session.push(sliceFrame(frame, at, end)))
    at = end
    if (restore) session = openSession(model, settings, stateFromBytes(stateToBytes(session.state())))
  }
  const last = session.finish()
  return {
    ...joined([...steps, last]),
    issues: last.issues,
    suppressed: session.suppressed(),
    adaptation: session.adaptation(),
  }
}

function joined(steps: readonly Step[]): Pick<Said, 'columns' | 'opened' | 'closed' | 'counted'> {
  const all = (of: (scored: ScoredSamples) => ArrayLike<number> | undefined) =>
    steps.flatMap(({ scored }) => Array.from(of(scored) ?? []))
  const changes = (type: EventChange['type']) =>
    steps.flatMap(({ events }) => events.filter(change => change.type === type).map(({ event }) => event))
  const counted: Record<string, number> = {}
  for (const { code, channel, count } of steps.slice(0, -1).flatMap(({ issues }) => issues)) {
    const key = `${code} ${channel ?? ''}`
    counted[key] = code === 'frozen-longer' ? 1 : (counted[key] ?? 0) + count
  }
  return {
    columns: {
      timeMs: all(({ frame }) => frame.timeMs),
      values: all(({ frame }) => frame.values),
      score: all(({ score }) => score),
      pValue: all(({ pValue }) => pValue),
      severity: all(({ severity }) => severity),
      flag: all(({ flag }) => flag),
      residual: all(({ residual }) => residual),
      reason: all(({ reason }) => reason),
      trust: all(({ trust }) => trust),
      expected: all(({ expected }) => expected),
    },
    opened: changes('opened').map(({ id }) => id),
    closed: changes('closed'),
    counted,
  }
}
