import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { createTimeParser } from '../../src/core/time-format.js'
import { createZoneClock } from '../../src/core/zone-clock.js'
import { type ReadTableOptions, readTable, resampleFrame } from '../../src/ingest/index.js'

const folder = mkdtempSync(join(tmpdir(), 'telltale-times-'))
afterAll(() => rmSync(folder, { recursive: true }))
function read(text: string, options?: ReadTableOptions) {
  const path = join(folder, 'table.csv')
  writeFileSync(path, text)
  return readTable(path, options)
}
const failure = (text: string, options?: ReadTableOptions) =>
  read(text, options).then(
    () => expect.fail('the table was read'),
    error => error,
  )
const iso = (times: Float64Array) => [...times].map(time => new Date(time).toISOString().slice(0, 16))
const rows = (times: readonly string[]) => `time,a\n${times.map((time, i) => `${time},${i}\n`).join('')}`

describe('createTimeParser', () => {
  it.each([
    ['%d.%m.%Y %H:%M', '31.12.2023 23:05', '2023-12-31T23:05:00.000Z'],
    ['%m/%d/%y %I:%M:%S %p', '2/29/24 12:00:01 am', '2024-02-29T00:00:01.000Z'],
    ['%d %b %Y', '5 Mar 2024', '2024-03-05T00:00:00.000Z'],
    ['%d-%B-%Y %H.%M', '05-March-2024 07.30', '2024-03-05T07:30:00.000Z'],
    ['%Y%m%dT%H%M%S.%f', '20240305T073000.25', '2024-03-05T07:30:00.250Z'],
    ['%Y-%m-%d %H:%M %z', '2024-03-05 07:30 +0530', '2024-03-05T02:00:00.000Z'],
    ['[%Y] %m (%d) 100%%', '[1999] 1 (2) 100%', '1999-01-02T00:00:00.000Z'],
  ])('reads %s', (format, text, wanted) => {
    expect(new Date(createTimeParser(format)(text)!.ms).toISOString()).toBe(wanted)
  })

  it.each([
    ['%d.%m.%Y', '30.02.2024'],
    ['%d.%m.%Y', '1.13.2024'],
    ['%d.%m.%Y', '1.1.2024 '.repeat(2)],
    ['%Y-%m-%d %H:%M:%S', '2016-12-31 23:59:61'],
    ['%Y-%m-%d %I %p', '2024-01-01 13 pm'],
    ['%d %b %Y', '5 Mau 2024'],
  ])('refuses with %s the text %s', (format, text) => expect(createTimeParser(format)(text)).toBeUndefined())

  it.each(['%m', '%Y %d', '%Q', '%Y-%m-%d %Y', '%H:%M'])('is not made from %s', format => {
    expect(() => createTimeParser(format)).toThrow(/--time-format/)
  })
})

describe('createZoneClock', () => {
  it('undoes what the zone database says, for every instant of a year', () => {
    // Lord Howe shifts by half an hour, Saint John's offset is no whole hour, Chatham is south and at a quarter.
    for (const zone of [
      'Europe/Berlin',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'Pacific/Chatham',
      'UTC',
    ]) {
      const format = new Intl.DateTimeFormat('sv', {
        timeZone: zone,
        dateStyle: 'short',
        timeStyle: 'medium',
      })
      const wallOf = (utc: number) => Date.parse(`${format.format(utc).replace(' ', 'T')}Z`)
      const clock = createZoneClock(zone)
      const day = 86_400_000
      let previous = Number.NEGATIVE_INFINITY
      let changes = 0
      for (let date = Date.UTC(2024, 0, 1); date < Date.UTC(2025, 0, 1); date += day) {
        const changesNow = wallOf(date + day) - wallOf(date) !== day
        changes += Number(changesNow)
        for (let utc = date; utc < date + day; utc += changesNow ? 600_000 : day / 4) {
          previous = clock.toUtc(wallOf(utc), previous)
          expect([zone, new Date(previous).toISOString()]).toEqual([zone, new Date(utc).toISOString()])
        }
      }
      expect(changes).toBe(zone === 'UTC' ? 0 : 2)
    }
  })

  it('refuses a zone that is none', () => expect(() => createZoneClock('Berlin')).toThrow(/--time-zone/))
})

