import { describe, expect, it } from 'vitest'
import { readTable } from '../../src/ingest/index.js'
import { caseFolder, changed, csv, DAY, healthy, iso, MINUTE, stamp } from './world.js'

// Tables as public reports have them, invented again, each with its right outcome. The number is that of the report.
const { read, refusal, parquet, done, tt, file, text } = caseFolder()
const START = Date.UTC(2024, 2, 1)
const N = Number.NaN
const lines = (rows: number, row: (i: number) => string) =>
  Array.from({ length: rows }, (_, i) => `${row(i)}\n`).join('')
const temp = (i: number) => (20 + 3 * Math.sin(i / 9)).toFixed(3)
const minute = (i: number) => stamp(START + i * MINUTE)
/** Roles of the columns by name. */
const rolesOf = async (source: string) =>
  Object.fromEntries((await read(source)).columns.map(({ name, role }) => [name, role]))

describe('columns of public reports', () => {
  it('case 13: rows of several machines ask for --group-by, and each is read by itself', async () => {
    const rows = lines(300, i => `${1 + Math.floor(i / 100)},${minute(i % 100)},${temp(i)}`)
    const error = await refusal(`machineID,time,temp\n${rows}`)
    expect(error.remedy).toContain('--group-by machineID')
    const { frame } = await read(`machineID,time,temp\n${rows}`, { deviceColumn: 'machineID', device: '2' })
    expect([frame.channels, frame.timeMs.length, iso(frame.timeMs)[99]]).toEqual([
      ['temp'],
      100,
      '2024-03-01T01:39',
    ])
  })

  it('case 14: engines with a cycle ask for --group-by, and the cycle is no channel', async () => {
    const rows = lines(300, i => `${1 + Math.floor(i / 100)},${1 + (i % 100)},${temp(i)}`)
    expect((await refusal(`unit,cycle,s2\n${rows}`)).remedy).toContain('--group-by unit')
    const { frame } = await read(`unit,cycle,s2\n${rows}`, { deviceColumn: 'unit', device: '3' })
    expect([frame.channels, frame.timeMs.length]).toEqual([['s2'], 100])
  })

  it('case 15: attack, attack_P1 and changepoint are labels and no channels', async () => {
    const rows = lines(200, i => `${minute(i)},${temp(i)},${Number(i > 150)},0,${Number(i === 150)}`)
    expect(await rolesOf(`time,temp,attack,attack_P1,changepoint\n${rows}`)).toEqual({
      time: 'time',
      temp: 'channel',
      attack: 'label',
      attack_P1: 'label',
      changepoint: 'label',
    })
  })

  it.each<[string, (i: number) => number]>([
    ['1 and -1', i => (i > 250 ? -1 : 1)],
    ['0 to 3', i => (i > 250 ? 1 + (i % 3) : 0)],
  ])('case 16: a label of %s is no channel', async (_, label) => {
    const { frame, labels } = await read(
      `time,temp,label\n${lines(300, i => `${minute(i)},${temp(i)},${label(i)}`)}`,
    )
    expect([frame.channels, labels]).toEqual([['temp'], undefined])
  })

  it.each(['No', 'RECORD', 'Row', 'index'])(
    'case 17: row numbers called %s are no channel, and train says so',
    async name => {
      const rows = changed(healthy(0, 300), (row, i) => [i < 0 ? name : String(i + 1), ...row])
      file('rows.csv', csv(rows))
      const { stderr } = await done('train rows.csv --detector z-score --out rows')
      expect(stderr).toContain(`no channels: ${name} (row-number: it rises by 1 in every row)`)
      expect(JSON.parse((await tt('show rows --format json')).stdout).channels).toEqual([
        'temp',
        'flow',
        'level',
      ])
    },
  )

  it('case 18: an index without a name is left out', async () => {
    const { frame, timeColumn } = await read(
      `,timestamp,temp\n${lines(60, i => `${i},${minute(i)},${temp(i)}`)}`,
    )
    expect([timeColumn, frame.channels]).toEqual(['timestamp', ['temp']])
  })

  it('case 51: True and False are labels', async () => {
    const { frame, labels } = await read(
      `time,temp,label\n${lines(60, i => `${minute(i)},${temp(i)},${i > 50 ? 'True' : 'False'}`)}`,
    )
    expect([frame.channels, labels!.reduce((sum, label) => sum + label, 0)]).toEqual([['temp'], 9])
  })

  it('case 52: a valve that is true or false is 1 and 0 in CSV, JSON and Parquet', async () => {
    const rows = [0, 1, 2, 3].map(i => ({ time: minute(i), temp: 20 + i, valve: i % 2 === 0 }))
    const path = await parquet(
      'valve.parquet',
      `select * from (values ${rows.map(row => `('${row.time}', ${row.temp}, ${row.valve})`).join()}) as x(time, temp, valve)`,
    )
    const tables = [
      await read(
        csv([['time', 'temp', 'valve'], ...rows.map(row => [row.time, row.temp, String(row.valve)])]),
      ),
      await read(JSON.stringify(rows), {}, 'x.json'),
      await readTable(path),
    ]
    for (const { frame } of tables) {
      expect(frame.channels).toEqual(['temp', 'valve'])
      expect([...frame.values].filter((_, i) => i % 2 === 1)).toEqual([1, 0, 1, 0])
    }
  })

  it('case 53: Normal and Attack are labels, not channels', async () => {
    const rows = lines(100, i => `${minute(i)},${temp(i)},${i > 80 ? 'Attack' : 'Normal'}`)
    const { frame } = await read(`time,temp,Normal/Attack\n${rows}`)
    expect(frame.channels).toEqual(['temp'])
    const { labels } = await read(`time,temp,Normal/Attack\n${rows}`, { labelColumn: 'Normal/Attack' })
    expect(labels!.reduce((sum, label) => sum + label, 0)).toBe(19)
  })

  it('case 54: columns without a reading are named and left out by the suggestion', async () => {
    file('dead.csv', csv(changed(healthy(0, 400), (row, i) => [...row, i < 0 ? 'dead' : ''])))
    const outcome = await tt('validate dead.csv --suggest dead.yaml')
    expect(`${outcome.stdout}${outcome.stderr}`).toContain('dead')
    await done('train dead.csv --config dead.yaml --detector z-score --out dead')
    expect(JSON.parse((await tt('show dead --format json')).stdout).channels).toEqual([
      'temp',
      'flow',
      'level',
    ])
  })

  it('case 55: a name with commas can be left out on the command line', async () => {
    const name = 'Temp, °C (LGR S/N: 1, SEN S/N: 2)'
    file('hobo.csv', `time,flow,"${name}"\n${lines(300, i => `${minute(i)},${temp(i + 5)},${temp(i)}`)}`)
    const train = (given: string) => [
      'train',
      'hobo.csv',
      '--exclude-channels',
      given,
      '--detector',
      'z-score',
      '--out',
      'hobo',
    ]
    const { stderr } = await tt(train(name))
    expect(stderr).toContain(`Did you mean '"${name}"', with double quotes for its comma?`)
    await done(train(`"${name}"`))
    expect(JSON.parse((await tt('show hobo --format json')).stdout).channels).toEqual(['flow'])
  })
})

