import { describe, expect, it } from 'vitest'
import { splitRecord } from '../../src/ingest/index.js'
import { createDecoder, parseMapping, type RawMessage } from '../../src/sources/index.js'

const raw = (payload: unknown, more: Partial<RawMessage> = {}): RawMessage => ({
  payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  origin: 'test',
  ...more,
})
const TIME = Date.UTC(2026, 0, 1)

describe('a decoder', () => {
  it('takes a field of the time that differs in case alone, and no other', () => {
    const decode = createDecoder(parseMapping(['time=time']))
    const at = (fields: object) => decode(raw({ ...fields, temp: 3 }))
    expect(at({ Time: TIME })).toMatchObject({
      messages: [{ timeMs: TIME, names: ['temp'], values: [3] }],
      badReadings: 0,
    })
    expect(at({ time: TIME, Time: 5 })).toMatchObject({ messages: [{ timeMs: TIME }] })
    expect(at({ Time: TIME, TIME: TIME })).toMatchObject({ bad: 'bad-time' })
    expect(at({ times: TIME })).toMatchObject({ bad: 'bad-time' })
  })

  it('reads time, device and channels by the fields that the mapping names', () => {
    const decode = createDecoder(parseMapping(['time=ts', 'device=meta.id', 'temp=t1', 'channels=values']))
    const decoded = decode(raw({ ts: TIME / 1000, meta: { id: 'p7' }, values: { a: 1, b: '2.5' }, t1: 3 }))
    expect(decoded).toEqual({
      badReadings: 0,
      messages: [{ device: 'p7', timeMs: TIME, names: ['a', 'b', 'temp'], values: [1, 2.5, 3] }],
    })
  })

  it('reads one reading per message, with the channel in a field or in the topic', () => {
    const mapping = parseMapping(['time=t'], { channel: 'name', value: 'v' })
    const expected = [{ device: '', timeMs: TIME, names: ['flow'], values: [4] }]
    expect(createDecoder(mapping)(raw({ t: TIME, name: 'flow', v: 4 }))).toMatchObject({ messages: expected })
    const plain = createDecoder(parseMapping([]))(raw('4', { fields: { device: 'p', channel: 'flow' } }))
    expect(plain).toMatchObject({
      messages: [{ device: 'p', timeMs: Number.NaN, names: ['flow'], values: [4] }],
    })
  })

  it('makes the name of a device of several parts', () => {
    const decode = createDecoder(parseMapping(['device={area}/{unit}']))
    expect(decode(raw({ unit: 3, a: 1 }, { fields: { area: 'hall' } }))).toMatchObject({
      messages: [{ device: 'hall/3' }],
    })
  })

  it('names readings of channels that are lists, objects or too large for a number', () => {
    const decode = createDecoder(parseMapping([]), { channels: new Set(['a', 'b', 'c', 'd']) })
    expect(decode({ payload: '{"a":[1],"b":{"v":1},"c":1e400,"d":2,"e":[3]}', origin: 'x' })).toEqual({
      messages: [
        {
          device: '',
          timeMs: Number.NaN,
          names: ['c', 'd'],
          values: [Number.NaN, 2],
        },
      ],
      badReadings: 3,
      unread: [
        { name: 'a', reason: 'no-number', detail: expect.stringContaining('a is [1], which is no number') },
        { name: 'b', reason: 'no-number', detail: expect.stringContaining('b is {"v":1}') },
        { name: 'c', reason: 'no-number', detail: expect.stringContaining('c is Infinity') },
      ],
    })
  })

  it('names texts of a state that are not known, as they are compared, and takes them', () => {
    const form = { times: {}, decimal: '.', states: new Map([['mode', new Set(['idle', 'run'])]]) } as const
    const decode = createDecoder(parseMapping([], {}, form), { channels: new Set(['mode', 'a']) })
    const seen = ['Idle ', 'bypas', 'n/a', null, ['run']].map(mode => decode(raw({ a: 1, mode })))
    expect(
      seen.map(one => ('messages' in one ? [one.badReadings, one.messages[0]!.values[1]] : one)),
    ).toEqual([
      [0, 'Idle '],
      [1, 'bypas'],
      [0, 'n/a'],
      [0, Number.NaN],
      [1, undefined],
    ])
    expect(seen[1]).toMatchObject({
      unread: [
        {
          reason: 'unknown-state',
          detail: expect.stringContaining(
            'mode is "bypas", none of the states that the model knows (idle, run)',
          ),
        },
      ],
    })
    expect(seen[4]).toMatchObject({ unread: [{ reason: 'no-number' }] })
  })

  it('reads years with a part of a year only where the history has them', () => {
    const decoderOf = (times: object) =>
      createDecoder(parseMapping(['time=t'], {}, { times, decimal: '.', states: new Map() }))
    const timeOf = (times: object, t: number | string) => decoderOf(times)(raw({ t, a: 1 }))
    const middle = { messages: [{ timeMs: Date.UTC(2023, 6, 2, 12) }] }
    expect(timeOf({ hasYears: true }, 2023.5)).toMatchObject(middle)
    expect(timeOf({ hasYears: true }, '2023.5')).toMatchObject(middle)
    expect(timeOf({ hasYears: true }, TIME)).toMatchObject({ messages: [{ timeMs: TIME }] })
    expect(timeOf({}, 2024.37)).toMatchObject({
      bad: 'bad-time',
      detail: expect.stringContaining('--time-unit s'),
    })
    expect(timeOf({ timeUnit: 's' }, 2024.37)).toMatchObject({ messages: [{ timeMs: 2_024_370 }] })
    expect(timeOf({}, 2200.5)).toMatchObject({ messages: [{ timeMs: 2_200_500 }] })
  })

  it.each([
    ['seconds', TIME / 1000],
    ['milliseconds', TIME],
    ['nanoseconds', TIME * 1e6],
    ['ISO 8601', '2026-01-01T01:00:00+01:00'],
    ['numbers as text', String(TIME)],
  ])('reads times in %s', (_, time) => {
    const decode = createDecoder(parseMapping(['time=time']))
    expect(decode(raw({ time, a: 1 }))).toMatchObject({ messages: [{ timeMs: TIME }] })
  })

  it('takes missing values as no reading, and counts what is no number', () => {
    const decode = createDecoder(parseMapping([]))
    expect(decode(raw({ a: null, b: 'broken', c: '', d: true }))).toEqual({
      badReadings: 1,
      unread: [
        {
          name: 'b',
          reason: 'no-number',
          detail: expect.stringContaining('b is "broken", which is no number: '),
        },
      ],
      messages: [{ device: '', timeMs: Number.NaN, names: ['a', 'b', 'c', 'd'], values: [NaN, NaN, NaN, 1] }],
    })
  })

  it('takes an array as several messages, and cells of a table by its header', () => {
    const decode = createDecoder(parseMapping([]))
    expect(decode(raw([{ a: 1 }, { a: 2 }]))).toMatchObject({ messages: [{ values: [1] }, { values: [2] }] })
    expect(decode(raw('1,"2"', { columns: ['a', 'b'] }))).toMatchObject({ messages: [{ values: [1, 2] }] })
  })

  it('reads cells as a table is read: delimiter, quotes, and words for no reading', () => {
    const decode = createDecoder(parseMapping([]))
    const text = '1,5;"2";No Data;0x10'
    const line = raw(text, { columns: ['a', 'b', 'c', 'd'], row: splitRecord(text, ';') })
    expect(decode(line)).toMatchObject({
      badReadings: 2,
      messages: [{ values: [Number.NaN, 2, Number.NaN, Number.NaN] }],
    })
    expect(decode(raw('"1"2,3', { columns: ['a', 'b'] }))).toMatchObject({ bad: 'ragged-row' })
  })

  it.each([
    ['not-json', raw('{"a":')],
    ['not-json', raw('"text"')],
    ['ragged-row', raw('1,2,3', { columns: ['a', 'b'] })],
    ['too-large', { payload: undefined, origin: 'test' }],
    ['bad-time', raw({ ts: 'soon', id: 'p', a: 1 })],
    ['bad-time', raw({ id: 'p', a: 1 })],
    ['bad-device', raw({ ts: 1, id: 'x'.repeat(300), a: 1 })],
    ['bad-device', raw({ ts: 1, id: 'a\nb', a: 1 })],
    ['bad-device', raw({ ts: 1, a: 1 })],
    ['bad-topic', { payload: '{}', origin: 'topic a/b', fields: undefined }],
    ['no-reading', raw({ ts: 1, id: 'p' })],
  ])('gives %s as the reason', (bad, message) => {
    const decode = createDecoder(parseMapping(['time=ts', 'device=id']))
    expect(decode(message as RawMessage)).toMatchObject({ bad })
  })

  it('does not mix up fields with what every object has', () => {
    const decode = createDecoder(parseMapping(['device=constructor']))
    expect(decode(raw({ a: 1 }))).toMatchObject({ bad: 'bad-device' })
    expect(decode(raw('{"constructor":"p","__proto__":1}'))).toMatchObject({
      messages: [{ device: 'p', names: ['__proto__'], values: [1] }],
    })
  })
})