describe('times of a table', () => {
  it('counts times that name a zone among those that do not, with the first of them', async () => {
    const mixed = rows([
      '2024-01-01T00:00',
      '2024-01-01T00:05Z',
      '2024-01-01T02:00',
      '2024-01-01T02:00+01:00',
    ])
    const { frame, summary, notes } = await read(mixed, { timeZone: 'Europe/Berlin', lateRows: 'sort' })
    expect(summary.mixedZones).toMatchObject({ count: 2, places: [{ row: 1 }, { row: 3 }] })
    expect(notes.join()).toContain('2 times name a zone and the first does not, or the other way round')
    expect(iso(frame.timeMs)[0]).toBe('2023-12-31T23:00')
    const alike = await read(rows(['2024-01-01T00:00Z', '2024-01-01T00:05Z']), { timeZone: 'Europe/Berlin' })
    expect(alike.summary.mixedZones.count).toBe(0)
  })

  it('are of the named zone, through both changes of the clock', async () => {
    const spring = await read(rows(['2024-03-31 01:30', '2024-03-31 03:00']), { timeZone: 'Europe/Berlin' })
    expect(iso(spring.frame.timeMs)).toEqual(['2024-03-31T00:30', '2024-03-31T01:00'])
    const autumn = ['2024-10-27 01:30', '2024-10-27 02:30', '2024-10-27 02:30', '2024-10-27 03:30']
    const { frame, summary, notes } = await read(rows(autumn), { timeZone: 'Europe/Berlin' })
    expect(iso(frame.timeMs).map(text => text.slice(11))).toEqual(['23:30', '00:30', '00:30', '02:30'])
    expect(summary.repeatedTimes).toMatchObject({ count: 2, places: [{ row: 1 }, { row: 2 }] })
    expect(notes.join()).toContain('clock put back')
  })

  it('that go back within the repeated hour are its second showing', async () => {
    const times = ['02:15', '02:45', '02:15', '02:45', '03:15'].map(clock => `2024-10-27 ${clock}`)
    const { frame } = await read(rows(times), { timeZone: 'Europe/Berlin' })
    expect(iso(frame.timeMs).map(text => text.slice(11))).toEqual([
      '00:15',
      '00:45',
      '01:15',
      '01:45',
      '02:15',
    ])
  })

  it('that the clock skipped are counted', async () => {
    const { frame, summary } = await read(rows(['2024-03-31 02:30']), { timeZone: 'Europe/Berlin' })
    expect(iso(frame.timeMs)).toEqual(['2024-03-31T01:30'])
    expect(summary.skippedTimes.count).toBe(1)
  })

  it('keep the zone that they name themselves', async () => {
    const { frame } = await read(rows(['2024-01-01T00:00:00Z', '2024-01-01T02:00:00']), {
      timeZone: 'Europe/Berlin',
    })
    expect(iso(frame.timeMs)).toEqual(['2024-01-01T00:00', '2024-01-01T01:00'])
  })

  it('are read in the format that is given', async () => {
    const { frame, timeColumn } = await read('a,when\n1,01.02.2024 00:00\n2,01.02.2024 00:01\n', {
      timeFormat: '%d.%m.%Y %H:%M',
    })
    expect(timeColumn).toBe('when')
    expect(iso(frame.timeMs)).toEqual(['2024-02-01T00:00', '2024-02-01T00:01'])
    const error = await failure(rows(['01.02.2024', '2024-02-02']), { timeFormat: '%d.%m.%Y' })
    expect(error.where).toMatchObject({ line: 3, column: 'time' })
  })

  it('that are numbers have the unit that is given, and never two', async () => {
    expect((await read(rows(['1', '2']), { timeUnit: 'ms' })).frame.timeMs[1]).toBe(2)
    const many = Array.from({ length: 5000 }, (_, i) => String(i < 4999 ? i : 2e11))
    const error = await failure(rows(many))
    expect([error.code, error.message]).toEqual(['data-bad-time', expect.stringContaining('--time-unit')])
  })

  it('outside of the range are left out and counted', async () => {
    const { frame, summary } = await read(rows(['2024-01-01', '2024-01-02', '2024-01-03', '2024-01-04']), {
      between: { fromMs: Date.UTC(2024, 0, 2), toMs: Date.UTC(2024, 0, 4) },
    })
    expect([...frame.values]).toEqual([1, 2])
    expect(summary.outsideRange).toBe(2)
  })
})

describe('late rows', () => {
  const late = rows(['2024-01-01', '2024-01-03', '2024-01-02', '2024-01-04'])
  it('are an error, dropped or sorted, and counted with their place', async () => {
    expect((await failure(late)).where).toMatchObject({ line: 4, reason: 'the time goes backwards' })
    const dropped = await read(late, { lateRows: 'drop' })
    expect([...dropped.frame.values]).toEqual([0, 1, 3])
    const sorted = await read(late, { lateRows: 'sort' })
    expect([...sorted.frame.values]).toEqual([0, 2, 1, 3])
    for (const { summary } of [dropped, sorted]) {
      expect(summary.lateRows).toMatchObject({ count: 1, places: [{ row: 2 }] })
    }
  })
})

