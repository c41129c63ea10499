import { describe, expect, it } from 'vitest'
import { influxLine } from '../../src/emit/influx.js'
import { parsePoint } from '../../src/ingest/shapes/line-protocol.js'
import { caseFolder } from '../cases/world.js'

const { read, refusal } = caseFolder()
const START = Date.UTC(2024, 2, 1)
const ROWS = 40
const at = (i: number) => START + i * 60_000
const a = (i: number) => 20 + (i % 7) / 4
const b = (i: number) => 5 - (i % 5) / 8
const comma = (value: number) => String(value).replace('.', ',')
const rows = (row: (i: number) => string) => Array.from({ length: ROWS }, (_, i) => row(i)).join('')
const times = Array.from({ length: ROWS }, (_, i) => at(i))
const column = (values: ArrayLike<number>, c: number, width: number) =>
  Array.from(values).filter((_, i) => i % width === c)
const A = Array.from({ length: ROWS }, (_, i) => a(i))
const B = Array.from({ length: ROWS }, (_, i) => b(i))

describe('line protocol', () => {
  it('reads every line that the sink writes', () => {
    const tags = { device: 'pump, 3 = new' }
    const fields = { 'flow rate': 1.5, on: true, note: 'a "b" c, d=e' }
    expect(parsePoint(influxLine('my m', tags, fields, 1000))).toEqual({
      measurement: 'my m',
      tags: [['device', 'pump, 3 = new']],
      fields: [
        ['flow rate', '1.5'],
        ['on', '1'],
      ],
      texts: ['note'],
      time: '1000',
    })
  })

  it.each(['temp=1 b=2', 'temp,1 2', 'm,tag f=1', 'm f=1 noon', 'm f=x', 'just text', '1,2 3=4 5 6'])(
    'is not %s',
    line => expect(parsePoint(line)).toBeUndefined(),
  )

  it('of one series is a table, its times in nanoseconds', async () => {
    const text = rows(i => `weather,location=us temp=${a(i)},hum=${i % 3}i,ok=T ${at(i)}000000\n`)
    const { frame, notes } = await read(text, {}, 'x.lp')
    expect(frame.channels).toEqual(['hum', 'ok', 'temp'])
    expect([...frame.timeMs]).toEqual(times)
    expect(column(frame.values, 2, 3)).toEqual(A)
    expect(column(frame.values, 1, 3).every(value => value === 1)).toBe(true)
    expect(notes.join('\n')).toContain('line protocol')
  })

  it('as influx_inspect exports it, a field after the other, is one table without its texts', async () => {
    const series = (field: string, value: (i: number) => unknown) =>
      rows(i => `m,host=h1 ${field}=${value(i)} ${at(i)}000000\n`)
    const text = `# DDL\nCREATE DATABASE plant WITH NAME autogen\n# DML\n# CONTEXT-DATABASE:plant\n${series('p', a)}${series('q', b)}${series('state', () => '"on, a=b"')}`
    const { frame, notes } = await read(text, {}, 'export.txt')
    expect(frame.channels).toEqual(['p', 'q'])
    expect(column(frame.values, 0, 2).slice(0, ROWS)).toEqual(A)
    expect(column(frame.values, 1, 2).slice(0, ROWS)).toEqual(B)
    expect(notes.join('\n')).toContain('fields that hold text are left out: state')
  }, 20_000)

  it('names a field by its measurement where two have it, and counts a last line that is cut', async () => {
    const text = `${rows(i => `pump value=${a(i)} ${at(i)}000000\nfan value=${b(i)} ${at(i)}000000\n`)}pump val`
    const { frame, summary } = await read(text)
    expect(frame.channels).toEqual(['fan.value', 'pump.value'])
    expect(summary.skippedRows.count).toBe(1)
  })

  it('with a line of another form is refused with its number, and so is one without a time', async () => {
    const text = rows(i => (i === 30 ? 'oops\n' : `m p=${a(i)} ${at(i)}000000\n`))
    expect(await refusal(text)).toMatchObject({ code: 'data-bad-line', where: { line: 31, got: '"oops"' } })
    expect(await refusal(rows(i => `m p=${a(i)}\n`))).toMatchObject({
      code: 'data-bad-line',
      where: { line: 1 },
    })
  })
})

describe('the text format of Prometheus', () => {
  it('of one scrape is refused by its name, with what to ask for', async () => {
    const scrape =
      '# HELP temp Of the bearing.\n# TYPE temp gauge\ntemp{site="a"} 21.5\ntemp{site="b"} 2.2e1\nup 1\n'
    for (const text of [scrape, scrape.replace('21.5', '21.5 1709251200000')])
      expect(await refusal(text, {}, 'metrics.txt')).toMatchObject({
        code: 'data-one-scrape',
        where: { count: 3 },
        remedy: expect.stringContaining('/api/v1/query_range'),
      })
  })

  it.each([
    ['ms', (i: number) => String(at(i)), ''],
    ['seconds of OpenMetrics', (i: number) => `${at(i) / 1000}.0`, '# EOF\n'],
  ])('over time is a table, in %s', async (_, time, end) => {
    const text = `# TYPE temp gauge\n${rows(i => `temp{job="x",site="a"} ${a(i)} ${time(i)}\ntemp{job="x",site="b\\"1\\""} ${b(i)} ${time(i)}\n`)}${end}`
    const { frame } = await read(text, {}, 'x.prom')
    expect(frame.channels).toEqual(['temp{site="a"}', 'temp{site="b"1""}'])
    expect([...frame.timeMs]).toEqual(times)
    expect(column(frame.values, 0, 2)).toEqual(A)
  })

  it('as promtool dumps it is a table, series after series', async () => {
    const text = ['a', 'b'].map(site =>
      rows(i => `{__name__="temp",site="${site}"} ${site === 'a' ? a(i) : b(i)} ${at(i)}\n`),
    )
    const { frame } = await read(text.join(''), {}, 'dump')
    expect(frame.channels).toEqual(['temp{site="a"}', 'temp{site="b"}'])
    expect(column(frame.values, 1, 2)).toEqual(B)
  })
})

