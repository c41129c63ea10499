import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTextParser, isClockText, scanTime } from '../../src/core/time-text.js'
import { leastTime } from '../least-time.js'

const utc = (text: string, order?: 'dmy' | 'mdy' | 'ymd') => {
  const reading = createTextParser(order)(text)
  return reading && `${new Date(reading.ms).toISOString()}${reading.hasOffset ? '' : ' wall'}`
}

describe('the grammar of time text', () => {
  it.each([
    ['2024-03-01T00:00Z', '2024-03-01T00:00:00.000Z'],
    ['2024-03-01t00:00:00z', '2024-03-01T00:00:00.000Z'],
    ['2024-03-01T00:00:00,5+0130', '2024-02-29T22:30:00.500Z'],
    ['2024-03-01T00:00:00.123456789Z', '2024-03-01T00:00:00.123Z'],
    ['2024-03-01 00:05:00 UTC+1', '2024-02-29T23:05:00.000Z'],
    ['2024-03-01 00:05 -05', '2024-03-01T05:05:00.000Z'],
    ['2024-03-01 00:00:00 MEZ', '2024-02-29T23:00:00.000Z'],
    ['2024-03-01 00:00 Europe/Berlin', '2024-03-01T00:00:00.000Z wall'],
    ['2024-03-01  00:00:00', '2024-03-01T00:00:00.000Z wall'],
    ['2024/03/01 00:00', '2024-03-01T00:00:00.000Z wall'],
    ['2024-3-1 1:2:3', '2024-03-01T01:02:03.000Z wall'],
    ['2024-03-01 24:00:00', '2024-03-02T00:00:00.000Z wall'],
    ['25.03.2024 10:00', '2024-03-25T10:00:00.000Z wall'],
    ['03/25/2024 12:00:00 AM', '2024-03-25T00:00:00.000Z wall'],
    ['3/25/2024, 12:30 p.m.', '2024-03-25T12:30:00.000Z wall'],
    ['25/03/24 23:50', '2024-03-25T23:50:00.000Z wall'],
    ['31/12/69', '1969-12-31T00:00:00.000Z wall'],
    ['31/12/68', '2068-12-31T00:00:00.000Z wall'],
    ['1. März 2024 10:00', '2024-03-01T10:00:00.000Z wall'],
    ['01-Mar-24 10:00', '2024-03-01T10:00:00.000Z wall'],
    ['01Mar2024', '2024-03-01T00:00:00.000Z wall'],
    ['Mar 1, 2024 5:03 PM', '2024-03-01T17:03:00.000Z wall'],
    ['Fri Mar  1 00:00:00 2024', '2024-03-01T00:00:00.000Z wall'],
    ['Fri, 01 Mar 2024 00:00:00 GMT', '2024-03-01T00:00:00.000Z'],
    ['2024-Mar-01 10:00', '2024-03-01T10:00:00.000Z wall'],
    ['13.05.2024 - 22:30', '2024-05-13T22:30:00.000Z wall'],
    ['13.05.2024 22:30 - 22:45', '2024-05-13T22:30:00.000Z wall'],
    ['2024-05-13-22.30.00.250000', '2024-05-13T22:30:00.250Z wall'],
    ['13.5.2024 klo 22.30', '2024-05-13T22:30:00.000Z wall'],
    ['13 мая 2024 г., 22:30', '2024-05-13T22:30:00.000Z wall'],
    ['13 мая 2024 г. в 22:30', '2024-05-13T22:30:00.000Z wall'],
    ['13 Mayıs 2024 22:30', '2024-05-13T22:30:00.000Z wall'],
    ['13. toukokuuta 2024', '2024-05-13T00:00:00.000Z wall'],
    ['/Date(1715639400000)/', '2024-05-13T22:30:00.000Z'],
    ['/Date(1715639400000+0200)/', '2024-05-13T22:30:00.000Z'],
    ['20240503', '2024-05-03T00:00:00.000Z wall'],
    ['202405030615', '2024-05-03T06:15:00.000Z wall'],
    ['20240503061530', '2024-05-03T06:15:30.000Z wall'],
    ['20240503061530250', '2024-05-03T06:15:30.250Z wall'],
    ['20240503T061500Z', '2024-05-03T06:15:00.000Z'],
  ])('reads %s', (text, wanted) => expect(utc(text)).toBe(wanted))

  it.each([
    '',
    '2024',
    '1 2 3',
    '1.3',
    '12:30',
    'Mon',
    '2024-02-30',
    '2024-13-01',
    '2024-03-01 23:59:61',
    '2024-03-01 25:00',
    '2024-03-01 24:01',
    '2024-03-01 13:00 PM',
    '2024-03-01 00:00 Nowhere/City',
    '2024-03-01 00:00 later',
    '2024-03/01',
    '1709251200',
    'epoch',
    'infinity',
    '03.05.2024 and more',
  ])('refuses %s', text => expect(utc(text)).toBeUndefined())

  it('keeps both readings of a date that leaves day and month open', () => {
    expect(scanTime('03.05.2024')).toMatchObject({ orders: ['dmy', 'mdy'] })
    expect(utc('03.05.2024')).toBeUndefined()
    expect(utc('03.05.2024', 'dmy')).toBe('2024-05-03T00:00:00.000Z wall')
    expect(utc('03.05.2024', 'mdy')).toBe('2024-03-05T00:00:00.000Z wall')
    expect(utc('25.05.2024', 'mdy')).toBeUndefined()
    expect(scanTime('03-05-24')).toMatchObject({ orders: ['ymd', 'dmy', 'mdy'] })
  })

  it.each(['CST', 'IST', 'BST', 'EST', 'EDT', 'PST', 'AEST'])('names the abbreviation %s', zone =>
    expect(scanTime(`2024-03-01 00:00:00 ${zone}`)).toMatchObject({ abbreviation: zone }),
  )

  it('reads back every instant, whatever its form', () => {
    const instant = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) })
    fc.assert(
      fc.property(instant, ms => {
        const iso = new Date(ms).toISOString()
        for (const text of [
          iso,
          iso.replace('T', ' '),
          iso.replaceAll(/[-:Z]/g, ''),
          new Date(ms).toUTCString(),
        ]) {
          const seconds = text.endsWith('GMT')
          expect(createTextParser()(text)!.ms).toBe(seconds ? Math.floor(ms / 1000) * 1000 : ms)
        }
      }),
      { seed: 1 },
    )
  })

  it('takes linear time', async () => {
    const time = () => {
      const start = performance.now()
      for (const piece of [' ', '1', '1:', '+', '2024-03-01 ', 'Mar ', 'A/']) scanTime(piece.repeat(1e6))
      return performance.now() - start
    }
    expect(await leastTime(1000, time)).toBeLessThan(1000)
  })
})

describe('isClockText', () => {
  it.each([
    ['11:50:00 PM', true],
    ['12:30', true],
    ['23:59:59.5', true],
    ['24:00', true],
    ['25:00', false],
    ['1.5', false],
    ['12', false],
    ['12:30 o', false],
  ])('of %s is %s', (text, wanted) => expect(isClockText(text)).toBe(wanted))
})
