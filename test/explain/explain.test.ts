import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { EXPLAIN_METHODS, type Explanation, explainEvents } from '../../src/explain/index.js'
import { detect } from '../../src/pipeline/index.js'
import { FAULT_KINDS, type FaultName, injectFaults } from '../../src/simulate/index.js'
import { plantModel } from './plant.js'

const CHANNELS = ['power', 'flow', 'motor_temperature']
/** Kinds that principal components do not detect: each reading is a usual one. */
const UNSEEN: ReadonlySet<FaultName> = new Set(['frozen', 'correlation-break'])
const SLOT = 700
const LENGTHS: Partial<Record<FaultName, number>> = { spike: 2, dropout: 20, drift: 200 }

/** Clear faults of one kind, one per channel, and what is said about each. */
async function explained(kind: FaultName, method: (typeof EXPLAIN_METHODS)[number] = 'repair') {
  const { model, plant } = await plantModel(UNSEEN.has(kind) ? 'auto' : 'pca-q')
  const faults = CHANNELS.map((channel, k) => {
    const start = 400 + k * SLOT
    const magnitude =
      kind === 'correlation-break' ? 4 : kind === 'noise-burst' || kind === 'oscillation' ? 4 : 8
    return { id: `f${k}`, kind, start, end: start + (LENGTHS[kind] ?? 100), channels: [channel], magnitude }
  })
  const faulty = injectFaults(plant.test, faults, createRandom(3), plant.train)
  const scored = await detect(model, faulty, { expected: true })
  const session = { alignment: 'two-sided' } as const
  const all = await explainEvents(model, scored, scored.events, scored.events, {
    session,
    method,
    budget: 24,
  })
  return faults.map(fault => {
    const touching = all.filter(({ event }) => event.start < fault.end && event.end > fault.start)
    return {
      fault,
      explanation: touching.sort((a, b) => b.event.score - a.event.score)[0] as Explanation | undefined,
    }
  })
}

const NAMES: Partial<Record<FaultName, string>> = {
  'noise-burst': 'noise-change',
  oscillation: 'noise-change',
}

describe('explained events of injected faults', () => {
  it('name the channel and the kind of clear faults of the whole catalogue', async () => {
    const confusion: Record<string, Record<string, number>> = {}
    let [found, first, right, wrongVerdict] = [0, 0, 0, 0]
    for (const kind of FAULT_KINDS)
      for (const { fault, explanation } of await explained(kind)) {
        if (explanation === undefined) continue
        found++
        first += explanation.channels[0].name === fault.channels[0] ? 1 : 0
        const row = (confusion[kind] ??= {})
        row[explanation.kind] = (row[explanation.kind] ?? 0) + 1
        right += explanation.kind === (NAMES[kind] ?? kind) ? 1 : 0
        wrongVerdict += explanation.verdict === 'machine' ? 1 : 0
      }
    const table = JSON.stringify(confusion)
    expect(found, table).toBeGreaterThanOrEqual(20)
    expect(first / found, table).toBeGreaterThanOrEqual(0.9)
    expect(right / found, table).toBeGreaterThanOrEqual(0.75)
    expect(wrongVerdict / found, table).toBeLessThanOrEqual(0.05)
  }, 300_000)

  it('have times in order, a band around what was expected, and a repair that clears the event', async () => {
    for (const { fault, explanation } of await explained('level-shift')) {
      const { event, detectedMs, channels, repair, sentence } = explanation as Explanation
      const { onsetMs, startMs, peakMs, lastMs } = event.times
      expect([onsetMs, startMs, peakMs, lastMs]).toEqual(
        [onsetMs, startMs, peakMs, lastMs].sort((a, b) => a - b),
      )
      expect(detectedMs).toBeGreaterThanOrEqual(startMs)
      const [main] = channels
      expect(main.name).toBe(fault.channels[0])
      expect(main.low).toBeLessThan(main.expected)
      expect(main.expected).toBeLessThan(main.high)
      expect(main.reading < main.low || main.reading > main.high).toBe(true)
      expect(repair?.after).toBeLessThan(repair?.before as number)
      expect(repair?.evaluations).toBeLessThanOrEqual(24)
      expect(sentence).toContain(`${main.name} `)
    }
  }, 120_000)

  it.each(EXPLAIN_METHODS.filter(method => method !== 'integrated-gradients'))(
    'name the channel by %s',
    async method => {
      const all = await explained('level-shift', method)
      const named = all.map(({ explanation }) => explanation?.channels[0].name)
      expect(named).toEqual(CHANNELS)
    },
    120_000,
  )

  it('are the same each time', async () => {
    const sentences = async () =>
      (await explained('spike', 'shapley')).map(({ explanation }) => explanation?.channels)
    expect(await sentences()).toEqual(await sentences())
  }, 120_000)
})
