import { describe, expect, it } from 'vitest'
import { caseFolder, MINUTE, stamp } from '../cases/world.js'

const { file, read, refusal, tt, done } = caseFolder()
const START = Date.UTC(2024, 2, 1)
const UNITS: Record<string, string> = { temp: '°C', flow: 'l/min' }
const wave = (i: number, tag: string) =>
  (20 + 3 * Math.sin(i / 9 + tag.length) + ((i * 7919) % 97) / 400).toFixed(3)
const long = (rows: number, cell: (i: number, tag: string) => string, head = 'time,tag,value,unit') =>
  `${head}\n${Array.from({ length: rows }, (_, i) =>
    Object.keys(UNITS)
      .map(tag => `${stamp(START + i * MINUTE)},${tag},${cell(i, tag)}\n`)
      .join(''),
  ).join('')}`
const withUnit = (i: number, tag: string) => `${wave(i, tag)},${UNITS[tag]}`

describe('the units of a table with a reading per row', () => {
  it.each(['unit', 'Units', 'Einheit', 'UoM', 'eng_unit'])('are those of its column %s', async name => {
    const { summary, frame } = await read(long(40, withUnit, `time,tag,value,${name}`))
    expect([frame.channels, summary.form.units]).toEqual([['flow', 'temp'], { flow: 'l/min', temp: '°C' }])
  })

  it.each([
    ['of which some are known', { level: 'mWS', vib: 'mm/s RMS', pieces: 'Stk/min', damp: '%rF' }],
    ['of which none is known', { level: 'foo', vib: 'mWS' }],
  ])('are those of a column unit %s, which names no devices', async (_, units) => {
    const rows = Array.from({ length: 40 }, (_, i) =>
      Object.entries(units)
        .map(([tag, unit]) => `${stamp(START + i * MINUTE)},${tag},${wave(i, tag)},${unit},Good\n`)
        .join(''),
    )
    const { summary } = await read(`timestamp,tag,value,unit,quality\n${rows.join('')}`)
    expect(summary.form.units).toEqual(units)
  })

  it('are no names of devices, which a column unit holds as well', async () => {
    const cells = (unit: string) =>
      long(40, (i, tag) => `${wave(i, tag)},${unit}`).replace('time,tag,value,unit\n', '')
    expect(await refusal(`time,tag,value,unit\n${cells('P1')}${cells('P2')}`)).toMatchObject({
      where: { column: 'unit', count: 2 },
    })
  })

  it.each(['unit', 'Einheit'])('are no devices in the column %s of a wide table', async name => {
    const rows = Array.from({ length: 40 }, (_, i) =>
      ['mm/s RMS', 'mWS'].map(unit => `${stamp(START + i * MINUTE)},${wave(i, unit)},${unit}\n`).join(''),
    )
    const { summary } = await read(`time,flow,${name}\n${rows.join('')}`, { duplicateTimes: 'mean' })
    expect(summary.columns?.find(column => column.name === name)?.role).toBe('text')
  })

  it('are those behind its numbers', async () => {
    const { summary } = await read(long(40, (i, tag) => `${wave(i, tag)} ${UNITS[tag]}`, 'time,tag,value'))
    expect(summary.form.units).toEqual({ flow: 'l/min', temp: '°C' })
  })

  it('may be missing in some rows, but are one per sensor', async () => {
    const some = long(40, (i, tag) => `${wave(i, tag)},${i % 3 === 0 ? UNITS[tag] : ''}`)
    expect((await read(some)).summary.form.units).toEqual({ flow: 'l/min', temp: '°C' })
    const mixed = long(40, (i, tag) => `${wave(i, tag)},${tag === 'temp' && i > 20 ? 'K' : UNITS[tag]}`)
    expect(await refusal(mixed)).toMatchObject({
      code: 'data-mixed-units',
      where: { column: 'unit', sensor: 'temp', got: 'K and °C' },
      remedy: expect.stringContaining(`--where "tag <> 'temp'"`),
    })
    expect((await read(mixed, { where: "tag <> 'temp'" })).frame.channels).toEqual(['flow'])
  })

  it('stand in the sentences of events, as those of a row of units do', async () => {
    const faulty = (i: number, tag: string) =>
      String(Number(wave(i, tag)) + (tag === 'temp' && i > 1900 ? 15 : 0))
    const wide = (rows: number, cell: typeof wave) =>
      `time,flow,temp\n,l/min,°C\n${Array.from({ length: rows }, (_, i) => `${stamp(START + i * MINUTE)},${cell(i, 'flow')},${cell(i, 'temp')}\n`).join('')}`
    file('long.csv', long(1800, withUnit))
    file(
      'long-later.csv',
      long(2000, (i, tag) => `${faulty(i, tag)},${UNITS[tag]}`),
    )
    file('wide.csv', wide(1800, wave))
    file('wide-later.csv', wide(2000, faulty))
    for (const name of ['long', 'wide']) {
      const { stderr } = await done(['train', `${name}.csv`, '--detector', 'linear-var', '--out', name])
      expect(stderr).toContain('units known of 2')
      const { stdout } = await tt(['detect', `${name}-later.csv`, '--model', name])
      expect(stdout).toMatch(/temp \d+\.\d+ °C, expected/)
    }
  }, 60_000)
})
