import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { openEngine, sqlText } from '../../src/engine/index.js'
import { type ReadTableOptions, readTable, readTables, type TableSource } from '../../src/ingest/index.js'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'telltale-sources-')))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string) => join(folder, name)
function file(name: string, content: string | Buffer): string {
  writeFileSync(at(name), content)
  return at(name)
}
const failure = (source: TableSource, options?: ReadTableOptions) =>
  readTable(source, options).then(
    () => expect.fail('the table was read'),
    error => error,
  )
async function copyTo(name: string, query: string, how = ''): Promise<string> {
  const engine = await openEngine({ files: [at(name)] })
  await engine.run(`copy (${query}) to ${sqlText(at(name))} ${how}`)
  engine.close()
  return at(name)
}

const start = Date.UTC(2024, 0, 1)
const CSV = 'time,a,b\n2024-01-01T00:00:00Z,1,2\n2024-01-01T00:00:05Z,3,4.5\n'
const NDJSON =
  '{"time":"2024-01-01T00:00:00Z","a":1,"b":2}\n{"b":"4.5","a":3,"time":"2024-01-01T00:00:05Z"}\n'
const ROWS =
  "(values (timestamp '2024-01-01 00:00:00', 1, 2.0), (timestamp '2024-01-01 00:00:05', 3, 4.5)) t(time, a, b)"

