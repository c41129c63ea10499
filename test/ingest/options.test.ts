import { describe, expect, it } from 'vitest'
import { readOptions, readRequest } from '../../src/ingest/options.js'

const request = (given: object) => readRequest(readOptions.parse(given))
const refusal = (given: object) => readOptions.safeParse(given).error?.issues[0]?.path[0]

describe('readRequest', () => {
  it('refuses and keeps everything by default', () => {
    const asked = Object.entries(request({})).filter(([, value]) => value !== undefined)
    expect(Object.fromEntries(asked)).toEqual({
      badCells: 'error',
      badRows: 'error',
      duplicateTimes: 'keep',
      lateRows: 'error',
      queryTimeoutMs: 300_000,
    })
  })

  it('hands on what needs no translation', () => {
    const given = {
      timeFormat: '%d.%m.%Y',
      timeZone: 'Europe/Berlin',
      timeUnit: 'us',
      decimal: ',',
      sensorColumn: 'tag',
      valueColumn: 'reading',
      where: 'speed > 0',
      device: 'pump 1',
      badCells: 'missing',
      badRows: 'skip',
      duplicateTimes: 'mean',
      lateRows: 'sort',
      channels: ['a', 'b'],
    }
    expect(request(given)).toMatchObject(given)
  })

  it('speaks the names of the reader where the flags have others', () => {
    const given = { excludeChannels: ['c'], groupBy: 'machine', rename: ['t1=temperature', 'p=pressure'] }
    expect(request(given)).toMatchObject({
      ignoreColumns: ['c'],
      deviceColumn: 'machine',
      rename: { t1: 'temperature', p: 'pressure' },
    })
  })

  it('reads the range of times in the time zone given, unless they name their own', () => {
    const from = '2024-07-01T00:00'
    expect(request({ from }).between).toEqual({ fromMs: Date.UTC(2024, 6, 1), toMs: undefined })
    expect(request({ from, timeZone: 'Europe/Berlin' }).between?.fromMs).toBe(Date.UTC(2024, 5, 30, 22))
    const to = '2024-07-01T00:00Z'
    expect(request({ to, timeZone: 'Europe/Berlin' }).between).toEqual({
      fromMs: undefined,
      toMs: Date.UTC(2024, 6, 1),
    })
    expect(request({}).between).toBeUndefined()
  })

  it('resamples only with a cadence, and holds nothing unless told to', () => {
    expect(request({ aggregate: 'max', tolerance: '5s' }).resample).toBeUndefined()
    expect(request({ cadence: '1.5m' }).resample).toEqual({
      cadenceMs: 90_000,
      aggregate: 'mean',
      toleranceMs: 0,
    })
    const units = { '250ms': 250, '2s': 2000, '1h': 3_600_000, '1d': 86_400_000 }
    for (const [text, ms] of Object.entries(units))
      expect(request({ cadence: text, tolerance: text }).resample, text).toMatchObject({
        cadenceMs: ms,
        toleranceMs: ms,
      })
  })

  it('refuses what no reader could follow, by the name of the option', () => {
    const wrong = {
      role: ['a=sensor'],
      cadence: '10',
      tolerance: '-1s',
      rename: ['t1'],
      channels: [],
      excludeChannels: [''],
      sql: '',
      sqlRoots: [],
      timeUnit: 'minutes',
      decimal: ';',
      badCells: 'skip',
      badRows: 'missing',
      duplicateTimes: 'median',
      lateRows: 'keep',
      aggregate: 'mode',
    }
    for (const [name, value] of Object.entries(wrong)) expect(refusal({ [name]: value }), name).toBe(name)
    const refused = expect.objectContaining({ code: 'option-invalid' })
    expect(() => request({ timeZone: 'Mars/Olympus', from: '2024-01-01' })).toThrow(refused)
    expect(() => request({ from: 'yesterday' })).toThrow(refused)
    expect(() => request({ to: '03.05.2024' })).toThrow(/3 May 2024 or 5 March 2024/)
  })
})
