import { describe, expect, it } from 'vitest'
import { caseFolder } from '../cases/world.js'

const { read, refusal } = caseFolder()
const ROWS = 60
const START = Date.UTC(2024, 2, 13, 9, 5)
const at = (i: number) => new Date(START + i * 60_000)
const iso = (i: number) => at(i).toISOString()
const a = (i: number) => Math.round(2000 + 300 * Math.sin(i / 3)) / 100
const b = (i: number) => Math.round(500 + 200 * Math.cos(i / 5)) / 100
const comma = (x: number) => String(x).replace('.', ',')
const file = (head: readonly string[], row: (i: number) => string) =>
  `${[...head, ...Array.from({ length: ROWS }, (_, i) => row(i))].join('\n')}\n`
const both = Array.from({ length: ROWS }, (_, i) => [a(i), b(i)]).flat()

interface Form {
  readonly head: readonly string[]
  readonly row: (i: number) => string
  readonly channels: readonly string[]
  readonly units?: readonly string[]
  /** Without a time of its own. */
  readonly isCounted?: boolean
}
const clock = (i: number) => `${iso(i).slice(0, 10).replaceAll('-', '/')},${iso(i).slice(11, 19)}`
const FORMS: Record<string, Form> = {
  'a report of 200 lines above it': {
    head: [...Array.from({ length: 200 }, (_, i) => `Property ${i}: value ${i}`), 'time,p,q'],
    row: i => `${iso(i)},${a(i)},${b(i)}`,
    channels: ['p', 'q'],
  },
  'units in the colours of a terminal': {
    head: ['time,p,q', '\u001b[2m-,bar,l/h\u001b[0m'],
    row: i => `${iso(i)},${a(i)},${b(i)}`,
    channels: ['p', 'q'],
    units: ['bar', 'l/h'],
  },
  'names, then addresses and types (TwinCAT)': {
    head: [
      'Name;MAIN.fTemp;MAIN.fPress',
      'NetId;5.12.34.56.1.1;5.12.34.56.1.1',
      'Port;851;851',
      'SampleTime[ms];60000;60000',
      'Data-Type;LREAL;LREAL',
      'SymbolBased;True;True',
    ],
    row: i => `${i * 60_000};${a(i)};${b(i)}`,
    channels: ['MAIN.fTemp', 'MAIN.fPress'],
    isCounted: true,
  },
  'a time beside each signal, and a blank line before the data (TwinCAT)': {
    head: [
      'Name\tProject',
      'File\tC:\\a.svd',
      '',
      'Name\tfTemp\tName\tfPress',
      'Data-Type\tREAL64\tData-Type\tREAL64',
      'VariableSize\t8\tVariableSize\t8',
      '',
    ],
    row: i => `${i * 60_000}\t${a(i)}\t${i * 60_000}\t${b(i)}`,
    channels: ['fTemp', 'fPress'],
    isCounted: true,
  },
  'facts, then rows of channels, tags and units (Yokogawa)': {
    head: [
      'Device Type,GX20',
      'Start,2024/03/13 09:05:00',
      '',
      'Ch.,,0001,0002',
      'Tag,,TI101,PI102',
      'Tag Comment,,Reactor,Header',
      'Unit,,C,bar',
      'Date,Time,0001,0002',
    ],
    row: i => `${clock(i)},${a(i)},${b(i)}`,
    channels: ['TI101', 'PI102'],
    units: ['C', 'bar'],
  },
  'serial numbers, models, names, kinds and units (SMA)': {
    head: [
      'sep=;',
      'Version CSV1|Tool SE|Delimiter semicolon',
      '',
      ';SN: 2100123456;SN: 2100123456',
      ';SB 5000TL;SB 5000TL',
      ';2100123456;2100123456',
      ';Temp;Power',
      ';Analog 1;Analog 2',
      'dd/MM/yyyy HH:mm:ss;C;kW',
    ],
    row: i => `13/03/2024 ${iso(i).slice(11, 19)};${comma(a(i))};${comma(b(i))}`,
    channels: ['Temp', 'Power'],
    units: ['C', 'kW'],
  },
  'the serial numbers alone distinguish the columns (SMA)': {
    head: ['sep=;', ';2100123456;2100123457', ';Pac;Pac', ';Analog;Analog', 'TimeStamp;W;W'],
    row: i => `13/03/2024 ${iso(i).slice(11, 19)};${comma(a(i))};${comma(b(i))}`,
    channels: ['2100123456', '2100123457'],
    units: ['W', 'W'],
  },
  'serial numbers and names together distinguish the columns': {
    head: [';SN1;SN1;SN2', ';Pac;Udc;Pac', 'TimeStamp;W;V;W'],
    row: i => `${iso(i)};${a(i)};${b(i)};${a(i + 7)}`,
    channels: ['SN1 Pac', 'SN1 Udc', 'SN2 Pac'],
    units: ['W', 'V', 'W'],
  },
  'two blocks that say where they end (LabVIEW)': {
    head: [
      'LabVIEW Measurement\t',
      'Separator\tTab',
      'Date\t2024/03/13',
      '***End_of_Header***\t',
      '\t',
      'Channels\t2\t\t',
      'Samples\t60\t60\t',
      'Y_Unit_Label\tdegC\tbar\t',
      'X0\t0.0\t0.0\t',
      'Delta_X\t60\t60\t',
      '***End_of_Header***\t\t\t',
      'X_Value\tTemp\tPress\tComment',
    ],
    row: i => `${i * 60}\t${a(i)}\t${b(i)}`,
    channels: ['Temp', 'Press'],
    units: ['degC', 'bar'],
    isCounted: true,
  },
  'a list of channels and their numbers, then a header (Keysight)': {
    head: [
      '"Name","Run 1"',
      '"Channel","Name","Function"',
      '"101","Temp","TEMP"',
      '"102","Press","DCV"',
      '',
      '"Scan","Time","101 <Temp>","102 <Press>"',
    ],
    row: i => `${i + 1},"${iso(i).slice(0, 19).replace('T', ' ')}:000",${a(i)},${b(i)}`,
    channels: ['101 <Temp>', '102 <Press>'],
  },
  'columns of events that are empty but for the last row (HOBO)': {
    head: ['"Plot Title: pump"', '"#","Date Time","Temp","Press","Coupler","Stopped","End Of File"'],
    row: i => `${i + 1},${iso(i)},${a(i)},${b(i)},${i < ROWS - 1 ? ',,' : 'Logged,Logged,Logged'}`,
    channels: ['Temp', 'Press'],
  },
  'a header, a row of names that is longer, units and ranges': {
    head: ['Logger: XR5', '', 'Timestamp,S1,S2', ',Temp of oil,Press of line', ',°C,bar', ',max 30,max 9'],
    row: i => `${iso(i)},${a(i)},${b(i)}`,
    channels: ['S1', 'S2'],
    units: ['°C', 'bar'],
  },
}