describe('readTable', () => {
  const forms: [string, () => string | Promise<string>][] = [
    ['Parquet', () => copyTo('t.parquet', `from ${ROWS}`)],
    [
      'Parquet with the zone in the type',
      () => copyTo('z.parquet', `select time::timestamptz as time, a, b from ${ROWS}`),
    ],
    [
      'Parquet of integers, decimals and floats',
      () =>
        copyTo(
          'n.parquet',
          `select epoch_ms(time) as time, a::utinyint as a, b::decimal(4, 1) as b from ${ROWS}`,
        ),
    ],
    ['Parquet under another ending', () => copyTo('t.bin', `from ${ROWS}`, '(format parquet)')],
    ['NDJSON', () => file('t.ndjson', NDJSON)],
    ['NDJSON under an unknown ending', () => file('t.log', NDJSON)],
    ['JSON', () => file('t.json', `[${NDJSON.trim().replace('\n', ',\n')}]`)],
    ['gzipped NDJSON', () => file('t.jsonl.gz', gzipSync(NDJSON))],
    ['gzip under any name', () => file('t.data', gzipSync(CSV))],
    [
      'zstd',
      () =>
        copyTo(
          't.csv.zst',
          `select strftime(time, '%Y-%m-%dT%H:%M:%SZ') as time, a, b from ${ROWS}`,
          '(compression zstd)',
        ),
    ],
  ]
  it.each(forms)('reads %s like CSV', async (_, make) => {
    const { frame, timeColumn } = await readTable(await make())
    expect(timeColumn).toBe('time')
    expect([...frame.timeMs]).toEqual([start, start + 5000])
    expect(frame.channels).toEqual(['a', 'b'])
    expect([...frame.values]).toEqual([1, 2, 3, 4.5])
  })

  it('takes true and false of Parquet for 1 and 0', async () => {
    const { frame } = await readTable(await copyTo('flags.parquet', 'select x > 1 as a from range(4) t(x)'))
    expect([...frame.values]).toEqual([0, 0, 1, 1])
  })

  it('reads standard input, whatever it holds, and keeps nothing of it', async () => {
    for (const content of [Buffer.from(CSV), gzipSync(CSV), Buffer.from(NDJSON)]) {
      const { frame } = await readTable('-', {
        input: Readable.from([content.subarray(0, 7), content.subarray(7)]),
      })
      expect([...frame.values]).toEqual([1, 2, 3, 4.5])
    }
    expect((await failure('-', { input: Readable.from([]) })).code).toBe('data-empty')
  })

  it('names every key of a JSON table, and a key that is not there is missing', async () => {
    const path = file('keys.ndjson', '{"a":1}\n{"a":2,"late":3}\n')
    const error = await failure(path)
    expect([error.code, error.where.line, error.where.column]).toEqual(['data-missing-value', 1, 'late'])
    const { frame, summary } = await readTable(path, { missing: 'keep' })
    expect([...frame.values]).toEqual([1, Number.NaN, 2, 3])
    expect(summary.missingCells).toMatchObject({ count: 1, places: [{ row: 0, column: 'late' }] })
  })

  it('keeps the rows of many row groups with numbers as text in order', async () => {
    const rows =
      "select (i * 7 % 1001)::varchar as a, if(i % 1000 = 7, 'n/a', (i * 2003 % 5009)::varchar) as b from range(20000) t(i)"
    const path = await copyTo('groups.parquet', rows, '(format parquet, row_group_size 2048)')
    for (let k = 0; k < 8; k++) {
      const { frame } = await readTable(path, { missing: 'keep' })
      expect(frame.values).toHaveLength(40_000)
      const wanted = (i: number, c: number) =>
        c === 0 ? (i * 7) % 1001 : i % 1000 === 7 ? Number.NaN : (i * 2003) % 5009
      const wrong = frame.values.findIndex((value, at) => !Object.is(value, wanted(at >> 1, at % 2)))
      expect(wrong).toBe(-1)
    }
  })

  it('is read alike from a file whose scan begins when it is opened, and by a query', async () => {
    const time = "timestamp '2024-01-01' + interval (i * 10) second"
    const cells =
      'i % 3 = 0 as on_off, sin(i)::float as single, if(i % 50 = 3, null, cos(i)) as gaps, 1000 * i as total, if(i = 9, 1, 0) as label'
    const cases: ReadTableOptions[] = [
      {},
      { channels: ['gaps', 'single'] },
      { roles: { label: 'ignore' }, rename: { gaps: 'g' } },
    ]
    const stamps = [`${time} as time`, `(${time})::timestamptz as time`, `epoch_ms(${time}) as time`]
    for (const [k, stamp] of stamps.entries()) {
      const path = await copyTo(`begun-${k}.parquet`, `select ${stamp}, ${cells} from range(9000) t(i)`)
      for (const options of cases) {
        const how = { missing: 'keep', ...options } as const
        const file = await readTable(path, how)
        const query = await readTable(
          { query: `select * from ${sqlText(path)}` },
          { ...how, roots: [folder] },
        )
        expect(file.frame).toEqual(query.frame)
        expect(file.summary.columns).toEqual(query.summary.columns)
      }
      expect((await failure(path, { channels: ['absent'] })).code).toBe('data-column-missing')
    }
  })

  it('takes a column of 0 and 1 with missing values for no label, and a time outside of the calendar for a fault', async () => {
    const time = "timestamp '2024-01-01' + interval (i) second as time"
    const rows = `select ${time}, sin(i) as a, if(i = 3, null, (i = 2)::int) as label from range(9) t(i)`
    expect((await readTable(await copyTo('null-label.parquet', rows))).labels).toBeUndefined()
    const far = await copyTo('far.parquet', "select timestamp '290000-01-01' as time, 1.5 as a")
    const query = await failure({ query: `select * from ${sqlText(far)}` }, { roots: [folder] })
    expect((await failure(far)).code).toBe(query.code)
  })

  it('names row and column of a cell of Parquet that is no number', async () => {
    const path = await copyTo('text.parquet', "select * from (values ('1', 2.0), ('x', 3.0)) t(a, b)")
    const error = await failure(path)
    expect([error.code, error.where.line, error.where.column, error.where.got]).toEqual([
      'data-bad-cell',
      2,
      'a',
      '"x"',
    ])
    const infinite = await copyTo(
      'inf.parquet',
      "select case when x = 2 then 'inf'::double else x end as a from range(4) t(x)",
    )
    expect((await failure(infinite)).where).toMatchObject({ line: 3, column: 'a' })
  })
})

