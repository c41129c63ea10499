import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTable } from '../../src/ingest/index.js'
import { caseFolder, changed, csv, DAY, HOUR, healthy, iso, MINUTE, stamp } from './world.js'

// Times as public reports have them, invented again, each with its right value. The number is that of the report.
const { read, refusal, parquet, tt, file, cwd } = caseFolder()
const table = (times: readonly string[], head = 'time') =>
  `${head},temp\n${times.map((time, i) => `${time},${20 + i / 10}\n`).join('')}`
const minutes = (times: Float64Array) => [...times].map(ms => (ms - times[0]!) / MINUTE)

describe('times of public reports', () => {
  it.each([
    ['01/03/24 23:50', '01/03/24 23:55', '02/03/24 00:00'],
    ['03/01/24 23:50', '03/01/24 23:55', '03/02/24 00:00'],
    ['24-03-01 23:50:00', '24-03-01 23:55:00', '24-03-02 00:00:00'],
  ])('case 1: years of two digits are of this century, %s', async (...times) => {
    const { frame } = await read(table(times))
    expect(iso(frame.timeMs)).toEqual(['2024-03-01T23:50', '2024-03-01T23:55', '2024-03-02T00:00'])
  })

  it.each(['CST', 'IST', 'BST', 'EST', 'PST'])(
    'case 2: the abbreviation %s is refused by name, or read in the zone that is given',
    async zone => {
      const text = table([`2024-03-01 00:00:00 ${zone}`, `2024-03-01 00:05:00 ${zone}`])
      const error = await refusal(text)
      expect([error.code, error.message]).toEqual(['data-bad-time', expect.stringContaining(zone)])
      const { frame } = await read(text, { timeZone: 'America/Chicago' })
      expect(iso(frame.timeMs)[0]).toBe('2024-03-01T06:00')
    },
  )

  it('case 3: a time without seconds and with a zone is ISO 8601 in CSV, JSON and Parquet', async () => {
    const times = ['2024-03-01T00:00Z', '2024-03-01T00:05Z']
    const path = await parquet(
      'short.parquet',
      `select * from (values ('${times[0]}', 1.5), ('${times[1]}', 2.5)) as x(time, temp)`,
    )
    const tables = [
      await read(table(times)),
      await read(JSON.stringify(times.map(time => ({ time, temp: 1 }))), {}, 'x.json'),
      await readTable(path),
    ]
    for (const { frame } of tables)
      expect(iso(frame.timeMs)).toEqual(['2024-03-01T00:00', '2024-03-01T00:05'])
  })

  it('case 4: a bad cell is blamed where it is, and slash dates are read with a zone', async () => {
    const times = ['2024/03/01 00:00:00', '2024/03/01  00:05:00', '2024/03/01 00:10:00']
    const bad = await refusal(`time,temp\n${times[0]},20.1\n${times[1]},20.3\n${times[2]},Shut\n`)
    expect(bad.where).toMatchObject({ line: 4, column: 'temp', got: '"Shut"' })
    const { frame } = await read(table(times), { timeZone: 'Europe/Berlin' })
    expect(iso(frame.timeMs)).toEqual(['2024-02-29T23:00', '2024-02-29T23:05', '2024-02-29T23:10'])
    const held = await read(`time,temp\n${times[0]},20.1\n${times[1]},20.3\n${times[2]},Shut\n`, {
      badCells: 'missing',
      missing: 'keep',
    })
    expect([...held.frame.values]).toEqual([20.1, 20.3, Number.NaN])
  })

  it('case 5: compact stamps are dates', async () => {
    const stamps = await read(table(['20240301000000', '20240301000500']))
    expect(iso(stamps.frame.timeMs)).toEqual(['2024-03-01T00:00', '2024-03-01T00:05'])
    const days = await read(table(['20240301', '20240302', '20240303']))
    expect(iso(days.frame.timeMs)).toEqual(['2024-03-01T00:00', '2024-03-02T00:00', '2024-03-03T00:00'])
  })

  it('case 6: days of a spreadsheet are dates, five minutes apart', async () => {
    const { frame } = await read(table(Array.from({ length: 12 }, (_, i) => (45_352 + i / 288).toFixed(8))))
    expect(iso(frame.timeMs)[0]).toBe('2024-03-01T00:00')
    expect(minutes(frame.timeMs).map(Math.round)).toEqual(Array.from({ length: 12 }, (_, i) => 5 * i))
  })

  it('case 7: AM and PM, and German dates, are read; a format that does not fit is named', async () => {
    const american = await read(table(['03/13/2024 12:00:00 AM', '03/13/2024 12:05:00 PM']))
    expect(iso(american.frame.timeMs)).toEqual(['2024-03-13T00:00', '2024-03-13T12:05'])
    const german = await read(table(['31.03.2024 00:00', '31.03.2024 00:05']))
    expect(iso(german.frame.timeMs)[1]).toBe('2024-03-31T00:05')
    const open = await refusal(table(['03/01/2024 12:00:00 AM', '03/01/2024 12:05:00 AM']))
    expect([open.code, open.message]).toEqual([
      'data-ambiguous-date',
      expect.stringContaining("--time-format '%d/%m/%Y %I:%M:%S %p'"),
    ])
    const wrong = await refusal(table(['31.03.2024 00:00']), { timeFormat: '%Y-%m-%d' })
    expect(`${wrong.message} ${wrong.remedy}`).toContain('--time-format')
    expect(wrong.message).not.toContain('ISO 8601')
  })

  it.each(['Zeitstempel', 'Date Time, GMT-04:00'])(
    'case 8: a German date in a column called %s is the time',
    async name => {
      const rows = Array.from({ length: 4 }, (_, i) => `31.03.2024 00:0${i}:00;20,${i}\n`)
      const { frame, timeColumn } = await read(`${name};temp\n${rows.join('')}`)
      expect([timeColumn, frame.channels, [...frame.values]]).toEqual([
        name,
        ['temp'],
        [20, 20.1, 20.2, 20.3],
      ])
      expect(iso(frame.timeMs)[0]).toBe(name === 'Zeitstempel' ? '2024-03-31T00:00' : '2024-03-31T04:00')
    },
  )

  it.each(['unixtime', 'timestamps', 'k'])(
    'case 9: epoch seconds in a column called %s are the time, and no healthy row is flagged',
    async name => {
      const epochs = (rows: string[][]) =>
        csv(
          changed(rows, ([time, ...cells], i) => [i < 0 ? name : String(Date.parse(time!) / 1000), ...cells]),
        )
      const { frame, timeColumn } = await read(epochs(healthy(0, 300)))
      expect([timeColumn, frame.channels, iso(frame.timeMs)[1]]).toEqual([
        name,
        ['temp', 'flow', 'level'],
        '2024-03-01T00:01',
      ])
      if (name !== 'unixtime') return
      file('unix.csv', epochs(healthy(0, 1500)))
      file('later.csv', epochs(healthy(1500, 2000)))
      await tt('train unix.csv --out unix')
      expect((await tt('detect later.csv --model unix')).stdout).toMatch(/^0 events; 0 of 490/)
    },
  )

  it('case 10: a date and a time of day in two columns are one time', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => {
      const [date, clock] = stamp(Date.UTC(2024, 2, 1, 23, 30) + i * MINUTE)
        .slice(0, 19)
        .split('T')
      return `${date},${clock},${i}\n`
    })
    for (const [date, clock] of [
      ['Date', 'Time'],
      ['Date', 'UTC Time'],
    ]) {
      const { frame } = await read(`${date},${clock},temp\n${rows.join('')}`)
      expect([frame.channels, minutes(frame.timeMs)]).toEqual([
        ['temp'],
        Array.from({ length: 60 }, (_, i) => i),
      ])
    }
  })

  it('case 11: year, month, day and hour are one time and no channels', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => {
      const at = new Date(Date.UTC(2024, 1, 28) + i * HOUR)
      return `${i + 1},${at.getUTCFullYear()},${at.getUTCMonth() + 1},${at.getUTCDate()},${at.getUTCHours()},${Math.sin(i)}\n`
    })
    const { frame } = await read(`No,year,month,day,hour,temp\n${rows.join('')}`)
    expect([frame.channels, frame.timeMs[59]! - frame.timeMs[0]!]).toEqual([['temp'], 59 * HOUR])
    expect(iso(frame.timeMs)[0]).toBe('2024-02-28T00:00')
  })
})

