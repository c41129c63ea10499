import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sliceFrame } from '../../src/core/frame.js'
import type { CloudEvent, LiveOutput, SinkPlan } from '../../src/emit/index.js'
import { createMonitor, type Monitor, type Reading } from '../../src/live/index.js'
import { trainModel } from '../../src/pipeline/index.js'
import { openSession } from '../../src/session/index.js'
import { scratchFolder } from '../cli/world.js'
import { swinging } from '../pipeline/machine.js'
import { liveFrame } from './program.js'

const model = await trainModel(swinging(500, 1), { window: 12, workers: 1, quantile: 0.999 }, {})
const frame = liveFrame(900)
const READINGS: Reading[] = Array.from(frame.timeMs, (time, i) => ({
  time,
  values: { a: frame.values[2 * i], b: frame.values[2 * i + 1] },
}))
const now = () => frame.timeMs[frame.timeMs.length - 1]
const scoresOf = (outputs: readonly LiveOutput[]) =>
  outputs.flatMap(({ scored }) => [...(scored?.score ?? [])])
const wanted = [...openSession(model).push(frame).scored.score]

describe('a monitor', () => {
  it('gives the scores of a session, bit for bit, however readings come together', async () => {
    for (const size of [1, 7, 900]) {
      const monitor = await createMonitor({ model, now })
      const scores: number[] = []
      for (let at = 0; at < READINGS.length; at += size) {
        const { outputs, refused } = await monitor.push(READINGS.slice(at, at + size))
        expect(refused).toEqual({})
        scores.push(...scoresOf(outputs))
      }
      expect(scores).toEqual(wanted)
      await monitor.close()
      expect(monitor.counts).toMatchObject({ received: 900, taken: 900, samples: 900 })
    }
  })

  it('answers each push with its own outputs when many do not wait', async () => {
    const monitor = await createMonitor({ model, now, state: join(scratchFolder(), 'state') })
    const answers = await Promise.all(
      READINGS.map((reading, i) => monitor.push({ ...reading, device: `d${i % 3}` })),
    )
    const session = openSession(model)
    const own = answers.filter((_, i) => i % 3 === 1).map(({ outputs }) => scoresOf(outputs))
    const rows = Array.from({ length: 300 }, (_, k) => 3 * k + 1)
    expect(own).toEqual(rows.map(i => [...session.push(sliceFrame(frame, i, i + 1)).scored.score]))
    expect(answers[4].outputs.map(({ device }) => device)).toEqual(['d1'])
    await monitor.close()
  })

  it('saves its state when a restart would repeat long work, whatever the time between checkpoints', async () => {
    const state = join(scratchFolder(), 'state')
    let clockMs = now()
    const slow: SinkPlan = {
      name: 'slow',
      open: async () => ({
        write: async () => void (clockMs += 1000),
        state: async () => null,
        counts: () => ({ waiting: 0, lost: 0 }),
        drain: async () => {},
        close: async () => {},
      }),
    }
    const monitor = await createMonitor({
      model,
      now: () => clockMs,
      state,
      checkpointMs: Number.POSITIVE_INFINITY,
      sinks: [slow],
    })
    const received = () =>
      JSON.parse(readFileSync(join(state, 'checkpoint.json'), 'utf8')).stream.counts.received
    const saved: number[] = []
    for (const reading of READINGS.slice(0, 12)) {
      await monitor.push(reading)
      saved.push(received())
    }
    await monitor.close()
    // Work of five seconds.
    expect(new Set(saved)).toEqual(new Set([0, 5, 10]))
  })

  it.each([false, true])('tells sinks whether what waits at its end is kept (%s)', async isKept => {
    const closed: unknown[] = []
    const sink: SinkPlan = {
      name: 'sink',
      open: async () => ({
        write: async () => {},
        state: async () => null,
        counts: () => ({ waiting: 0, lost: 0 }),
        drain: async () => {},
        close: async rest => void closed.push(rest),
      }),
    }
    const state = isKept ? join(scratchFolder(), 'state') : undefined
    await (await createMonitor({ model, now, sinks: [sink], ...(state && { state }) })).close()
    expect(closed).toEqual([isKept ? undefined : 'lost'])
  })

  it('tells of an event in the same messages, however readings come together', async () => {
    const told: CloudEvent[][] = []
    for (const size of [1, 7, 900]) {
      const events: CloudEvent[] = []
      const monitor = await createMonitor({ model, now, onEvent: event => events.push(event) })
      for (let at = 0; at < READINGS.length; at += size) await monitor.push(READINGS.slice(at, at + size))
      await monitor.close()
      told.push(events)
    }
    expect(told[0]!.some(({ type }) => type.includes('updated'))).toBe(true)
    expect(told[1]).toEqual(told[0])
    expect(told[2]).toEqual(told[0])
  })

  it('continues from its state, and hears events once', async () => {
    const state = join(scratchFolder(), 'state')
    const whole: string[] = []
    const one = await createMonitor({ model, now, onEvent: ({ id }) => whole.push(id) })
    for (const reading of READINGS) await one.push(reading)
    const parts: string[] = []
    let scores: number[] = []
    for (let at = 0; at < READINGS.length; at += 300) {
      const monitor = await createMonitor({ model, now, state, onEvent: ({ id }) => parts.push(id) })
      for (const reading of READINGS.slice(at, at + 300))
        scores = scores.concat(scoresOf((await monitor.push(reading)).outputs))
      await monitor.close()
    }
    expect(scores).toEqual(wanted)
    expect(whole.length).toBeGreaterThan(4)
    expect(parts).toEqual(whole)
    await one.close()
  })

  it('raises an event of drift, which continues over a restart and ends with the monitor', async () => {
    const settings = { watchDrift: ['score', 'a'], watchRunLength: 1e5 }
    const shifted = READINGS.map(({ time, values }) => ({ time, values: { a: values.a! + 1, b: values.b! } }))
    const heard: string[][] = [[], []]
    const one = await createMonitor({ model, now, settings, onEvent: ({ id }) => heard[0].push(id) })
    await one.push(shifted)
    const state = join(scratchFolder(), 'state')
    for (let at = 0; at < shifted.length; at += 100) {
      const part = await createMonitor({
        model,
        now,
        settings,
        state,
        onEvent: ({ id }) => heard[1].push(id),
      })
      await part.push(shifted.slice(at, at + 100))
      await part.close()
      if (at === 800) expect(part.counts.drifts).toBe(one.counts.drifts)
    }
    const drifts = (ids: string[]) => ids.filter(id => id.includes('drift/'))
    expect(drifts(heard[1])).toEqual(drifts(heard[0]))
    const opened = drifts(heard[0]).filter(id => id.endsWith('/opened'))
    expect(opened.length).toBe(one.counts.drifts)
    expect(opened.map(id => id.split('/')[2])).toContain('a')
    await one.close()
    const closed = drifts(heard[0]).filter(id => id.endsWith('/closed'))
    expect(closed).toEqual(expect.arrayContaining(opened.map(id => id.replace(/opened$/, 'closed'))))
  })

  it('says what events look like, and with `explain: false` nothing, of the same events', async () => {
    const toldBy = async (explain: boolean) => {
      const told: { id: string; sentence: unknown }[] = []
      const onEvent = ({ id, data }: CloudEvent) =>
        told.push({ id, sentence: (data as { sentence?: unknown }).sentence ?? null })
      const monitor = await createMonitor({ model, now, explain, onEvent })
      await monitor.push(READINGS)
      await monitor.close()
      return told
    }
    const [explained, silent] = [await toldBy(true), await toldBy(false)]
    expect(explained.some(({ sentence }) => typeof sentence === 'string')).toBe(true)
    expect(silent.every(({ sentence }) => sentence === null)).toBe(true)
    expect(silent.map(({ id }) => id)).toEqual(explained.map(({ id }) => id))
  })

  it('counts what it cannot use by reason, and never throws for it', async () => {
    const monitor = await createMonitor({ model, now: () => 1e12 })
    const bad = [
      { time: 'soon', values: { a: 1 } },
      { time: 2e12, values: { a: 1 } },
      { time: 0, values: {} },
      { time: 1000, values: { zzz: 1 } },
      { time: 1000, device: 7, values: { a: 1 } },
      { time: 2000, values: { a: 'x', b: 1 } },
      { time: 2000, values: { a: 1, b: 1 } },
    ] as unknown as Reading[]
    const { refused } = await monitor.push(bad)
    expect(refused).toEqual({
      'bad-time': 1,
      future: 1,
      'no-reading': 1,
      'no-channel': 1,
      'bad-device': 1,
      duplicate: 1,
    })
    expect(monitor.counts).toMatchObject({ received: 7, taken: 1, badReadings: 1 })
    await monitor.close()
    await expect(monitor.push(READINGS[0])).rejects.toMatchObject({ code: 'monitor-closed' })
  })

  it('refuses the devices that have no model', async () => {
    const modelOf = async (device: string) => (device === 'known' ? model : undefined)
    const monitor = await createMonitor({ model: modelOf, now })
    const { outputs, refused } = await monitor.push([
      { ...READINGS[0], device: 'known' },
      { ...READINGS[0], device: 'other' },
    ])
    expect(refused).toEqual({ 'unknown-device': 1 })
    expect(outputs.map(({ device }) => device)).toEqual(['known'])
    await monitor.close()
  })

  it('fails for good when its sink fails, and loses nothing that it did not answer', async () => {
    const state = join(scratchFolder(), 'state')
    let isBroken = true
    const heard: CloudEvent[] = []
    const sink: SinkPlan = {
      name: 'broken',
      open: async () => ({
        async write(outputs) {
          if (isBroken && outputs.some(({ events }) => events.length > 0)) throw new Error('disk full')
          heard.push(...outputs.flatMap(({ events }) => events))
        },
        state: async () => null,
        counts: () => ({ waiting: 0, lost: 0 }),
        drain: async () => {},
        close: async () => {},
      }),
    }
    const open = (): Promise<Monitor> => createMonitor({ model, now, state, sinks: [sink] })
    const first = await open()
    let answered = 0
    await expect(
      (async () => {
        for (const reading of READINGS) {
          await first.push(reading)
          answered++
        }
      })(),
    ).rejects.toThrow('disk full')
    await expect(first.push(READINGS[0])).rejects.toThrow('disk full')
    await first.close()
    isBroken = false
    const second = await open()
    expect(heard.length).toBeGreaterThan(0)
    for (const reading of READINGS.slice(answered)) await second.push(reading)
    // The reading that failed is on the disk already: it is recognised.
    expect(second.counts).toMatchObject({ samples: 900, refused: { duplicate: 1 } })
    await second.close()
  })

  it('is a stream that can be piped', async () => {
    const monitor = await createMonitor({ model, now })
    const outputs: LiveOutput[] = []
    // The end of the stream ends the event of the fault that begins at 270.
    await ReadableStream.from(READINGS.slice(0, 280))
      .pipeThrough(monitor.transform())
      .pipeTo(new WritableStream({ write: output => void outputs.push(output) }))
    expect(scoresOf(outputs)).toEqual(wanted.slice(0, 280))
    expect(outputs.at(-1)?.events.at(-1)?.type).toMatch(/closed/)
  })

  it('tells that a device fell silent without any message', async () => {
    let clock = 1e12
    const lost = new Promise<CloudEvent>(resolve => {
      createMonitor({
        model,
        now: () => clock,
        sampling: { silentAfterMs: 5000 },
        onEvent: event => event.type.includes('coverage') && resolve(event),
      }).then(async monitor => {
        await monitor.push({ device: 'p', values: { a: 1, b: 1 } })
        clock += 6000
      })
    })
    expect(await lost).toMatchObject({ subject: 'p', type: 'dev.telltale.coverage.lost.v1' })
  })
})