describe('a folder or a pattern', () => {
  mkdirSync(at('days'))
  for (const day of [10, 2, 1]) file(`days/day-${day}.csv`, `time,a,b\n2024-01-${day}T00:00:00Z,${day},0\n`)
  file('days/notes.md', 'not a table')
  file('days/.hidden.csv', 'not a table')

  it('is read in the natural order of the names', async () => {
    for (const source of [at('days'), at('days/day-*.csv'), at('da?s/*.csv')]) {
      const { frame, summary } = await readTable(source, { channels: ['a'] })
      expect([...frame.values]).toEqual([1, 2, 10])
      expect(summary.files.map(({ file }) => file.slice(-9))).toEqual(['day-1.csv', 'day-2.csv', 'ay-10.csv'])
    }
  })

  it('joins files whose columns are in another order, and refuses other columns', async () => {
    mkdirSync(at('mixed'))
    file('mixed/1.csv', 'time,a,b\n2024-01-01,1,2\n')
    file('mixed/2.csv', 'b;a;time\n4;3;2024-01-02\n')
    expect([...(await readTable(at('mixed'))).frame.values]).toEqual([1, 2, 3, 4])
    file('mixed/3.csv', 'time,a,c\n2024-01-03,1,2\n')
    const error = await failure(at('mixed'))
    expect([error.code, error.where.file]).toEqual(['data-files-differ', at('mixed/3.csv')])
    expect(error.message).toContain('it has no column b')
  })

  it('gives the line of the file in which time goes back', async () => {
    mkdirSync(at('back'))
    file('back/1.csv', 'time,a\n2024-01-02,1\n')
    file('back/2.csv', 'time,a\n2024-01-03,1\n2024-01-01,2\n')
    const error = await failure(at('back'))
    expect(error.where).toMatchObject({ file: at('back/2.csv'), line: 3, reason: 'the time goes backwards' })
  })

  it('counts rows through all files', async () => {
    const { frame } = await readTable(at('days'), { rows: { start: 1, end: 3 } })
    expect(frame.timeMs.length).toBe(2)
  })

  it('is refused when nothing matches', async () => {
    expect((await failure(at('days/*.parquet'))).code).toBe('file-not-found')
    mkdirSync(at('empty'))
    expect((await failure(at('empty'))).code).toBe('data-no-tables')
  })
})

describe('the allowed roots', () => {
  mkdirSync(at('open'))
  mkdirSync(at('closed'))
  file('open/a.csv', CSV)
  file('closed/a.csv', CSV)
  symlinkSync(at('closed/a.csv'), at('open/link.csv'))

  it('hold for files, also through links and dots', async () => {
    const roots = [at('open')]
    expect((await readTable(at('open/a.csv'), { roots })).frame.timeMs.length).toBe(2)
    for (const path of ['closed/a.csv', 'open/../closed/a.csv', 'open/link.csv']) {
      expect((await failure(`${folder}/${path}`, { roots })).code).toBe('path-outside')
    }
  })

  it('hold for queries', async () => {
    const query = (path: string) => ({ query: `select time, a from ${sqlText(at(path))}` })
    const { frame } = await readTable(query('open/a.csv'), { roots: [at('open')] })
    expect([...frame.values]).toEqual([1, 3])
    for (const path of ['closed/a.csv', 'open/../closed/a.csv']) {
      const { code, message } = await failure(query(path), { roots: [at('open')] })
      expect([code, message]).toEqual(['query-refused', expect.stringContaining('disabled by configuration')])
    }
  })
})

describe('a query', () => {
  file('q.csv', 'time,machine,a\n2024-01-01,p1,1\n2024-01-02,p2,2\n2024-01-03,p1,3\n')
  const roots = [folder]
  const q = sqlText(at('q.csv'))

  it('gives the table that is read', async () => {
    const query = `select time, 2 * a as twice from ${q} where machine = 'p1' -- the end`
    const { frame } = await readTable({ query }, { roots })
    expect(frame.channels).toEqual(['twice'])
    expect([...frame.values]).toEqual([2, 6])
  })

  it.each([
    `copy (select 1) to '${at('out.csv')}'`,
    `select 1 as a; select 2 as a`,
    `attach '${at('x.db')}'`,
    'install httpfs',
    'load httpfs',
    'pragma database_list',
    'set threads = 1',
    'create table t as select 1 as a',
    'call pragma_version()',
    `export database '${at('x')}'`,
    "select 1 as a) to 'x'; copy (select 2 as a",
    'explain select 1',
    'selec 1',
    '',
  ])('is refused when it does anything but read: %s', async query => {
    expect((await failure({ query }, { roots })).code).toBe('query-refused')
  })

  it.each(["select * from read_csv('http://127.0.0.1:9/x.csv')", "select * from read_text('/etc/hostname')"])(
    'reaches neither the network nor another folder: %s',
    async query => {
      expect((await failure({ query }, { roots })).code).toBe('query-refused')
    },
  )
})