const stamp = (i: number) => new Date(at(i)).toISOString()

describe('readings of one time and one name', () => {
  const mixed = (name: string, one: string, two: string) =>
    `time,${name},tag,value\n${rows(i => [one, two].map((id, k) => `${stamp(i)},${id},p,${a(i) + 100 * k}\n${stamp(i)},${id},q,${b(i) + 100 * k}\n`).join(''))}`

  it.each(['location', 'site', 'hall'])('that the column %s distinguishes ask for devices', async name => {
    const error = await refusal(mixed(name, 'north', 'south'))
    expect(error).toMatchObject({ code: 'data-mixed-readings', where: { count: 2 * ROWS } })
    expect(error.remedy).toContain(`--group-by '${name}'`)
    const { frame } = await read(mixed(name, 'north', 'south'), { deviceColumn: name, device: 'south' })
    expect(column(frame.values, 0, 2)).toEqual(A.map(value => value + 100))
  })

  it('of sensors that another column names ask for it', async () => {
    const text = `time,probe,tag,value\n${rows(i => `${stamp(i)},n,p,${a(i)}\n${stamp(i)},s,p,${b(i)}\n`)}`
    expect((await refusal(text)).remedy).toContain("--sensor-column 'probe'")
    const { frame } = await read(text, { sensorColumn: 'probe' })
    expect(frame.channels).toEqual(['n', 's'])
  })

  it('that only two columns distinguish ask for the names of both', async () => {
    const text = `time,core,room,tag,value\n${rows(i => ['0', '1'].flatMap(core => ['n', 's'].map(room => `${stamp(i)},c${core},${room},p,${a(i)}\n${stamp(i)},c${core},${room},q,${b(i)}\n`)).join(''))}`
    expect((await refusal(text)).remedy).toContain("--sensor-column 'core,room,tag'")
    const { frame } = await read(text, { sensorColumn: 'core,room,tag' })
    expect(frame.channels[0]).toBe('c0 n p')
    expect(frame.channels).toHaveLength(8)
  })

  it('that nothing distinguishes are copies: the last one counts', async () => {
    const text = `time,tag,quality,value\n${rows(i => `${stamp(i)},p,192,${a(i)}\n${stamp(i)},p,192,${b(i)}\n`)}`
    const { frame, notes } = await read(text)
    expect([...frame.values]).toEqual(B)
    expect(notes.join('\n')).toContain('the last one counts')
  })
})

describe('readings with units', () => {
  it.each([
    ['a point', (x: number) => String(x), ','],
    ['a comma', comma, ';'],
  ])('are numbers, each sensor with its own, with %s before the decimals', async (_, number, cut) => {
    const text = `time${cut}tag${cut}value\n${rows(i => `${stamp(i)}${cut}t${cut}${number(a(i))} °C\n${stamp(i)}${cut}p${cut}${number(b(i))} bar\n`)}`
    const { frame } = await read(text)
    expect(frame.channels).toEqual(['p', 't'])
    expect(column(frame.values, 1, 2)).toEqual(A)
    expect(column(frame.values, 0, 2)).toEqual(B)
  })

  it('of two kinds for one sensor are refused', async () => {
    const text = `time,tag,value\n${rows(i => `${stamp(i)},t,${a(i)} ${i % 9 ? '°C' : 'K'}\n${stamp(i)},p,1 bar\n`)}`
    const error = await refusal(text)
    expect(error).toMatchObject({ code: 'data-mixed-units', where: { sensor: 't', got: 'K and °C' } })
    const { frame } = await read(text, { where: "tag <> 't'" })
    expect(frame.channels).toEqual(['p'])
  })
})

describe('texts of JSON that are numbers', () => {
  const json = (row: (i: number) => object) => rows(i => `${JSON.stringify({ time: stamp(i), ...row(i) })}\n`)

  it('are read with a decimal comma, a unit, grouped thousands, and beside numbers', async () => {
    const text = json(i => ({ a: comma(a(i)), b: b(i), c: `${comma(b(i))} bar`, d: `1,${200 + i}.5` }))
    const { frame, columns, summary } = await read(text, {}, 'x.ndjson')
    expect(frame.channels).toEqual(['a', 'b', 'c', 'd'])
    expect(column(frame.values, 0, 4)).toEqual(A)
    expect(column(frame.values, 1, 4)).toEqual(B)
    expect(column(frame.values, 2, 4)).toEqual(B)
    expect(column(frame.values, 3, 4)).toEqual(Array.from({ length: ROWS }, (_, i) => 1200.5 + i))
    expect(columns.find(({ name }) => name === 'c')?.unit).toBe('bar')
    expect(summary.form.decimal).toBe(',')
  })

  it('are asked for where the comma may group thousands, and read by the option named', async () => {
    const text = json(i => ({ a: `20,${100 + i}` }))
    expect(await refusal(text, {}, 'x.ndjson')).toMatchObject({ code: 'data-ambiguous-number' })
    const { frame } = await read(text, { decimal: ',' }, 'x.ndjson')
    expect(frame.values[1]).toBe(20.101)
  })

  it('with one that is none name its row', async () => {
    const text = json(i => ({ a: i === 7 ? '2,x' : comma(a(i)), b: i }))
    expect(await refusal(text, {}, 'x.ndjson')).toMatchObject({
      code: 'data-bad-cell',
      where: { got: '"2,x"' },
    })
  })
})
