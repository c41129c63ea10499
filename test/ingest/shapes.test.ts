import { describe, expect, it } from 'vitest'
import { caseFolder } from '../cases/world.js'

const { read, refusal } = caseFolder()
const START = Date.UTC(2024, 2, 13, 9, 5)
const at = (i: number) => new Date(START + i * 60_000).toISOString()
const rows = <T>(row: (i: number) => T, count = 30) => Array.from({ length: count }, (_, i) => row(i))
const a = (i: number) => Math.round(2000 + 300 * Math.sin(i / 3)) / 100
const b = (i: number) => Math.round(500 + 200 * Math.cos(i / 5)) / 100
const both = (count = 30) => rows(i => [a(i), b(i)], count).flat()
const json = (document: unknown, options = {}) => read(JSON.stringify(document), options, 'x.json')
const refused = (document: unknown) => refusal(JSON.stringify(document), {}, 'x.json')

describe('an answer of the PI Web API', () => {
  const flags = { Good: true, Questionable: false, Substituted: false, Annotated: false }
  const item = (i: number, value: unknown, more = {}) => ({
    Timestamp: at(i),
    UnitsAbbreviation: 'bar',
    Value: value,
    ...flags,
    ...more,
  })

  it('of one stream is a table of times and values', async () => {
    const { frame } = await json({ Links: {}, Items: rows(i => item(i, a(i))), UnitsAbbreviation: 'bar' })
    expect(frame.channels).toEqual(['Value'])
    expect([...frame.values]).toEqual(rows(a))
    expect(frame.timeMs[0]).toBe(START)
  })

  it('of several streams has one channel each, joined by their times', async () => {
    const stream = (name: string, value: (i: number) => number) => ({
      WebId: `W${name}`,
      Name: name,
      Path: `\\\\PI\\${name}`,
      Items: rows(i => item(i, value(i))),
    })
    const { frame } = await json({ Links: {}, Items: [stream('TI101', a), stream('PI102', b)] })
    expect(frame.channels).toEqual(['TI101', 'PI102'])
    expect([...frame.values]).toEqual(both())
  })

  it('of a summary has its samples one level deeper', async () => {
    const { frame } = await json({ Items: rows(i => ({ Type: 'Average', Value: item(i, a(i)) })) })
    expect([...frame.values]).toEqual(rows(a))
  })

  it('takes states of the system and readings that are not good for missing, and counts them', async () => {
    const state = { Name: 'No Data', Value: 248, IsSystem: true }
    const value = (i: number) => (i === 3 ? state : a(i))
    const document = { Items: rows(i => item(i, value(i), i === 5 ? { Good: false } : {})) }
    expect(await refused(document)).toMatchObject({ code: 'data-missing-value' })
    const { frame, summary } = await json(document, { missing: 'keep' })
    expect([...frame.values].flatMap((one, i) => (Number.isNaN(one) ? [i] : []))).toEqual([3, 5])
    expect(summary.assumptions.join()).toContain('2 readings that are not good are taken as missing')
  })
})

describe('SenML', () => {
  const seconds = START / 1000
  it('is read with its base name, base time and base value, one channel per name', async () => {
    const pack = [
      { bn: 'urn:dev:pump1/', bt: seconds, bv: 1, n: 'temp', u: 'Cel', v: a(0) - 1 },
      { n: 'press', bv: 0, u: 'bar', v: b(0) },
      ...rows(i => i + 1, 29).flatMap(i => [
        { n: 'temp', t: i * 60, v: a(i) },
        { n: 'press', t: i * 60, v: b(i) },
      ]),
    ]
    const { frame } = await json(pack)
    expect(frame.channels).toEqual(['urn:dev:pump1/temp', 'urn:dev:pump1/press'])
    expect([...frame.values].map(value => Math.round(value * 100) / 100)).toEqual(both())
    expect([frame.timeMs[0], frame.timeMs[29]]).toEqual([START, START + 29 * 60_000])
  })

  it('in packs of one line each starts anew in each pack; true and false are 1 and 0', async () => {
    const line = (i: number) =>
      JSON.stringify([
        { bn: 'pump1:', bt: seconds + i * 60, n: 'temp', v: a(i) },
        { n: 'on', vb: i % 7 > 2 },
      ])
    const { frame } = await read(`${rows(line).join('\n')}\n`, {}, 'x.ndjson')
    expect(frame.channels).toEqual(['pump1:temp', 'pump1:on'])
    expect([...frame.values.slice(0, 8)]).toEqual([a(0), 0, a(1), 0, a(2), 0, a(3), 1])
  })

  it('whose times are relative to its arrival has no times of day', async () => {
    const error = await refused(rows(i => ({ bn: 'pump1:', n: 'temp', t: -60 * (30 - i), v: a(i) })))
    expect(error).toMatchObject({ code: 'data-not-a-table' })
    expect(error.message).toContain('bt')
  })
})

describe('an answer of Azure Data Explorer', () => {
  const columns = ['Timestamp', 'temp', 'press'].map(ColumnName => ({ ColumnName, DataType: 'Double' }))
  const table = { TableName: 'Table_0', Columns: columns, Rows: rows(i => [at(i), a(i), b(i)]) }
  const other = { TableName: 'Table_1', Columns: [{ ColumnName: 'Value' }], Rows: [['{}']] }
  it('of its first version is its first table', async () => {
    const { frame } = await json({ Tables: [table, other] })
    expect(frame.channels).toEqual(['temp', 'press'])
    expect([...frame.values]).toEqual(both())
  })

  it('of its second version is its primary result', async () => {
    const frames = [
      { FrameType: 'DataSetHeader', Version: 'v2.0' },
      { FrameType: 'DataTable', TableKind: 'QueryProperties', ...other },
      { FrameType: 'DataTable', TableKind: 'PrimaryResult', ...table },
      { FrameType: 'DataSetCompletion', HasErrors: false },
    ]
    expect([...(await json(frames)).frame.values]).toEqual(both())
  })
})

describe('lines of Loki', () => {
  const stream = (line: (i: number) => string) => ({
    status: 'success',
    data: {
      resultType: 'streams',
      result: [{ stream: { app: 'pump' }, values: rows(i => [`${START + i * 60_000}000000`, line(i)]) }],
    },
  })
  it('are texts and are refused with the query that gives numbers', async () => {
    const error = await refused(stream(i => `level=info temp=${a(i)}`))
    expect(error).toMatchObject({ code: 'data-log-lines' })
    expect(error.remedy).toContain('{app="pump"} | logfmt | unwrap')
    const long = stream(i => `level=info temp=${a(i)} ${'x'.repeat(4000)}`)
    expect(await refused(long)).toMatchObject({ code: 'data-log-lines' })
  })
})
