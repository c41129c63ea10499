import { describe, expect, it } from 'vitest'
import { caseFolder, MINUTE, stamp } from '../cases/world.js'

const { read, refusal } = caseFolder()
const START = Date.UTC(2024, 2, 13)
const ROWS = Array.from({ length: 20 }, (_, i) => i)
const temp = (i: number) => 20 + (i % 7) / 4
const flow = (i: number) => 5 - (i % 5) / 8
const at = (i: number) => stamp(START + i * MINUTE)
const TIMES = ROWS.map(i => START + i * MINUTE)

type Make = (value: number, i: number) => unknown
const VALUES: Record<string, Make> = {
  'values with time and status': (Value, i) => ({
    Value,
    SourceTimestamp: at(i),
    StatusCode: { Code: 0, Symbol: 'Good' },
  }),
  'values with their type': (Body, i) => ({
    Value: { Type: 11, Body },
    SourceTimestamp: at(i),
    StatusCode: 0,
  }),
  'values of 1.05': (Value, i) => ({ UaType: 11, Value, SourceTimestamp: at(i), Status: { Code: 0 } }),
  variants: Body => ({ Type: 11, Body }),
  'values alone': value => value,
}
const message = (make: Make, more: object = {}) =>
  ROWS.map(i => ({
    DataSetWriterId: 1,
    SequenceNumber: i,
    Timestamp: at(i),
    Payload: { temp: make(temp(i), i), flow: make(flow(i), i) },
    ...more,
  }))
const network = (messages: unknown, type = 'ua-data') => ({
  MessageId: 'm',
  MessageType: type,
  PublisherId: 'p1',
  Messages: messages,
})
const nodes = (make: (node: string, value: number, i: number) => object) =>
  ROWS.flatMap(i => [make('ns=2;s=flow', flow(i), i), make('ns=2;s=temp', temp(i), i)])
const lines = (documents: readonly unknown[]) => documents.map(one => `${JSON.stringify(one)}\n`).join('')

const TEXTS: Record<string, string> = {
  ...Object.fromEntries(
    Object.entries(VALUES).map(([name, make]) => [name, lines(message(make).map(one => network([one])))]),
  ),
  'a list of messages, indented': JSON.stringify(
    message(VALUES['values alone']!).map(one => network([one])),
    null,
    2,
  ),
  'one message of all': JSON.stringify(network(message(VALUES['values with time and status']!))),
  'single messages': lines(message(VALUES['values alone']!).map(one => network(one))),
  'messages without what is around them': lines(message(VALUES['values alone']!)),
  'a description between': lines(
    [network([], 'ua-metadata'), network(message(VALUES['values alone']!))].reverse(),
  ),
  'records of nodes': JSON.stringify(
    nodes((NodeId, Value, i) => ({
      NodeId,
      Value,
      SourceTimestamp: at(i),
      ServerTimestamp: at(i + 1),
      StatusCode: 'Good',
    })),
  ),
  'records of nodes, nested': lines(
    nodes((NodeId, Value, i) => ({
      NodeId,
      EndpointUrl: 'opc.tcp://x',
      Value: { Value, SourceTimestamp: at(i) },
    })),
  ),
  'records with names of nodes': lines(
    nodes((NodeId, Value, i) => ({ NodeId, DisplayName: NodeId.slice(7), Timestamp: at(i), Value })),
  ),
  'nodes as CSV': `NodeId,Value,SourceTimestamp,StatusCode\n${ROWS.map(i => `ns=2;s=flow,${flow(i)},${at(i)},0\nns=2;s=temp,${temp(i)},${at(i)},0\n`).join('')}`,
}

describe('data of OPC UA', () => {
  it.each(Object.entries(TEXTS))('are read: %s', async (name, text) => {
    const { frame } = await read(text, {}, name.endsWith('CSV') ? 'x.csv' : 'x.json')
    const of = (channel: string) => {
      const c = frame.channels.findIndex(own => own.replace(/^ns=2;s=/, '') === channel)
      return [...frame.values].filter((_, k) => k % 2 === c)
    }
    expect([[...frame.timeMs], frame.channels.length]).toEqual([TIMES, 2])
    expect([of('temp'), of('flow')]).toEqual([ROWS.map(temp), ROWS.map(flow)])
  })

  it.each<[string, unknown]>([
    ['a code', 0x80_00_00_00],
    ['a code as an object', { Code: 0x80_8a_00_00, Symbol: 'BadTimeout' }],
    ['a name', 'Bad'],
    ['uncertain', 'UncertainLastUsableValue'],
  ])('that are not good are missing, and counted: %s', async (_, StatusCode) => {
    const make: Make = (Value, i) => ({ Value: i === 3 ? -9999 : Value, ...(i === 3 && { StatusCode }) })
    const text = lines(message(make).map(one => network([one])))
    const { frame, notes } = await read(text, { missing: 'keep' }, 'x.json')
    expect([...frame.values.subarray(6, 8)]).toEqual([Number.NaN, Number.NaN])
    expect(notes.join('\n')).toContain('2 readings that are not good are taken as missing')
    expect((await refusal(text, {}, 'x.json')).code).toBe('data-missing-value')
  })

  it('of several writers with the same names ask for the one', async () => {
    const make = VALUES['values alone']!
    const both = ['pump-1', 'pump-2'].flatMap(DataSetWriterName => message(make, { DataSetWriterName }))
    const error = await refusal(lines(both), {}, 'x.json')
    expect([error.code, error.remedy]).toEqual([
      'data-many-devices',
      expect.stringContaining('--group-by writer'),
    ])
    const { frame } = await read(lines(both), { deviceColumn: 'writer', device: 'pump-2' }, 'x.json')
    expect([...frame.timeMs]).toEqual(TIMES)
  })

  it('are no rows that only have a payload', async () => {
    const rows = ROWS.map(i => ({ time: at(i), Payload: { deep: { temp: temp(i) } }, seq: 'x' }))
    const { frame } = await read(lines(rows), {}, 'x.json')
    expect(frame.channels).toEqual(['Payload.deep.temp'])
  })
})