describe('rows of the same time', () => {
  const equal = 'time,a,label\n2024-01-01,1,0\n2024-01-01,,1\n2024-01-01,5,0\n2024-01-02,7,0\n'
  it.each([
    ['keep', [1, Number.NaN, 5, 7], [0, 1, 0, 0]],
    ['first', [1, 7], [1, 0]],
    ['last', [5, 7], [1, 0]],
    ['mean', [3, 7], [1, 0]],
  ] as const)('become by the policy %s one or stay', async (duplicateTimes, values, labels) => {
    const table = await read(equal, { duplicateTimes, missing: 'keep' })
    expect([...table.frame.values]).toEqual(values)
    expect([...table.labels!]).toEqual(labels)
    expect(table.summary.duplicateTimes).toMatchObject({ count: 2, places: [{ row: 1 }, { row: 2 }] })
  })

  it('are refused with their line when they must not be', async () => {
    const error = await failure(equal, { duplicateTimes: 'error', missing: 'keep' })
    expect(error.where).toMatchObject({ line: 3, reason: 'the time is that of the row before' })
  })
})

describe('resampleFrame', () => {
  const frame = {
    timeMs: Float64Array.of(0, 400, 900, 1100, 5000, 5001),
    timeKind: 'utc' as const,
    values: Float64Array.of(1, 2, Number.NaN, 6, 7, 8),
    channels: ['a'],
  }
  it.each([
    ['mean', [1.5, 6, 7.5]],
    ['median', [1.5, 6, 7.5]],
    ['min', [1, 6, 7]],
    ['max', [2, 6, 8]],
    ['sum', [3, 6, 15]],
    ['first', [1, 6, 7]],
    ['last', [2, 6, 8]],
  ] as const)('joins the readings of a step by their %s, missing ones left out', (aggregate, values) => {
    const { timeMs, values: got } = resampleFrame(frame, { cadenceMs: 1000, aggregate })
    expect([...got]).toEqual(values)
    expect([...timeMs]).toEqual([0, 1000, 5000])
  })

  it('holds the last sample for the tolerance and leaves the rest of a gap', () => {
    const { timeMs, values } = resampleFrame(frame, { cadenceMs: 1000, toleranceMs: 1900 })
    expect([...timeMs]).toEqual([0, 1000, 2000, 3000, 5000])
    expect([...values]).toEqual([1.5, 6, 6, 6, 7.5])
  })

  it('is the identity on a series that has the cadence', () => {
    const steady = { ...frame, timeMs: Float64Array.from([0, 1, 2, 3, 4, 5], i => i * 250) }
    expect(resampleFrame(steady, { cadenceMs: 250 })).toEqual(steady)
  })

  it('gives each step once, in order, with the mean of exactly its samples', () => {
    const series = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: -9, max: 9 })), {
      minLength: 1,
      maxLength: 60,
    })
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 40 }), (steps, cadenceMs) => {
        let time = 0
        const samples = steps.map(([step, value]) => ({ time: (time += step), value }))
        const { timeMs, values } = resampleFrame(
          {
            timeMs: Float64Array.from(samples, s => s.time),
            timeKind: 'utc',
            values: Float64Array.from(samples, s => s.value),
            channels: ['a'],
          },
          { cadenceMs },
        )
        const bins = new Map<number, number[]>()
        for (const { time, value } of samples) {
          const bin = Math.floor(time / cadenceMs) * cadenceMs
          bins.set(bin, [...(bins.get(bin) ?? []), value])
        }
        expect([...timeMs]).toEqual([...bins.keys()])
        const means = [...bins.values()].map(bin => bin.reduce((a, b) => a + b, 0) / bin.length)
        expect([...values]).toEqual(means.map(mean => mean + 0))
      }),
      { seed: 5 },
    )
  })

  it('is done per device by reading', async () => {
    const text =
      'time,d,a\n2024-01-01T00:00:01,x,1\n2024-01-01T00:00:02,y,5\n2024-01-01T00:00:09,x,3\n2024-01-01T00:00:21,x,4\n'
    const { frame, summary } = await read(text, {
      deviceColumn: 'd',
      device: 'x',
      resample: { cadenceMs: 10_000, toleranceMs: 5000 },
    })
    expect([...frame.values]).toEqual([2, 2, 4])
    expect(summary.heldSamples).toBe(1)
  })
})

describe('what is said of a column of times', () => {
  it('shows a date that differs in both orders', async () => {
    const { code, message } = await failure(
      rows(['03.03.2024 00:00', '03.03.2024 01:00', '04.03.2024 00:00']),
    )
    expect([code, message]).toEqual([
      'data-ambiguous-date',
      expect.stringContaining('04.03.2024 is 4 March 2024 or 3 April 2024'),
    ])
  })

  it('names the format that no time fits', async () => {
    const { code, message } = await failure(rows(['01.03.2024', '13.03.2024']), { timeFormat: '%Y-%m-%d' })
    expect([code, message]).toEqual([
      'data-bad-time',
      expect.stringContaining('"01.03.2024" does not fit --time-format \'%Y-%m-%d\''),
    ])
  })
})