describe('clocks of public reports that change', () => {
  /** Ten minutes apart, on the clock of Berlin, over the night in which it is put back. */
  const instants = Array.from({ length: 720 }, (_, i) => Date.UTC(2024, 9, 25) + i * 10 * MINUTE)
  const berlin = new Intl.DateTimeFormat('sv', {
    timeZone: 'Europe/Berlin',
    dateStyle: 'short',
    timeStyle: 'medium',
  })
  const walls = instants.map(ms => berlin.format(ms))
  const zone = { timeZone: 'Europe/Berlin' }

  it('case 32: a wide table has all of its 720 instants', async () => {
    const { frame } = await read(csv([['time', 'a'], ...walls.map((wall, i) => [wall, i])]), zone)
    expect([...frame.timeMs]).toEqual(instants)
  })

  it('case 33: so has one with a row per reading, in CSV and in Parquet', async () => {
    const rows = walls.map((wall, i) => [wall, 't', i])
    const text = await read(csv([['time', 'sensor', 'value'], ...rows]), zone)
    const path = await parquet(
      'long.parquet',
      `select * from (values ${rows.map(([wall, , i]) => `(timestamp '${wall}', 't', ${i})`).join()}) as x(time, sensor, value)`,
    )
    for (const { frame } of [text, await readTable(path, zone)]) {
      expect([...frame.timeMs]).toEqual(instants)
      expect([...frame.values]).toEqual(instants.map((_, i) => i))
    }
  })

  it('case 34: the newest first, each reading keeps its instant', async () => {
    const rows = walls.map((wall, i) => [wall, i]).reverse()
    const { frame } = await read(csv([['time', 'a'], ...rows]), { ...zone, lateRows: 'sort' })
    expect([...frame.timeMs]).toEqual(instants)
    expect([...frame.values]).toEqual(instants.map((_, i) => i))
  })

  it('case 35: a logger on winter time has an offset for a zone, and the remedy names it', async () => {
    const winter = instants.map(ms =>
      stamp(ms + HOUR)
        .slice(0, 19)
        .replace('T', ' '),
    )
    const { frame } = await read(csv([['time', 'a'], ...winter.map((wall, i) => [wall, i])]), {
      timeZone: '+01:00',
    })
    expect([...frame.timeMs]).toEqual(instants)
    const skipped = ['2024-03-31 01:30', '2024-03-31 02:00', '2024-03-31 02:30', '2024-03-31 03:00'].map(
      (wall, i) => [wall, i],
    )
    const outcome = await read(csv([['time', 'a'], ...skipped]), zone).then(
      ({ notes }) => notes.join(),
      error => error.message,
    )
    expect(outcome).toContain('+01:00')
  })

  it('case 36: an hour that a faulty clock shows twice is refused, and the remedy reads it', async () => {
    const walls = ['02:00', '03:00', '03:30', '03:00', '03:30', '04:00'].map((wall, i) => [
      `2024-03-31T${wall}:00Z`,
      i,
    ])
    const text = csv([['time', 'a'], ...walls])
    expect((await refusal(text)).remedy).toContain('--late-rows sort')
    const { frame } = await read(text, { lateRows: 'sort', duplicateTimes: 'mean' })
    expect([...frame.values]).toEqual([0, 2, 3, 5])
  })

  it('case 37: an hour repeated with other values is refused by validate as by train', async () => {
    const rows = healthy(0, 400)
    const other = healthy(1000, 1060)
      .slice(1)
      .map((row, i) => [rows[241 + i]![0]!, ...row.slice(1)])
    file('twice.csv', csv([...rows.slice(0, 301), ...other, ...rows.slice(301)]))
    const validate = await tt('validate twice.csv')
    const train = await tt('train twice.csv --out m')
    expect([validate.code, train.code]).toEqual([3, 3])
    expect(train.stderr).toContain('--late-rows sort')
    expect(`${validate.stdout}${validate.stderr}`).toContain('--late-rows')
    await tt('validate twice.csv --late-rows sort --suggest s.yaml')
    expect((await tt('train twice.csv --config s.yaml --detector z-score --out m')).code).toBe(0)
  })

  it('case 38: --exclude, --from and --maintenance take times on the clock of --time-zone', async () => {
    const local = csv(changed(healthy(0, 1500), ([time, ...cells]) => [time!.replace('Z', ''), ...cells]))
    file('local.csv', local)
    const weights = async (exclude: string, out: string) => {
      const { code, stderr } = await tt(
        `train local.csv --time-zone Europe/Berlin --exclude ${exclude} --detector pca-q --out ${out}`,
      )
      expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
      return readFileSync(join(cwd, out, 'weights.safetensors')).toString('base64')
    }
    const times = await weights('2024-03-01T12:00..2024-03-01T14:00', 'a')
    expect(times).toEqual(await weights('720:840', 'b'))
    expect(times).not.toEqual(await weights('780:900', 'c'))
    const { stderr, code } = await tt(
      'validate local.csv --time-zone Europe/Berlin --from 2024-03-01T12:00 --output o.csv',
    )
    expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
    const days = await read(local, { ...zone, between: {}, resample: { cadenceMs: DAY } })
    expect(days.frame.timeMs.length).toBe(2)
  })
})
