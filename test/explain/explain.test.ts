import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import {
  EXPLAIN_METHODS,
  type Explanation,
  explainEvents,
  explainedEvent,
  saidOf,
} from '../../src/explain/index.js'
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

describe('an event of a frozen channel', () => {
  it.each([
    { alignment: 'two-sided', length: 60 },
    { alignment: 'causal', length: 60 },
    { alignment: 'two-sided', length: 300 },
    { alignment: 'causal', length: 300 },
  ] as const)(
    'names it, in its band or not, and does not begin before it: $alignment, $length samples',
    async ({ alignment, length }) => {
      const { model, plant } = await plantModel('auto')
      const faults = ['motor_temperature', 'flow', 'power'].map((channel, k) => {
        const start = 300 + 700 * k
        return {
          id: `f${k}`,
          kind: 'frozen',
          start,
          end: start + length,
          channels: [channel],
          magnitude: 1,
        } as const
      })
      const frame = injectFaults(plant.test, faults, createRandom(3), plant.train)
      const scored = await detect(model, frame, { alignment })
      const all = await explainEvents(model, scored, scored.events, scored.events, { session: { alignment } })
      for (const { start, end, channels } of faults) {
        const own = all.filter(({ event }) => event.start < end && event.end > start)
        const frozen = own.find(({ kind }) => kind === 'frozen')
        expect(frozen?.sentence).toMatch(new RegExp(`^${channels[0]} stayed at`))
        expect(frozen!.event.start).toBeGreaterThanOrEqual(start - 3)
      }
    },
  )
})

describe('a frozen channel in an event of another fault', () => {
  const faults = [
    { id: 'shift', kind: 'level-shift', start: 300, end: 400, channels: ['motor_temperature'], magnitude: 8 },
    { id: 'frozen', kind: 'frozen', start: 310, end: 390, channels: ['flow'], magnitude: 1 },
  ] as const

  it.each(['auto', 'pca-q'] as const)(
    'is named beside the channel that explains it: %s',
    async detector => {
      const { model, plant } = await plantModel(detector)
      const frame = injectFaults(plant.test, faults, createRandom(3), plant.train)
      const scored = await detect(model, frame)
      for (const method of ['repair', 'standardised', 'decomposition'] as const) {
        const all = await explainEvents(model, scored, scored.events, scored.events, { method })
        const own = all.find(({ event }) => event.start < 390 && event.end > 310)
        expect(own?.sentence).toMatch(/^motor_temperature .*flow (also )?stayed at [\d.]+ for 1 h 20 min/)
      }
    },
    120_000,
  )

  it('is not named outside of its event', async () => {
    const { model, plant } = await plantModel('pca-q')
    const frame = injectFaults(plant.test, faults, createRandom(3), plant.train)
    const scored = await detect(model, frame)
    const [first] = scored.events
    const before = { ...first, start: 250, end: 305 }
    const [found] = await explainEvents(model, scored, scored.events, [before])
    expect(found.sentence).not.toContain('flow stayed')
    const risesEarly = { ...before, onset: 20 }
    const [early] = await explainEvents(model, scored, scored.events, [risesEarly])
    for (const { expected, low, high } of early.channels)
      expect([expected, low, high].every(Number.isFinite)).toBe(true)
  }, 120_000)
})

describe('an event that holds two faults, one after the other', () => {
  it.each([
    ['frozen', 'level-shift', 'earlier'],
    ['level-shift', 'frozen', 'later'],
  ] as const)(
    'says of %s before %s how far they are apart',
    async (first, second, order) => {
      const { model, plant } = await plantModel('auto')
      const [, flow, pressure] = plant.train.channels
      const fault = (kind: FaultName, start: number, channel: string) => ({
        id: kind,
        kind,
        start,
        end: 1120,
        channels: [channel],
        magnitude: 4,
      })
      const faults = [fault(first, 1000, flow), fault(second, 1060, pressure)]
      const scored = await detect(model, injectFaults(plant.test, faults, createRandom(1)))
      const event = scored.events.find(({ start, end }) => start < 1060 && end > 1060)
      if (event === undefined) throw new Error('both faults are in one event')
      const [{ sentence }] = await explainEvents(model, scored, scored.events, [event])
      expect(sentence).toContain(`, beginning 1 h ${order}`)
    },
    60_000,
  )
})

describe('an event that no channel explains', () => {
  it('names a channel in its sentence and first in its event, and has none that explains it', async () => {
    const { model, plant } = await plantModel('isolation-forest')
    const width = plant.test.channels.length
    const values = plant.test.values.map((value, at) => {
      const sample = Math.floor(at / width)
      return sample >= 500 && sample < 600 ? value + 40 : value
    })
    const scored = await detect(model, { ...plant.test, values }, { validationLevel: 'permissive' })
    const event = scored.events.find(({ start, end }) => start < 600 && end > 500)
    const [found] = await explainEvents(model, scored, scored.events, event ? [event] : [])
    expect(found.repair?.channels).toEqual([])
    expect(found.sentence).toMatch(/; no channel explains the score$/)
    expect(found.channels.filter(({ explains }) => explains)).toEqual([])
    const [{ label, name }] = found.channels
    expect(found.sentence.startsWith(label)).toBe(true)
    expect(explainedEvent(found.event, saidOf(found)).channels[0].name).toBe(name)
  }, 60_000)
})