describe('shapes of public reports', () => {
  it.each([
    [
      'a German date',
      '01.03.2024 00:00:00;20.1;30.2\n31.03.2024 00:05:00;20.3;30.1\n31.03.2024 00:10:00;20.2;30.4\n',
      3,
    ],
    [
      'one text cell',
      '2024-03-01T00:00:00Z,20.1,ok\n2024-03-01T00:05:00Z,20.3,ok\n2024-03-01T00:10:00Z,20.2,ok\n',
      3,
    ],
  ])('case 19: a table without a header keeps its first row, with %s', async (_, source, rows) => {
    const { frame } = await read(source)
    expect([frame.channels[0], frame.timeMs.length, frame.values[0]]).toEqual(['column2', rows, 20.1])
  })

  it('case 20: columns parted by blanks and without a header are read', async () => {
    const rows = lines(60, i => `1 ${i + 1} ${temp(i)} 100.0 ${temp(i + 7)}  `)
    const { frame } = await read(rows, { deviceColumn: 'column1', device: '1' }, 'x.txt')
    expect([frame.timeMs.length, frame.values[0]]).toEqual([60, 20])
  })

  it('case 21: one column of numbers asks for its header, and is one channel with it', async () => {
    const error = await refusal(lines(40, temp), {}, 'x.txt')
    expect([error.message, error.remedy]).toEqual([
      expect.stringContaining('the header line is missing'),
      expect.stringContaining('with a header line'),
    ])
    const { frame } = await read(`temp\n${lines(40, temp)}`, {}, 'x.txt')
    expect([frame.channels, frame.timeKind, frame.values.length]).toEqual([['temp'], 'index', 40])
  })

  it('case 22: lines before the header are counted and left out', async () => {
    const toa5 = `"TOA5","CR1000","CR1000"\n"TIMESTAMP","RECORD","Temp_Avg"\n"TS","RN","Deg C"\n"","","Avg"\n${lines(20, i => `"2024-03-01 00:${String(i).padStart(2, '0')}:00",${i},${temp(i)}`)}`
    const wadi = `WaDi historian\n\nexported 2024\nDate,Time,temp\n${lines(20, i => `2024-03-01,00:${String(i).padStart(2, '0')}:00,${temp(i)}`)}`
    for (const source of [toa5, wadi]) {
      const { frame, notes } = await read(source)
      expect([frame.channels.length, frame.timeMs.length, iso(frame.timeMs)[19]]).toEqual([
        1,
        20,
        '2024-03-01T00:19',
      ])
      expect(notes.join()).toContain('before the header')
    }
  })

  it('case 23: comments, tabs and #N/A are read', async () => {
    const source = `# Created by a tool\n# 2 channels\ntime\ttemp\n${lines(20, i => `${minute(i)}\t${i === 3 ? '#N/A' : temp(i)}`)}`
    const { frame } = await read(source, { missing: 'keep' })
    expect([frame.timeMs.length, frame.values[3], frame.values[0]]).toEqual([20, N, 20])
  })

  it('case 24: an annotated CSV file of InfluxDB is one column per field', async () => {
    const row = (i: number, field: string, value: string) => `,,0,${minute(i)},${value},${field},pump`
    const head =
      '#group,false,false,false,false,true,true\n#datatype,string,long,dateTime:RFC3339,double,string,string\n#default,_result,,,,,\n,result,table,_time,_value,_field,_measurement\n'
    const { frame } = await read(
      `${head}${lines(20, i => row(i, 'temp', temp(i)))}${lines(20, i => row(i, 'flow', '5'))}`,
    )
    expect([frame.channels, frame.timeMs.length, [...frame.values].slice(0, 2)]).toEqual([
      ['flow', 'temp'],
      20,
      [5, 20],
    ])
  })

  it('case 25: a first line sep=; names the delimiter', async () => {
    const { frame } = await read(`sep=;\ntime;temp\n${lines(20, i => `${minute(i)};${temp(i)}`)}`)
    expect([frame.channels, frame.timeMs.length]).toEqual([['temp'], 20])
  })

  it.each([
    ['case 26', `"'-2.00"`, `'-2.00`],
    ['case 27', '20.04 °C', '20.04 °C'],
  ])('%s: the cell %s is refused with its line and column, or taken for missing', async (_, cell, shown) => {
    const source = `time,temp\n${minute(0)},1\n${minute(1)},${cell}\n${minute(2)},3\n`
    const error = await refusal(source)
    expect([error.code, error.where]).toEqual([
      'data-bad-cell',
      expect.objectContaining({ line: 3, column: 'temp', got: `"${shown}"` }),
    ])
    const { frame } = await read(source, { badCells: 'missing', missing: 'keep' })
    expect([...frame.values]).toEqual([1, N, 3])
  })

  it('case 28: thousands are read where they are clear, and never misread', async () => {
    const table = (cells: string[]) => csv([['time', 'a'], ...cells.map((cell, i) => [minute(i), cell])], ';')
    expect([...(await read(table(['1,234.5', '12.5']))).frame.values]).toEqual([1234.5, 12.5])
    expect([...(await read(table(['1.234,5', '12,5']))).frame.values]).toEqual([1234.5, 12.5])
    expect((await refusal(table(['1,234', '2,345']))).code).toBe('data-ambiguous-number')
    await expect(read(table(['1,234.5', '12.5']), { decimal: ',' })).rejects.toMatchObject({
      code: 'data-bad-cell',
    })
  })

  it('case 29: a decimal comma is found, by validate as by train', async () => {
    file(
      'german.csv',
      `time;temp;flow\n${lines(
        300,
        i =>
          `${minute(i)};${temp(i).slice(0, -1).replace('.', ',')};${temp(i + 9)
            .slice(0, -1)
            .replace('.', ',')}`,
      )}`,
    )
    await done('validate german.csv --suggest german.yaml')
    expect(text('german.yaml')).not.toContain('exclude')
    await done('train german.csv --config german.yaml --detector z-score --out german')
    expect(JSON.parse((await tt('show german --format json')).stdout).channels).toEqual(['temp', 'flow'])
  })

  it('case 30: states of Home Assistant with unavailable are missing readings', async () => {
    const source = `entity_id,state,last_changed\n${['20.1', 'unavailable', '20.3'].map((state, i) => `sensor.t,${state},2024-03-01T00:0${5 * i}:00.000Z`.replace('010', '10')).join('\n')}\n`
    for (const options of [{ badCells: 'missing' }, { missing: 'keep' }] as const)
      expect([...(await read(source, { missing: 'keep', ...options })).frame.values]).toEqual([20.1, N, 20.3])
    const kept = await read(source, { where: "state <> 'unavailable'" })
    expect([...kept.frame.values]).toEqual([20.1, 20.3])
  })

  it('case 31: an export of WinCC in UTF-16 with a trailer is read without an option', async () => {
    const row = (i: number, name: string, value: string) =>
      `"${name}";"${String(1 + Math.floor(i / 1440)).padStart(2, '0')}.03.2024 ${new Date(START + i * MINUTE).toISOString().slice(11, 19)}";${value};1;${i}`
    const rows = [0, 1439, 1440, 1500].flatMap(i => [row(i, 'temp', `20,${i % 9}`), row(i, 'flow', '5,5')])
    const source = `"VarName";"TimeString";"VarValue";"Validity";"Time_ms"\n${rows.join('\n')}\n"$RT_COUNT$";8;\n`
    const { frame, summary } = await read(Buffer.from(`\uFEFF${source}`, 'utf16le'))
    expect([frame.channels, frame.timeMs.length, summary.skippedRows.count]).toEqual([['flow', 'temp'], 4, 1])
    expect([...frame.values].slice(0, 2)).toEqual([5.5, 20])
    expect(frame.timeMs[2]! - frame.timeMs[0]!).toBe(DAY)
  })

  it('case 56: a repeated header, comments and sums are counted and left out by validate and train', async () => {
    const rows = healthy(0, 400)
    file(
      'cat.csv',
      `${csv(rows.slice(0, 201))}# second file\n${csv([rows[0]!, ...rows.slice(201)])}Total,1,2,3\n`,
    )
    for (const line of ['validate cat.csv', 'train cat.csv --detector z-score --out cat']) {
      const { stderr, stdout } = await done(line)
      expect(`${stdout}${stderr}`).toContain('3 lines are none of the table')
    }
    expect((await readTable(file('cat.csv', text('cat.csv')))).frame.timeMs.length).toBe(400)
  })

  it('case 57: Latin-1 and UTF-16 are read, a ZIP file and a damaged workbook are refused by name', async () => {
    const source = `time;Druck [°C]\n${lines(20, i => `${minute(i)};${temp(i)}`)}`
    for (const bytes of [Buffer.from(source, 'latin1'), Buffer.from(`\uFEFF${source}`, 'utf16le')])
      expect((await read(bytes)).frame.channels).toEqual(['Druck [°C]'])
    const zip = await refusal(Buffer.from('PK\u0003\u0004 nothing'), {}, 'x.zip')
    expect(`${zip.message} ${zip.remedy}`).toMatch(/zip/i)
    const book = await refusal(Buffer.from('PK\u0003\u0004 nothing'), {}, 'x.xlsx')
    expect(book.message).toContain('Excel workbook')
  })

  it('case 58: what pandas and spreadsheets write is read', async () => {
    const path = await parquet(
      'pandas.parquet',
      `select timestamp_ns '2024-03-01 00:00:00' + to_minutes(range::int) as time, range::decimal(9,2) as a, range % 2 = 0 as b, range::bigint as c from range(3)`,
    )
    const { frame } = await readTable(path, { roles: { c: 'channel' } })
    expect([[...frame.values], iso(frame.timeMs)]).toEqual([
      [0, 1, 0, 1, 0, 1, 2, 1, 2],
      ['2024-03-01T00:00', '2024-03-01T00:01', '2024-03-01T00:02'],
    ])
    const seconds = START / 1000
    for (const time of [
      String(seconds),
      `${seconds}000`,
      `${seconds}000000`,
      `${seconds}000000000`,
      `${seconds}.0`,
    ])
      expect(iso((await read(`time,a\n${time},1\n`)).frame.timeMs)[0]).toBe('2024-03-01T00:00')
    for (const [time, wanted] of [
      ['2024-02-29 24:00:00', '2024-03-01T00:00'],
      ['2024-03-01T01:30:00+0130', '2024-03-01T00:00'],
    ])
      expect(iso((await read(`time,a\r\n${time},1\r\n`)).frame.timeMs)[0]).toBe(wanted)
    const mixed = await read('\uFEFFtime;a\n2024-03-01;1,234E+03\n\n2024-03-02;2,5\n')
    expect([...mixed.frame.values]).toEqual([1234, 2.5])
  })

  it('case 59: a suggestion keeps every reading option it was made with', async () => {
    file(
      'all.csv',
      csv(
        changed(healthy(0, 2500), ([time, ...cells], i) => [
          i < 0 ? 'Zeit' : time!.replace(/Z|T/g, ' ').trim(),
          ...cells.map(cell => cell.replace('.', ',')),
          i < 0 ? 'bad' : '0',
        ]),
        ';',
      ),
    )
    await done(
      'validate all.csv --decimal , --time-column Zeit --time-zone Europe/Berlin --cadence 10m --exclude-channels level --label-column bad --late-rows sort --duplicate-times last --rows :2400 --from 2024-03-01T02:00 --bad-cells missing --bad-rows skip --missing hold --suggest s.yaml',
    )
    const suggested = text('s.yaml')
    for (const key of [
      'decimal',
      'time-column',
      'time-zone',
      'cadence',
      'exclude-channels',
      'label-column',
      'late-rows',
      'duplicate-times',
      'rows',
      'from',
      'bad-cells',
      'bad-rows',
      'missing',
    ])
      expect(suggested).toContain(`${key}:`)
    await done('train all.csv --config s.yaml --detector z-score --out all')
    const shown = JSON.parse((await tt('show all --format json')).stdout)
    expect(shown.channels).toEqual(['temp', 'flow'])
  })
})
