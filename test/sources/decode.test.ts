import { describe, expect, it } from 'vitest'
import { createDecoder, parseMapping, type RawMessage } from '../../src/sources/index.js'

const raw = (payload: unknown, more: Partial<RawMessage> = {}): RawMessage => ({
  payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  origin: 'test',
  ...more,
})
const TIME = Date.UTC(2026, 0, 1)

describe('a decoder', () => {
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
    const line = raw('1,5;"2";No Data;0x10', { columns: ['a', 'b', 'c', 'd'], delimiter: ';' })
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
