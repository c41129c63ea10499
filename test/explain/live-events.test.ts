import { beforeAll, describe, expect, it } from 'vitest'
import type { AnomalyEvent, EventChange } from '../../src/core/contracts.js'
import { type Frame, type Interval, sampleCount, sliceFrame } from '../../src/core/frame.js'
import { createRandom } from '../../src/core/random.js'
import { historyRange } from '../../src/explain/history-range.js'
import { explainEvents, type HistoryRange, liveEvents } from '../../src/explain/index.js'
import type { Model } from '../../src/model/index.js'
import { detect } from '../../src/pipeline/index.js'
import { openSession } from '../../src/session/index.js'
import { type FaultName, injectFaults } from '../../src/simulate/index.js'
import { plantModel } from './plant.js'

const FAULTS: readonly (readonly [FaultName, string])[] = [
  ['level-shift', 'flow'],
  ['spike', 'power'],
  ['noise-burst', 'flow'],
  ['drift', 'motor_temperature'],
]

describe('live events', () => {
  let model: Model
  let live: Frame

  beforeAll(async () => {
    const { model: trained, plant } = await plantModel('pca-q')
    model = trained
    const faults = FAULTS.map(([kind, channel], k) => {
      const start = 300 + 500 * k
      const length = kind === 'spike' ? 2 : kind === 'drift' ? 330 : 60
      return { id: `f${k}`, kind, start, end: start + length, channels: [channel], magnitude: 8 }
    })
    live = injectFaults(plant.test, faults, createRandom(3), plant.train)
  })

  /** What is said of events when samples come `length` at a time; the state is saved and restored now and then. */
  async function told(length: number, of = model): Promise<EventChange[]> {
    const session = openSession(of)
    let events = liveEvents(of, live.timeKind)
    const all: EventChange[] = []
    for (let at = 0; at < sampleCount(live); at += length) {
      const { scored, events: changes } = session.push(
        sliceFrame(live, at, Math.min(at + length, sampleCount(live))),
      )
      all.push(...(await events.push(scored, changes, session.settled())))
      if (at % 7 === 0) events = liveEvents(of, live.timeKind, events.state())
    }
    return all
  }
  const ofType = (changes: readonly EventChange[], type: EventChange['type']) =>
    changes.filter(change => change.type === type).map(({ event }) => event)

  it('say kind, verdict and the channel when an event closes', async () => {
    const closed = ofType(await told(5), 'closed')
    const found = FAULTS.map(([, channel], k) => {
      const own = closed.filter(({ start, end }) => start < 500 + 500 * k && end > 300 + 500 * k)
      return own.some(({ explanation }) => explanation?.sentence.startsWith(channel))
    })
    expect(found).toEqual([true, true, true, true])
    const kinds = closed.map(({ explanation }) => explanation?.kind)
    expect(kinds).toEqual(expect.arrayContaining(['level-shift', 'spike', 'noise-change', 'drift']))
    expect(closed.every(({ explanation }) => explanation?.reason !== undefined)).toBe(true)
  }, 60_000)

  it('say the channel when an event opens, leave its kind open, and repeat that as it continues', async () => {
    const all = await told(1)
    const [opened] = ofType(all, 'opened')
    expect(opened.explanation).toMatchObject({
      kind: 'unclear',
      reason: expect.stringContaining('just opened'),
    })
    expect(opened.explanation?.sentence).toContain('flow')
    const updated = ofType(all, 'updated').filter(({ id }) => id === opened.id)
    expect(updated[0].explanation).toEqual(opened.explanation)
    const names = [opened, ...updated.slice(0, 5)].map(({ channels: [first] }) => first.name)
    expect(new Set(names)).toEqual(new Set(['flow']))
  }, 60_000)

  it('say more of an event that goes on, and end with what is said when it closes', async () => {
    const all = await told(1)
    const [opened] = ofType(all, 'opened')
    const updated = ofType(all, 'updated').filter(({ id }) => id === opened.id)
    const said = updated.map(({ explanation }) => explanation?.kind)
    expect(said[0]).toBe('unclear')
    expect(said.at(-1)).toBe('level-shift')
    // It is looked at again when it has doubled its length.
    const texts = new Set(updated.map(({ explanation }) => JSON.stringify(explanation)))
    expect(texts.size).toBeLessThanOrEqual(1 + Math.ceil(Math.log2(updated.length + 1)))
  }, 60_000)

  it('are the same however the samples are cut', async () => {
    const words = (changes: readonly EventChange[]) =>
      ofType(changes, 'closed').map(({ explanation }) => explanation)
    const one = words(await told(1))
    expect(one.every(explanation => explanation !== undefined)).toBe(true)
    expect(words(await told(40))).toEqual(one)
    expect(words(await told(5000))).toEqual(one)
  }, 60_000)

  it('name one channel where none is far off', async () => {
    const { model: auto, plant } = await plantModel('auto')
    const session = openSession(auto, { threshold: 0.6 })
    const events = liveEvents(auto, plant.test.timeKind)
    const closed: EventChange[] = []
    for (let at = 0; at + 50 <= sampleCount(plant.test); at += 50) {
      const { scored, events: changes } = session.push(sliceFrame(plant.test, at, at + 50))
      closed.push(...(await events.push(scored, changes, session.settled())))
    }
    const words = ofType(closed, 'closed').map(({ explanation }) => explanation)
    expect(words.length).toBeGreaterThan(1)
    for (const word of words)
      expect(word?.sentence).not.toMatch(/^[^;]*, within its band[^;]*; [^;]*, within its band/)
  }, 60_000)

  it('are not explained by a model that keeps nothing of its history', async () => {
    const { excerpt: _, ...old } = model
    const changes = await told(50, old)
    expect(changes.length).toBeGreaterThan(0)
    expect(changes.every(({ event }) => event.explanation === undefined)).toBe(true)
  })

  it('name a frozen channel as soon as it is found, and when the event closes', async () => {
    const { model: auto, plant } = await plantModel('auto')
    const fault = {
      id: 'f',
      kind: 'frozen',
      start: 500,
      end: 700,
      channels: ['motor_temperature'],
      magnitude: 1,
    } as const
    const frozen = injectFaults(sliceFrame(plant.test, 0, 1000), [fault], createRandom(3), plant.train)
    const session = openSession(auto)
    const events = liveEvents(auto, frozen.timeKind)
    const said: string[] = []
    for (let at = 0; at < 1000; at += 10) {
      const { scored, events: changes } = session.push(sliceFrame(frozen, at, at + 10))
      for (const { event } of await events.push(scored, changes, session.settled()))
        if (event.start < fault.end && event.end > fault.start)
          said.push(`${event.explanation?.kind}: ${event.explanation?.sentence}`)
    }
    expect(said.length).toBeGreaterThan(1)
    // Less is kept than the 200 samples that it lasts.
    for (const one of said)
      expect(one).toMatch(/^frozen: motor_temperature stayed at [\d.]+ for at least \d+ /)
  })

  it('name a frozen channel in an event of another fault', async () => {
    const { model: auto, plant } = await plantModel('auto')
    const faults = [
      { id: 'a', kind: 'level-shift', start: 500, end: 600, channels: ['motor_temperature'], magnitude: 8 },
      { id: 'b', kind: 'frozen', start: 510, end: 580, channels: ['flow'], magnitude: 1 },
    ] as const
    const faulty = injectFaults(sliceFrame(plant.test, 0, 1000), faults, createRandom(3), plant.train)
    const session = openSession(auto)
    const events = liveEvents(auto, faulty.timeKind)
    const closed: EventChange[] = []
    for (let at = 0; at < 1000; at += 10) {
      const { scored, events: changes } = session.push(sliceFrame(faulty, at, at + 10))
      const said = await events.push(scored, changes, session.settled())
      closed.push(
        ...said.filter(({ type, event }) => type === 'closed' && event.start < 580 && event.end > 510),
      )
    }
    expect(closed.map(({ event }) => event.explanation?.sentence)).toEqual([
      expect.stringMatching(/^motor_temperature .*flow stayed at/),
    ])
  }, 60_000)

  it('name channels that freeze together, and not one that depends on them', async () => {
    const { model: auto, plant } = await plantModel('auto')
    const channels = plant.test.channels.slice(0, 4)
    const fault = { id: 'f', kind: 'frozen', start: 500, end: 620, channels, magnitude: 1 } as const
    const frozen = injectFaults(sliceFrame(plant.test, 0, 1000), [fault], createRandom(3), plant.train)
    const session = openSession(auto)
    const events = liveEvents(auto, frozen.timeKind)
    const closed: EventChange[] = []
    for (let at = 0; at < 1000; at += 10) {
      const { scored, events: changes } = session.push(sliceFrame(frozen, at, at + 10))
      const said = await events.push(scored, changes, session.settled())
      closed.push(
        ...said.filter(({ type, event }) => type === 'closed' && event.start < 620 && event.end > 500),
      )
    }
    for (const { event } of closed)
      expect(event.explanation).toMatchObject({ kind: 'frozen', verdict: 'sensor' })
    expect(closed.length).toBeGreaterThan(0)
  }, 60_000)

  it('say of a step that all channels, or most of them, make together what a table says', async () => {
    const { plant } = await plantModel('pca-q')
    const width = live.channels.length
    for (const stepping of [width, width - 2]) {
      const values = plant.test.values.slice()
      for (let c = 0; c < stepping; c++) {
        const { min, max } = historyRange(model.info, c) as HistoryRange
        for (let i = 500; i < 620; i++) values[i * width + c]! += 1.2 * (max - min)
      }
      const stepped = sliceFrame({ ...plant.test, values }, 0, 1000)
      const scored = await detect(model, stepped, { validationLevel: 'permissive' })
      const isOwn = ({ start, end }: Interval) => start < 620 && end > 500
      const found = await explainEvents(model, scored, scored.events, scored.events.filter(isOwn))
      const session = openSession(model)
      const events = liveEvents(model, stepped.timeKind)
      const { scored: pushed, events: changes } = session.push(stepped)
      const closed = ofType(await events.push(pushed, changes, session.settled()), 'closed').filter(isOwn)
      const operation = { kind: 'out-of-range-operation', verdict: 'operation' }
      expect(found).toMatchObject([operation])
      expect(closed.map(({ explanation }) => explanation)).toMatchObject([operation])
    }
  }, 60_000)

  it.each([1, 20])(
    'say of a drift that is much longer than what is kept what a table says, in every event that it is made of (pushes of %i)',
    async length => {
      const { model: pca, plant } = await plantModel('pca-q')
      for (const [channel, magnitude] of [
        ['motor_temperature', 6],
        ['flow', 12],
      ] as const) {
        const fault = {
          id: 'f',
          kind: 'drift',
          start: 400,
          end: 1500,
          channels: [channel],
          magnitude,
        } as const
        const drifting = sliceFrame(injectFaults(plant.test, [fault], createRandom(3), plant.train), 0, 1900)
        const scored = await detect(pca, drifting, { alignment: 'causal' })
        const session = openSession(pca)
        const events = liveEvents(pca, drifting.timeKind)
        const all: EventChange[] = []
        for (let at = 0; at < 1900; at += length) {
          const { scored: pushed, events: changes } = session.push(sliceFrame(drifting, at, at + length))
          all.push(...(await events.push(pushed, changes, session.settled())))
        }
        const longest = (of: readonly AnomalyEvent[]) =>
          [...of].sort((a, b) => b.end - b.start - a.end + a.start)[0]
        const own = longest(scored.events)
        expect(own.end - own.start).toBeGreaterThan(500)
        const [said] = await explainEvents(pca, scored, scored.events, [own])
        const live = longest(ofType(all, 'closed')).explanation
        expect([said.kind, live?.kind]).toEqual(['drift', 'drift'])
        // The reading at the end, not the one of the first samples.
        const readingOf = (sentence = '') => Number(/drifted to ([-\d.]+)/.exec(sentence)?.[1])
        const [one, other] = [said.sentence, live?.sentence].map(readingOf)
        expect(Math.abs(other / one - 1)).toBeLessThan(0.1)
        expect(all.every(({ event }) => event.explanation !== undefined)).toBe(true)
      }
    },
    60_000,
  )
})
