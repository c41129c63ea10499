import { describe, expect, it } from 'vitest'
import { caseFolder, MINUTE, stamp } from '../cases/world.js'

const { read, refusal } = caseFolder()
const START = Date.UTC(2024, 2, 13)
const wave = (i: number, k: number) => (20 + 10 * k + Math.sin(i / 9) + ((i * 7919) % 97) / 400).toFixed(2)
type Row = (i: number, k: number, n: number) => string
const ROWS = 200

/** Rows of two devices, one beside the other. */
function beside(head: string, cells: Row): string {
  let n = 0
  const rows = Array.from({ length: ROWS }, (_, i) =>
    [0, 1].map(k => `${stamp(START + i * MINUTE)},${cells(i, k, n++)}\n`).join(''),
  )
  return `time,${head}\n${rows.join('')}`
}

/** Rows of two devices, one after the other. */
function oneByOne(head: string, cells: Row, rows = ROWS): string {
  const of = (k: number) =>
    Array.from(
      { length: rows },
      (_, i) => `${stamp(START + i * MINUTE)},${cells(i, k, k * rows + i)}\n`,
    ).join('')
  return `time,${head}\n${of(0)}${of(1)}`
}

const SITES = ['north', 'south']

describe('rows of two devices', () => {
  it.each<[string, string, string]>([
    [
      'a text, beside a count',
      'site',
      beside('count,temp,site', (i, k, n) => `${n},${wave(i, k)},${SITES[k]}`),
    ],
    [
      'a text, beside codes',
      'site',
      beside('status,temp,site', (i, k, n) => `${n % 7},${wave(i, k)},${SITES[k]}`),
    ],
    [
      'a text, beside an id that is the same',
      'site',
      beside('plant_id,site,temp', (i, k) => `7,${SITES[k]},${wave(i, k)}`),
    ],
    [
      'a text, beside another one',
      'hall',
      beside('mode,hall,temp', (i, k) => `${i % 50 < 20 ? 'run' : 'idle'},${SITES[k]},${wave(i, k)}`),
    ],
    ['a whole number', 'pos', beside('pos,temp', (i, k) => `${k + 1},${wave(i, k)}`)],
    [
      'a whole number, beside a count',
      'pos',
      beside('count,temp,pos', (i, k, n) => `${n},${wave(i, k)},${k + 101}`),
    ],
    [
      'a whole number, beside a status',
      'pos',
      beside('status,temp,pos', (i, k) => `${k},${wave(i, k)},${k + 101}`),
    ],
    ['a status alone', 'status', beside('status,temp', (i, k) => `${k},${wave(i, k)}`)],
    [
      'a text, one device after the other',
      'hall',
      oneByOne('hall,temp', (i, k) => `${SITES[k]},${wave(i, k)}`),
    ],
    ['a number, one device after the other', 'pos', oneByOne('pos,temp', (i, k) => `${k + 1},${wave(i, k)}`)],
    ['a text, in a large file', 'hall', oneByOne('hall,temp', (i, k) => `${SITES[k]},${wave(i, k)}`, 5000)],
  ])('that are distinguished by %s ask for it', async (_, column, text) => {
    const error = await refusal(text, { lateRows: 'sort' })
    expect([error.code, error.remedy]).toEqual([
      'data-many-devices',
      expect.stringContaining(`Give --group-by ${column}: `),
    ])
    const devices = String(error.where.got).split(', ')
    expect(devices.length).toBe(2)
    for (const device of devices)
      expect((await read(text, { deviceColumn: column, device })).frame.timeMs.length).toBe(
        text.split('\n').length / 2 - 1,
      )
  })

  it.each<[string, string, string]>([
    [
      'a count',
      `--group-by 'site'`,
      beside(
        'tag,value,seq,site',
        (i, k, n) =>
          `p,${wave(i, k)},${n % 50},${SITES[k]}\n${stamp(START + i * MINUTE)},q,${wave(i, 1 - k)},${n % 50},${SITES[k]}`,
      ),
    ],
    [
      'a status',
      `--group-by 'site'`,
      beside(
        'tag,value,status,site',
        (i, k) =>
          `p,${wave(i, k)},${k},${SITES[k]}\n${stamp(START + i * MINUTE)},q,${wave(i, 1 - k)},${k},${SITES[k]}`,
      ),
    ],
    [
      'a status alone',
      `--group-by 'status'`,
      beside(
        'tag,value,status',
        (i, k) => `p,${wave(i, k)},${k}\n${stamp(START + i * MINUTE)},q,${wave(i, 1 - k)},${k}`,
      ),
    ],
  ])('with a reading per row and %s ask for it as well', async (_, option, text) => {
    const error = await refusal(text)
    expect([error.code, error.remedy]).toEqual(['data-mixed-readings', expect.stringContaining(option)])
  })
})

describe('rows of one device', () => {
  it.each<[string, string]>([
    ['several readings per stamp and a count', beside('count,temp', (i, k, n) => `${n},${wave(i, k)}`)],
    [
      'several readings per stamp and whole numbers',
      beside('level,temp', (i, k, n) => `${10 + ((n * 7) % 5)},${wave(i, k)}`),
    ],
    ['several readings per stamp and their numbers', beside('seq,temp', (i, k) => `${k},${wave(i, k)}`)],
    [
      'a clock that was put back',
      oneByOne('mode,temp', (i, k) => `${i % 20 < 10 ? 'run' : 'idle'},${wave(i, k)}`),
    ],
  ])('with %s are read', async (_, text) => {
    expect((await read(text, { lateRows: 'sort' })).frame.timeMs.length).toBe(2 * ROWS)
  })

  it('is what the role of the column says', async () => {
    const text = beside('pos,temp', (i, k) => `${k + 1},${wave(i, k)}`)
    expect((await read(text, { roles: { pos: 'channel' } })).frame.channels).toEqual(['pos', 'temp'])
    expect((await read(text, { roles: { pos: 'ignore' } })).frame.channels).toEqual(['temp'])
  })
})