describe('rows above the data', () => {
  it.each(Object.entries(FORMS))('are read: %s', async (_, form) => {
    const { frame, columns } = await read(file(form.head, form.row))
    expect(frame.channels).toEqual(form.channels)
    expect(frame.timeMs.length).toBe(ROWS)
    const width = form.channels.length
    const pairs = [...frame.values].filter((_, i) => i % width < 2)
    expect(pairs).toEqual(both)
    expect(columns.flatMap(({ unit }) => (unit ? [unit] : []))).toEqual(form.units ?? [])
    expect(frame.timeKind).toBe(form.isCounted ? 'index' : 'utc')
    if (!form.isCounted) expect([frame.timeMs[0], frame.timeMs[59]]).toEqual([START, START + 59 * 60_000])
  })

  it('are counted in a note', async () => {
    const { head, row } = FORMS['names, then addresses and types (TwinCAT)']!
    const { summary } = await read(file(head, row))
    expect(summary.assumptions.join()).toContain('5 lines of properties under the header')
  })

  it('are no rows of data whose time is wrong or missing', async () => {
    for (const time of ['oops', '']) {
      const rows = file(['time,a,b', `${time},1,2`], i => `${iso(i)},${a(i)},${b(i)}`)
      expect(await refusal(rows)).toMatchObject({ code: 'data-bad-time', where: { line: 2 } })
    }
  })

  it('are not the first rows with a cell that is no number', async () => {
    const rows = file(['time,a'], i => `${iso(i)},${i === 0 ? 'bad' : a(i)}`)
    expect(await refusal(rows)).toMatchObject({ code: 'data-bad-cell', where: { line: 2 } })
  })

  it.each<[string, string[], string]>([
    ['facts of two cells', ['Station,Nord', 'Serial,4711', 'time,a,b'], ''],
    ['facts with a date', ['"Report","Plant 7"', '"Created","2024-03-13"', '"time","a","b"'], ''],
    ['facts and a blank line', ['Station: Nord', '', 'time,a,b'], ''],
    ['facts and units', ['Datum,13.03.2024', 'time,a,b', ',°C,bar'], '°C bar'],
  ])('are found above a single row: %s', async (_, head, units) => {
    const { frame, columns } = await read(`${head.join('\n')}\n${iso(0)},${a(0)},${b(0)}\n`)
    expect([frame.channels, [...frame.timeMs], [...frame.values]]).toEqual([
      ['a', 'b'],
      [START],
      [a(0), b(0)],
    ])
    expect(columns.flatMap(({ unit }) => (unit ? [unit] : [])).join(' ')).toBe(units)
  })

  it('are no rows of texts beside a time, which are readings that are none', async () => {
    const rows = file(['time,a,b,c', `${iso(0)},start,ramp,ramp`], i => `${iso(i + 1)},${a(i)},${b(i)},1`)
    expect(await refusal(rows)).toMatchObject({
      code: 'data-bad-cell',
      where: { line: 2, column: 'a', got: '"start"' },
    })
    const { frame } = await read(rows, { badCells: 'missing' })
    expect([frame.timeMs.length, frame.values[0]]).toEqual([ROWS + 1, Number.NaN])
  })

  it('are quoted where they are left out, and name no column twice', async () => {
    const { frame, summary } = await read(file(['a,b', 'tank,tank'], i => `${a(i)},${b(i)}`))
    expect(frame.channels).toEqual(['a', 'b'])
    expect(summary.assumptions.join()).toContain('1 line of properties under the header, such as "tank tank"')
  })
})
