import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { SparkplugReader, sparkplugTopics } from '../../src/sources/sparkplug.js'
import { loadSparkplug, type SparkplugCodec } from '../../src/sources/sparkplug-payload.js'

/** Payloads that the reference library of Eclipse Tahu encoded. */
const FIXTURE = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/sparkplug.json'), 'utf8'))
const bytesOf = (name: 'birth' | 'data' | 'rebirth') => Buffer.from(FIXTURE[name], 'hex')

describe('messages of Sparkplug B', () => {
  let codec: SparkplugCodec
  let nowMs = 0
  let reader: SparkplugReader
  const read = (type: string, bytes: Uint8Array, device = '') =>
    reader.read(`spBv1.0/plant/${type}/edge${device && `/${device}`}`, bytes)
  beforeAll(async () => {
    codec = await loadSparkplug()
  })
  const start = () => {
    nowMs = 0
    reader = new SparkplugReader(codec, () => nowMs)
  }
  const recordsOf = (found: ReturnType<SparkplugReader['read']>) =>
    JSON.parse(found.messages[0].payload as string)

  it('have the values of the reference library, for every type', () => {
    start()
    const found = read('NBIRTH', bytesOf('birth'))
    expect(found.rebirth).toBeUndefined()
    expect(recordsOf(found)).toEqual([
      {
        timestamp: 1_700_000_000_000,
        ...{
          i16: -300,
          i32: -70_000,
          i64: -5_000_000_000,
          u8: 200,
          u32: 4_000_000_000,
          float: 1.5,
          double: 0.1,
        },
        ...{ on: true, state: 'läuft', none: null, time: 1_700_000_000_000, with: 2 },
      },
      { timestamp: 1_700_000_000_001, i8: -5 },
    ])
    expect(found.messages[0].fields).toEqual({ group: 'plant', edge: 'edge', device: 'plant/edge' })
  })

  it('have the names of the birth where they hold aliases', () => {
    start()
    read('NBIRTH', bytesOf('birth'))
    const found = read('NDATA', bytesOf('data'))
    expect(found.rebirth).toBeUndefined()
    expect(recordsOf(found)).toEqual([
      { timestamp: 1_700_000_000_900, double: -2.25 },
      { timestamp: 1_700_000_001_000, i8: -6 },
    ])
  })

  it('without a birth are refused, and ask for one, at most every 10 s', () => {
    start()
    const found = read('NDATA', bytesOf('data'))
    expect(found.messages).toMatchObject([{ bad: { reason: 'no-birth' } }])
    expect(found.rebirth?.topic).toBe('spBv1.0/plant/NCMD/edge')
    expect(codec.decode(found.rebirth!.payload).metrics[0]).toMatchObject({
      name: 'Node Control/Rebirth',
      value: true,
    })
    expect(read('NDATA', bytesOf('data')).rebirth).toBeUndefined()
    nowMs = 10_000
    expect(read('NDATA', bytesOf('data')).rebirth).toBeDefined()
  })

  it('ask for a birth where messages are missing, and are used', () => {
    start()
    read('NBIRTH', bytesOf('birth'))
    read('NDATA', bytesOf('data'))
    const again = read('NDATA', bytesOf('data'))
    expect(again.rebirth).toBeDefined()
    expect(recordsOf(again).length).toBe(2)
  })

  it('ask as the reference library would', () => {
    expect(Buffer.from(codec.rebirth(1_700_000_000_000)).toString('hex')).toBe(FIXTURE.rebirth)
  })

  it('say by a death that an edge node and its devices are gone, unless it is that of an earlier connection', () => {
    start()
    read('NBIRTH', bytesOf('birth'))
    read('DBIRTH', bytesOf('data'), 'pump')
    const gone = ({ messages }: ReturnType<SparkplugReader['read']>) =>
      messages.map(({ isGone, fields }) => [isGone, fields?.device])
    expect(gone(read('DDEATH', bytesOf('data'), 'pump'))).toEqual([[true, 'plant/edge/pump']])
    // The payload of the birth has the number of its connection.
    expect(gone(read('NDEATH', bytesOf('birth')))).toEqual([
      [true, 'plant/edge'],
      [true, 'plant/edge/pump'],
    ])
    const other = Buffer.from(FIXTURE.birth.replace(/(6264536571[0-9a-f]{0,8}?58)03/, '$104'), 'hex')
    expect(other.equals(bytesOf('birth'))).toBe(false)
    expect(read('NDEATH', other).messages).toMatchObject([{ bad: { reason: 'no-birth' } }])
  })

  it('that are damaged or of another topic are refused', () => {
    start()
    expect(read('NDATA', Buffer.from('not a payload')).messages).toMatchObject([
      { bad: { reason: 'bad-payload' } },
    ])
    expect(reader.read('other/topic', bytesOf('data')).messages[0].fields).toBeUndefined()
    const birth = bytesOf('birth')
    fc.assert(
      fc.property(fc.nat(birth.length - 1), fc.nat(255), fc.nat(birth.length), (at, byte, length) => {
        const bytes = Uint8Array.from(birth).subarray(0, length)
        bytes[at % Math.max(1, length)] = byte
        for (const { payload } of reader.read('spBv1.0/g/NBIRTH/e', bytes).messages)
          if (payload) JSON.parse(payload)
      }),
      { seed: 5, numRuns: 500 },
    )
  })

  it('are read from the topics of each group', () => {
    expect(sparkplugTopics(['plant'])).toEqual([
      'spBv1.0/plant/NBIRTH/+',
      'spBv1.0/plant/NDATA/+',
      'spBv1.0/plant/NDEATH/+',
      'spBv1.0/plant/DBIRTH/+/+',
      'spBv1.0/plant/DDATA/+/+',
      'spBv1.0/plant/DDEATH/+/+',
    ])
  })
})