it('says that a sheet was asked for where no workbook is read', async () => {
  const { summary } = await readTable(file('no-sheets.csv', CSV), { sheet: 'Data' })
  expect(summary.assumptions).toContain('--sheet has no effect: no Excel workbook was read')
})

describe('a condition', () => {
  const path = file(
    'where.csv',
    'time,mode,a,b\n2024-01-01,on,1,2\n2024-01-02,off,,3\n2024-01-03,on,5,x\n2024-01-04,on,7,8\n',
  )
  const options = { ignoreColumns: ['mode'] }

  it('keeps the rows it holds for, and checks only those', async () => {
    const { frame } = await readTable(path, { channels: ['a'], where: "mode = 'on' and a > 1" })
    expect([...frame.values]).toEqual([5, 7])
    expect(frame.timeMs[0]).toBe(Date.UTC(2024, 0, 3))
  })

  it('sees the numbers of JSON and those of a text of Parquet, and NULL where there is none', async () => {
    const lines = [
      '{"time":"2024-01-01","mode":"on","a":1,"stored_0":"x"}',
      '{"time":"2024-01-02","mode":"off","a":9}',
      '{"time":"2024-01-03","mode":"on","a":"n/a"}',
      '{"time":"2024-01-04","mode":"on","a":"12"}',
    ]
    const how = { channels: ['a'], missing: 'keep', where: "mode = 'on' and a > 1" } as const
    const rows =
      "('2024-01-01', 'on', '1'), ('2024-01-02', 'off', '9'), ('2024-01-03', 'on', 'n/a'), ('2024-01-04', 'on', '12')"
    const paths = [
      file('where.ndjson', lines.join('\n')),
      await copyTo('where.parquet', `select * from (values ${rows}) t(time, mode, a)`),
    ]
    for (const path of paths) {
      const { frame } = await readTable(path, how)
      expect([...frame.values]).toEqual([12])
      expect(frame.timeMs[0]).toBe(Date.UTC(2024, 0, 4))
      expect((await readTable(path, { ...how, where: 'a is null' })).frame.values).toHaveLength(1)
    }
  })

  it('sees the readings of a long table as numbers, and names a column that is not there', async () => {
    const value = (i: number, tag: string) => (i === 3 ? 'Bad' : tag === 'p' ? i : 20.5 - i * i)
    const rows = [1, 2, 3, 4, 5, 6].flatMap(i =>
      ['p', 't'].map(tag => `${tag},2024-01-01T00:0${i}:00Z,${value(i, tag)},Good`),
    )
    const path = file('long-where.csv', ['Tag,Timestamp,Value,Quality', ...rows].join('\n'))
    const { frame } = await readTable(path, { where: "Value > 2 and Quality = 'Good'", missing: 'keep' })
    expect(frame.channels).toEqual(['p', 't'])
    expect([...frame.values]).toEqual([
      Number.NaN,
      19.5,
      Number.NaN,
      16.5,
      4,
      4.5,
      5,
      Number.NaN,
      6,
      Number.NaN,
    ])
    const error = await failure(path, { where: 'p > 2' })
    expect([error.code, error.where.name]).toEqual(['option-invalid', '--where'])
  })

  it('knows the lines of the rows that are left', async () => {
    const error = await failure(path, { channels: ['a'], where: "time > timestamp '2024-01-01 12:00'" })
    expect([error.code, error.where.line]).toEqual(['data-missing-value', 3])
  })

  it.each([
    'a >',
    'nothing = 1',
    "a > 1) union select * from read_text('/etc/hostname') --",
    '1 = 1); select (1',
  ])('is refused when it is none: %s', async where => {
    expect((await failure(path, { ...options, channels: ['a'], where })).code).toBe('option-invalid')
  })
})

