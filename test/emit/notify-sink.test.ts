import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/core/state.js'
import type { CloudEvent } from '../../src/emit/cloud-event.js'
import { notifySink } from '../../src/emit/notify-sink.js'
import type { LiveOutput } from '../../src/emit/sink.js'

const HOUR = 3_600_000
const at = (ms: number) => new Date(ms).toISOString()
const anomaly = (device: string, n: number, change: string, ms: number): LiveOutput => ({
  device,
  events: [
    {
      specversion: '1.0',
      id: `${device}/e${n}/${change}${change === 'updated' ? `/${ms}` : ''}`,
      source: '/telltale/m',
      type: `dev.telltale.anomaly.${change}.v1`,
      subject: device,
      time: at(ms),
      datacontenttype: 'application/json',
      data: {},
    },
  ],
})
const coverage = (device: string, what: string, ms: number): LiveOutput => {
  const [event] = anomaly(device, 0, 'opened', ms).events as [CloudEvent]
  return {
    device,
    events: [
      {
        ...event,
        id: `${device}/coverage//${what}/${ms}`,
        type: `dev.telltale.coverage.${what}.v1`,
        data: { channel: null },
      },
    ],
  }
}

async function opened(count: number | undefined, from: Json = null) {
  const got: string[] = []
  const inner = {
    write: async (outputs: readonly LiveOutput[]) =>
      void got.push(...outputs.flatMap(({ events }) => events.map(({ id }) => id))),
    state: async () => 'inner',
    counts: () => ({ waiting: 0, lost: 0 }),
    drain: async () => {},
    close: async () => {},
  }
  const states: Json[] = []
  const open = async (state: Json) => {
    states.push(state)
    return inner
  }
  const limit = count === undefined ? undefined : { count, periodMs: HOUR }
  const sink = await notifySink(limit, open, () => 0, from)
  return { sink, got, states }
}

describe('notifySink', () => {
  it('holds whole events back beyond the limit of a device, and lets the end of a sent one through', async () => {
    const { sink, got } = await opened(2)
    await sink.write([
      anomaly('p', 1, 'opened', 0),
      anomaly('p', 1, 'updated', 1000),
      anomaly('p', 1, 'updated', 2000),
      anomaly('p', 1, 'closed', 3000),
      anomaly('p', 2, 'opened', 4000),
      anomaly('p', 2, 'updated', 5000),
      anomaly('p', 2, 'closed', 6000),
      anomaly('q', 3, 'opened', 7000),
      anomaly('p', 4, 'opened', HOUR + 2000),
    ])
    expect(got).toEqual(['p/e1/opened', 'p/e1/updated/1000', 'p/e1/closed', 'q/e3/opened', 'p/e4/opened'])
    expect(sink.counts().heldBack).toBe(4)
  })

  it('counts silence as an event that opens, and continues from its state', async () => {
    const first = await opened(1)
    await first.sink.write([coverage('p', 'lost', 0), anomaly('p', 1, 'opened', 1000)])
    const { sink, got, states } = await opened(1, await first.sink.state())
    await sink.write([
      coverage('p', 'restored', 2000),
      anomaly('p', 1, 'closed', 3000),
      coverage('p', 'lost', 4000),
    ])
    expect([...first.got, ...got]).toEqual(['p/coverage//lost/0', 'p/coverage//restored/2000'])
    expect(states).toEqual(['inner'])
    expect(sink.counts().heldBack).toBe(3)
  })

  it('leaves out updates of an event that was acknowledged, also without a limit', async () => {
    const { sink, got } = await opened(undefined)
    await sink.write([
      anomaly('p', 1, 'opened', 0),
      anomaly('p', 1, 'updated', 1000),
      anomaly('p', 1, 'acknowledged', 1500),
      anomaly('p', 1, 'updated', 2000),
      anomaly('p', 1, 'closed', 3000),
      anomaly('p', 2, 'opened', 4000),
      anomaly('p', 2, 'updated', 5000),
    ])
    expect(got).toEqual([
      'p/e1/opened',
      'p/e1/updated/1000',
      'p/e1/acknowledged',
      'p/e1/closed',
      'p/e2/opened',
      'p/e2/updated/5000',
    ])
  })

  it('gives a receiver the state that it had before there was a limit', async () => {
    expect((await opened(1, { waiting: [] })).states).toEqual([{ waiting: [] }])
  })
})
