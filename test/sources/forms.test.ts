import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readTable } from '../../src/ingest/index.js'
import { createDecoder, type Message, parseMapping } from '../../src/sources/index.js'

const folder = mkdtempSync(join(tmpdir(), 'telltale-forms-'))
afterAll(() => rmSync(folder, { recursive: true }))

const START = Date.UTC(2024, 2, 1)
const samples = Array.from({ length: 30 }, (_, i) => ({
  ms: START + 60_000 * i,
  temp: 20 + (i % 7) / 8,
  flow: i % 5,
}))
type Sample = (typeof samples)[number]
const iso = ({ ms }: Sample) => new Date(ms).toISOString()
const series = (name: string, value: number, at: number) => ({
  metric: { __name__: name, job: 'x' },
  value: [at, `${value}`],
})

/** A message of a sample, or several, in each form; the time of the rows where it is not `time`. */
const forms: Readonly<Record<string, readonly [(s: Sample) => unknown, time?: string]>> = {
  'PubSub of OPC UA': [
    s => ({
      MessageType: 'ua-data',
      PublisherId: 'line-1',
      Messages: [
        {
          DataSetWriterId: 1,
          Timestamp: iso(s),
          Payload: { temp: { Value: s.temp, StatusCode: 0 }, flow: { Value: s.flow } },
        },
      ],
    }),
  ],
  'OPC UA without a network message': [s => ({ Timestamp: iso(s), Payload: { temp: s.temp, flow: s.flow } })],
  SenML: [
    s => [
      { bn: 'p:', bt: s.ms / 1000, n: 'temp', v: s.temp },
      { n: 'flow', v: s.flow },
    ],
  ],
  'the PI Web API': [
    s => ({
      Items: (['temp', 'flow'] as const).map(name => ({
        Name: name,
        Items: [{ Timestamp: iso(s), Value: s[name], Good: true }],
      })),
    }),
    'Timestamp',
  ],
  ThingsBoard: [
    s => ({ temp: [{ ts: s.ms, value: `${s.temp}` }], flow: [{ ts: s.ms, value: `${s.flow}` }] }),
    'ts',
  ],
  InfluxDB: [
    s => ({
      results: [
        { series: [{ name: 'p', columns: ['time', 'temp', 'flow'], values: [[iso(s), s.temp, s.flow]] }] },
      ],
    }),
  ],
  'an instant of Prometheus': [
    s => ({
      status: 'success',
      data: {
        resultType: 'vector',
        result: [series('temp', s.temp, s.ms / 1000), series('flow', s.flow, s.ms / 1000)],
      },
    }),
  ],
  'columns and rows': [s => ({ columns: ['time', 'temp', 'flow'], data: [[iso(s), s.temp, s.flow]] })],
  'objects in objects': [
    s => ({ ts: s.ms, data: { temp: { value: s.temp }, flow: { value: s.flow } } }),
    'ts',
  ],
  'named values': [
    s => ({
      ts: s.ms,
      metrics: [
        { name: 'temp', value: s.temp },
        { name: 'flow', value: s.flow },
      ],
      seq: s.ms % 7,
    }),
    'ts',
  ],
  'line protocol': [s => `pump,site=hall\\ 3 temp=${s.temp},flow=${s.flow}i ${s.ms}000000`],
  'line protocol with a field of two measurements': [
    s => `pump p=${s.temp} ${s.ms}000000\nfan p=${s.flow} ${s.ms}000000`,
  ],
  'samples of Prometheus': [
    s => `t{site="a",job="x"} ${s.temp} ${s.ms}\nt{site="b",job="x"} ${s.flow} ${s.ms}`,
  ],
}

/** Readings of one time as one row. */
function joined(messages: readonly Message[]) {
  const rows = new Map<number, Map<string, unknown>>()
  for (const { timeMs, names, values } of messages) {
    const row = rows.get(timeMs) ?? new Map<string, unknown>()
    rows.set(timeMs, row)
    for (const [i, name] of names.entries()) row.set(name, values[i])
  }
  return rows
}

describe('messages', () => {
  it.each(Object.entries(forms))(
    'in the form of %s are read as the table of them is',
    async (_, [write, time = 'time']) => {
      const payloads = samples.map(write).map(one => (typeof one === 'string' ? one : JSON.stringify(one)))
      const path = join(
        folder,
        `x.${payloads[0]!.startsWith('{') || payloads[0]!.startsWith('[') ? 'ndjson' : 'txt'}`,
      )
      writeFileSync(path, `${payloads.join('\n')}\n`)
      const { frame, summary } = await readTable(path)
      const { sensorColumn: channel, valueColumn: value } = summary.form
      const mapping = { time, ...(channel && { channel }), ...(value && { value }) }
      const notes: string[] = []
      const decode = createDecoder(parseMapping([], mapping), {
        channels: new Set(frame.channels),
        onNote: (_, text) => notes.push(text),
      })
      const messages = payloads.flatMap(payload => {
        const decoded = decode({ payload, origin: 'x' })
        return 'messages' in decoded ? decoded.messages : expect.fail(decoded.detail)
      })
      const rows = joined(messages)
      expect([...rows.keys()]).toEqual([...frame.timeMs])
      const width = frame.channels.length
      expect([width, frame.timeMs.length]).toEqual([2, samples.length])
      for (const [i, row] of [...rows.values()].entries())
        expect(frame.channels.map(name => row.get(name))).toEqual([
          ...frame.values.slice(i * width, (i + 1) * width),
        ])
    },
  )

  it('of several sources name the one that the table has as a column', () => {
    const decode = createDecoder(parseMapping([], { time: 'time', device: 'writer' }))
    const payload = JSON.stringify({ Timestamp: iso(samples[0]!), DataSetWriterId: 7, Payload: { temp: 1 } })
    expect(decode({ payload, origin: 'x' })).toMatchObject({
      messages: [{ device: '7', names: ['temp'], values: [1] }],
    })
  })

  it('that name a time of their own are read as they are', () => {
    const decode = createDecoder(parseMapping([], { time: 'ts' }))
    const payload = JSON.stringify({ ts: START, columns: ['a'], temp: 3 })
    expect(decode({ payload, origin: 'x' })).toMatchObject({ messages: [{ timeMs: START, names: ['temp'] }] })
  })

  it.each([
    [JSON.stringify([{ bn: 'p', bt: 5, n: 't', v: 1 }]), 'count from its arrival'],
    [
      `{"Messages":[{"Timestamp":"2024-03-01T00:00:00Z","Payload":{"a":{"Value":1,"StatusCode":${'{"Code":'.repeat(60_000)}0${'}'.repeat(60_000)}}}}]}`,
      'nested',
    ],
  ])('that cannot be used are refused with the reason: %#', (payload, reason) => {
    const decoded = createDecoder(parseMapping([], { time: 'time' }))({ payload, origin: 'x' })
    expect(decoded).toMatchObject({ bad: expect.stringMatching(/no-reading|bad-time/) })
    expect((decoded as { detail: string }).detail).toMatch(reason)
  })
})