describe('columns', () => {
  it('are renamed before anything else', async () => {
    const path = file('rename.csv', 'when,t1,t2\n2024-01-01,1,2\n')
    const rename = { when: 'time', t1: 'temperature' }
    const { frame, timeColumn } = await readTable(path, { rename, channels: ['temperature'] })
    expect([timeColumn, ...frame.channels]).toEqual(['time', 'temperature'])
    expect((await failure(path, { rename: { t3: 'x' } })).code).toBe('data-column-missing')
    expect((await failure(path, { rename: { t1: 't2' } })).code).toBe('data-duplicate-column')
  })

  it('are chosen, in the order in which they are named, whatever the others hold', async () => {
    const path = file('choose.csv', 'a,note,b\n1,hello,2\n')
    const { frame } = await readTable(path, { channels: ['b', 'a'] })
    expect(frame.channels).toEqual(['b', 'a'])
    expect([...frame.values]).toEqual([2, 1])
  })

  it('have a decimal comma when that is said', async () => {
    const path = file('comma.csv', 'a;b\n1,5;2\n-0,25;3\n')
    expect([...(await readTable(path, { decimal: ',' })).frame.values]).toEqual([1.5, 2, -0.25, 3])
  })
})

describe('devices', () => {
  const path = file(
    'devices.csv',
    'time,machine,a\n2024-01-01,p1,1\n2024-01-01,p2,10\n2024-01-02,p2,20\n2024-01-02,p1,2\n',
  )

  it('get one table each', async () => {
    const tables = await readTables(path, { deviceColumn: 'machine' })
    expect(tables.map(({ device, frame }) => [device, ...frame.values])).toEqual([
      ['p1', 1, 2],
      ['p2', 10, 20],
    ])
    expect(tables[0]!.notes).toEqual([])
  })

  it('are chosen by name; without a name several are an error', async () => {
    const { frame } = await readTable(path, { deviceColumn: 'machine', device: 'p2' })
    expect([...frame.values]).toEqual([10, 20])
    const error = await failure(path, { deviceColumn: 'machine' })
    expect([error.code, error.where.got]).toEqual(['data-many-devices', 'p1, p2'])
    expect((await failure(path, { deviceColumn: 'machine', device: 'p3' })).code).toBe('data-none-left')
  })
})

describe('a long table', () => {
  const LONG =
    'timestamp,device,sensor,value\n2024-01-01,p1,flow,1\n2024-01-01,p1,level,2\n2024-01-02,p1,level,4\n2024-01-02,p1,flow,3\n2024-01-01,p2,flow,5\n2024-01-01,p2,level,6\n'

  it('becomes a wide one per device, and says so', async () => {
    const tables = await readTables(file('long.csv', LONG))
    expect(tables.map(({ device, frame }) => [device, ...frame.channels, ...frame.values])).toEqual([
      ['p1', 'flow', 'level', 1, 2, 3, 4],
      ['p2', 'flow', 'level', 5, 6],
    ])
    expect([...tables[0]!.frame.timeMs]).toEqual([start, start + 86_400_000])
    expect(tables[0]!.notes.join()).toContain('sensor and value are taken as a reading per row: 2 channels')
  })

  it('is named by its columns, and sorted by time when it is sorted by sensor', async () => {
    const path = file(
      'tags.csv',
      'ts,which,x\n1700000000,b,1\n1700000005,b,2\n1700000000,a,3\n1700000005,a,4\n',
    )
    const { frame } = await readTable(path, { sensorColumn: 'which', valueColumn: 'x' })
    expect(frame.channels).toEqual(['a', 'b'])
    expect([...frame.values]).toEqual([3, 1, 4, 2])
    expect(frame.timeMs[0]).toBe(1_700_000_000_000)
  })

  it('has missing readings where a sensor is silent', async () => {
    const path = file('silent.csv', 'time,sensor,value\n2024-01-01,a,1\n2024-01-02,a,2\n2024-01-02,b,3\n')
    expect((await failure(path)).code).toBe('data-no-reading')
    const { frame } = await readTable(path, { missing: 'keep' })
    expect([...frame.values]).toEqual([1, Number.NaN, 2, 3])
  })

  it.each([
    ['first', 1],
    ['last', 3],
    ['mean', 2],
    ['keep', 3],
  ] as const)(
    'joins readings that are there twice by the policy %s, and counts them',
    async (duplicateTimes, value) => {
      const path = file('twice.csv', 'time,sensor,value\n2024-01-01,a,1\n2024-01-01,a,3\n')
      const { frame, notes } = await readTable(path, { duplicateTimes })
      expect([...frame.values]).toEqual([value])
      expect(notes.join()).toContain('1 reading was there more than once')
      expect((await failure(path, { duplicateTimes: 'error' })).code).toBe('data-duplicate-reading')
    },
  )
})
