import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { REASONS } from '../../src/core/contracts.js'
import { type Frame, sliceFrame } from '../../src/core/frame.js'
import {
  checkOutputFormat,
  openEvents,
  openScores,
  writeEvents,
  writeFrame,
  writeScores,
} from '../../src/emit/index.js'
import { openEngine } from '../../src/engine/index.js'
import { readTable } from '../../src/ingest/index.js'

const folder = mkdtempSync(join(tmpdir(), 'telltale-emit-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string) => join(folder, name)
const text = (name: string) => readFileSync(at(name), 'utf8')

const start = Date.UTC(2024, 0, 1)
const frame: Frame = {
  timeMs: Float64Array.of(start, start + 5000, start + 10_000, start + 15_000),
  timeKind: 'utc',
  values: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  channels: ['a', 'b,c'],
}
const index: Frame = { ...frame, timeMs: Float64Array.of(0, 1, 2, 3), timeKind: 'index' }
const scores = {
  frame,
  score: Float32Array.of(Number.NaN, 0.5, 1.25, 0.1),
  pValue: Float32Array.of(Number.NaN, 0.25, 0.01, 1),
  severity: Float32Array.of(Number.NaN, 0, 11, 0),
  flag: Uint8Array.of(0, 0, 1, 0),
  reason: Uint8Array.of(REASONS.indexOf('warm-up'), 0, 0, 0),
  residual: Float32Array.of(Number.NaN, Number.NaN, 0.25, 0.75, 1, 0, 0.1, 0.9),
}
const events = [
  {
    id: '=e1',
    start: 2,
    end: 4,
    onset: 2,
    peak: 3,
    times: {
      startMs: start + 10_000,
      lastMs: start + 15_000,
      onsetMs: start + 10_000,
      peakMs: start + 15_000,
    },
    score: 1.25,
    pValue: 0.01,
    severity: 63.456,
    channels: [
      { name: '@a', share: 0.7512 },
      { name: 'b,c', share: 0.2488 },
    ],
    explanation: { kind: 'drift', verdict: 'sensor', reason: 'it grew', sentence: '=flow, drifted' },
  },
]

const table = { events, timeKind: 'utc', stepMs: 5000 } as const
const numbered = {
  events: events.map(event => ({ ...event, times: { startMs: 2, lastMs: 3, onsetMs: 2, peakMs: 3 } })),
  timeKind: 'index',
} as const

class Collector extends Writable {
  text = ''
  override _write(chunk: Buffer, _: string, done: () => void) {
    this.text += chunk.toString()
    done()
  }
}

describe('checkOutputFormat', () => {
  it.each([
    ['a.csv', 'csv'],
    ['a.b.JSONL', 'jsonl'],
    ['x/y.ndjson', 'jsonl'],
    ['-', 'csv'],
  ])('reads the format of %s from its ending', (file, format) => expect(checkOutputFormat(file)).toBe(format))

  it.each(['scores.xlsx', 'scores', '.csv'])('refuses %s and names the supported extensions', file => {
    expect(() => checkOutputFormat(file)).toThrow(/expected .csv, .jsonl, .ndjson/)
  })
})

describe('writeScores', () => {
  it('writes one row per sample with empty cells where nothing was scored', async () => {
    await writeScores(at('scores.csv'), scores)
    expect(text('scores.csv').split('\n')).toEqual([
      'time,score,p_value,severity,flag,reason,residual:a,"residual:b,c"',
      '2024-01-01T00:00:00.000Z,,,,0,warm-up,,',
      '2024-01-01T00:00:05.000Z,0.5,0.25,0,0,,0.25,0.75',
      '2024-01-01T00:00:10.000Z,1.25,0.01,11,1,,1,0',
      '2024-01-01T00:00:15.000Z,0.1,1,0,0,,0.1,0.9',
      '',
    ])
  })

  it('names every reason by its text', async () => {
    const reason = Uint8Array.of(1, 2, 3, 4)
    await writeScores(at('reasons.csv'), { ...scores, reason })
    const rows = text('reasons.csv').trimEnd().split('\n').slice(1)
    expect(rows.map(row => row.split(',')[5])).toEqual(['warm-up', 'stride', 'missing', 'order'])
    await writeScores(at('reasons.jsonl'), { ...scores, reason })
    const lines = text('reasons.jsonl').trimEnd().split('\n')
    expect(lines.map(line => JSON.parse(line).reason)).toEqual(REASONS.slice(1))
  })

  it('writes the same as JSON lines, with null where nothing was scored', async () => {
    await writeScores(at('scores.jsonl'), scores)
    const rows = text('scores.jsonl').trimEnd().split('\n')
    expect(JSON.parse(rows[0]!)).toEqual({
      time: '2024-01-01T00:00:00.000Z',
      score: null,
      p_value: null,
      severity: null,
      flag: 0,
      reason: 'warm-up',
      'residual:a': null,
      'residual:b,c': null,
    })
    expect(JSON.parse(rows[3]!)).toMatchObject({ score: 0.1, 'residual:b,c': 0.9 })
    expect(rows.length).toBe(4)
  })

  it('writes row numbers for a frame without times', async () => {
    await writeScores(at('index.csv'), { ...scores, frame: index })
    expect(text('index.csv').split('\n')[4]).toBe('3,0.1,1,0,0,,0.1,0.9')
    await writeScores(at('index.ndjson'), { ...scores, frame: index })
    expect(JSON.parse(text('index.ndjson').split('\n')[3]!).time).toBe(3)
  })

  it('writes to a stream for -, in the format asked for', async () => {
    const stream = new Collector()
    await writeScores('-', scores, { stream, format: 'jsonl' })
    expect(stream.text.split('\n').length).toBe(5)
  })

  it('ends quietly when the reader of the stream went away, and reports any other failure', async () => {
    const failing = (code: string) =>
      new Writable({ write: (_, __, done) => done(Object.assign(new Error(code), { code })) })
    await writeScores('-', scores, { stream: failing('EPIPE') })
    await expect(writeScores('-', scores, { stream: failing('ENOSPC') })).rejects.toMatchObject({
      code: 'file-unwritable',
    })
  })

  it('leaves nothing behind when it cannot be written', async () => {
    const before = readdirSync(folder)
    await expect(writeScores(at('none/scores.csv'), scores)).rejects.toMatchObject({
      code: 'file-unwritable',
    })
    await expect(writeScores(at('scores.txt'), scores)).rejects.toMatchObject({ code: 'format-unknown' })
    expect(readdirSync(folder)).toEqual(before)
  })
})

describe('writeEvents', () => {
  it('writes times with an exclusive end, and guards text from being run as a formula', async () => {
    await writeEvents(at('events.csv'), table)
    expect(text('events.csv').split('\n')).toEqual([
      'id,start,end,onset,peak,score,p_value,severity,channels,kind,verdict,reason,sentence',
      "'=e1,2024-01-01T00:00:10.000Z,2024-01-01T00:00:20.000Z,2024-01-01T00:00:10.000Z,2024-01-01T00:00:15.000Z," +
        `1.25,0.01,63.46,"'@a:0.75;b,c:0.25",drift,sensor,it grew,"'=flow, drifted"`,
      '',
    ])
  })

  it('writes channels as objects in JSON lines, and text as it is', async () => {
    await writeEvents(at('events.jsonl'), numbered)
    expect(JSON.parse(text('events.jsonl'))).toEqual({
      id: '=e1',
      start: 2,
      end: 4,
      onset: 2,
      peak: 3,
      score: 1.25,
      p_value: 0.01,
      severity: 63.46,
      channels: [
        { name: '@a', share: 0.75 },
        { name: 'b,c', share: 0.25 },
      ],
      kind: 'drift',
      verdict: 'sensor',
      reason: 'it grew',
      sentence: '=flow, drifted',
    })
  })

  it('ends an event with its last sample where no time between samples is known', async () => {
    await writeEvents(at('no-step.jsonl'), { events, timeKind: 'utc' })
    expect(JSON.parse(text('no-step.jsonl'))).toMatchObject({
      start: '2024-01-01T00:00:10.000Z',
      end: '2024-01-01T00:00:15.000Z',
    })
  })

  it('leaves the cell of a p-value that is not known empty', async () => {
    const [{ pValue: _, ...unknown }] = events
    await writeEvents(at('unknown.csv'), { ...table, events: [unknown] })
    expect(text('unknown.csv')).toContain(',1.25,,63.46,')
    await writeEvents(at('unknown.jsonl'), { ...table, events: [unknown] })
    expect(JSON.parse(text('unknown.jsonl')).p_value).toBeNull()
  })

  it('writes only the header when there is no event', async () => {
    await writeEvents(at('none.csv'), { ...table, events: [] })
    expect(text('none.csv')).toBe(
      'id,start,end,onset,peak,score,p_value,severity,channels,kind,verdict,reason,sentence\n',
    )
    await writeEvents(at('none.jsonl'), { ...table, events: [] })
    expect(text('none.jsonl')).toBe('')
  })
})

describe('openEvents', () => {
  it('appends parts to what writeEvents would write at once', async () => {
    const second = { ...events[0]!, id: 'e2' }
    for (const name of ['event-parts.csv', 'event-parts.jsonl', 'event-parts.parquet']) {
      const writer = await openEvents(at(name), { timeKind: 'utc', stepMs: 5000 })
      await writer.write(events)
      await writer.write([])
      await writer.write([second])
      await writer.finish()
      await writeEvents(at(`whole-${name}`), { ...table, events: [...events, second] })
      expect(readFileSync(at(name)).equals(readFileSync(at(`whole-${name}`)))).toBe(true)
    }
  })

  it('leaves nothing behind when it is abandoned', async () => {
    const before = readdirSync(folder)
    const writer = await openEvents(at('abandoned.csv'), { timeKind: 'utc', stepMs: 5000 })
    await writer.write(events)
    await writer.abandon()
    expect(readdirSync(folder)).toEqual(before)
  })
})

describe('openScores', () => {
  it('appends parts to what writeScores would write at once', async () => {
    for (const name of ['parts.csv', 'parts.jsonl']) {
      const writer = await openScores(at(name), frame)
      for (const [start, end] of [
        [0, 1],
        [1, 4],
      ] as const) {
        await writer.write({
          frame: sliceFrame(frame, start, end),
          score: scores.score.subarray(start, end),
          pValue: scores.pValue.subarray(start, end),
          severity: scores.severity.subarray(start, end),
          flag: scores.flag.subarray(start, end),
          reason: scores.reason.slice(start, end),
          residual: scores.residual.subarray(start * 2, end * 2),
        })
      }
      await writer.finish()
      await writeScores(at(`whole-${name}`), scores)
      expect(text(name)).toBe(text(`whole-${name}`))
    }
  })

  it('leaves the old file as it was, and nothing else, when it is abandoned', async () => {
    await writeScores(at('kept.csv'), scores)
    const before = { names: readdirSync(folder), text: text('kept.csv') }
    const writer = await openScores(at('kept.csv'), frame)
    await writer.write(scores)
    await writer.abandon()
    expect({ names: readdirSync(folder), text: text('kept.csv') }).toEqual(before)
  })
})

describe('Parquet', () => {
  const rowsOf = async (name: string) => {
    const engine = await openEngine({ files: [at(name)] })
    try {
      return await engine.rows(`select * from read_parquet('${at(name)}')`)
    } finally {
      engine.close()
    }
  }

  it('holds scores with their types, null where nothing was scored', async () => {
    await writeScores(at('scores.parquet'), scores)
    const rows = await rowsOf('scores.parquet')
    expect(rows[0]).toEqual({
      time: '2024-01-01 00:00:00+00',
      score: null,
      p_value: null,
      severity: null,
      flag: 0,
      reason: 'warm-up',
      'residual:a': null,
      'residual:b,c': null,
    })
    expect(rows.map(row => row['residual:b,c']).slice(1)).toEqual([0.75, 0, 0.9].map(Math.fround))
  })

  it('holds scores that were written part by part, in row groups of bounded size', async () => {
    const n = 150_000
    const long: Frame = {
      timeMs: Float64Array.from({ length: n }, (_, i) => i),
      timeKind: 'index',
      values: new Float64Array(n),
      channels: ['a'],
    }
    const score = Float32Array.from({ length: n }, (_, i) => i / 7)
    const writer = await openScores(at('long.parquet'), long)
    for (let from = 0; from < n; from += 40_000) {
      const to = Math.min(n, from + 40_000)
      const own = score.subarray(from, to)
      const columns = { score: own, pValue: own, severity: own, residual: own }
      const flag = new Uint8Array(to - from)
      await writer.write({ ...columns, flag, reason: flag, frame: sliceFrame(long, from, to) })
    }
    await writer.finish()
    const engine = await openEngine({ files: [at('long.parquet')] })
    try {
      const groups = await engine.rows(
        `select max(row_group_num_rows)::int as most, count(*)::int as count from parquet_metadata('${at('long.parquet')}') where column_id = 0`,
      )
      expect(groups).toEqual([{ most: 122_880, count: 2 }])
      const kept = `count(*)::int as rows, min(time)::int as first, max(time)::int as last, bool_and(score = (time / 7)::float) as same`
      const [found] = await engine.rows(`select ${kept} from read_parquet('${at('long.parquet')}')`)
      expect(found).toEqual({ rows: n, first: 0, last: n - 1, same: true })
    } finally {
      engine.close()
    }
  })

  it('holds events with channels as a list', async () => {
    await writeEvents(at('events.parquet'), table)
    expect(await rowsOf('events.parquet')).toMatchObject([
      { id: '=e1', end: '2024-01-01 00:00:20+00', channels: [{ name: '@a', share: 0.75 }, { share: 0.25 }] },
    ])
  })

  it('holds a frame that is read back to the same table, missing readings included', async () => {
    const gaps = { ...frame, values: frame.values.map((x, i) => (i === 3 ? Number.NaN : x / 7)) }
    for (const name of ['gaps.parquet', 'gaps.ndjson', 'gaps.csv']) {
      await writeFrame(at(name), { frame: gaps, labels: Uint8Array.of(0, 1, 1, 0) })
      const { frame: read, labels } = await readTable(at(name), { missing: 'keep' })
      expect(read).toEqual(gaps)
      expect([...labels!]).toEqual([0, 1, 1, 0])
    }
  })
})

describe('writeFrame', () => {
  it('is read back to the same table', async () => {
    await writeFrame(at('frame.csv'), { frame, labels: Uint8Array.of(0, 1, 1, 0) })
    const { frame: read, labels } = await readTable(at('frame.csv'))
    expect(read).toEqual(frame)
    expect([...labels!]).toEqual([0, 1, 1, 0])
    await writeFrame(at('frame.csv'), { frame: index })
    expect((await readTable(at('frame.csv'))).frame).toEqual(index)
  })
})

describe('scores and events of several devices', () => {
  const other = sliceFrame(frame, 0, 2)
  const tables = [
    { ...table, device: 'mild, 1' },
    { ...table, events: [{ ...events[0]!, severity: 90 }], device: 'grave' },
  ]

  it.each(['csv', 'jsonl', 'parquet'])(
    'have the device in the first column as %s, the most severe event first',
    async ending => {
      const writer = await openScores(at(`fleet.${ending}`), { ...frame, devices: true })
      await writer.write({ ...scores, device: 'mild, 1' })
      await writer.write({ ...scores, frame: other, device: 'grave' })
      await writer.finish()
      await writeEvents(at(`fleet-events.${ending}`), tables)
      expect(await devicesIn(`fleet.${ending}`)).toEqual([
        'mild, 1',
        'mild, 1',
        'mild, 1',
        'mild, 1',
        'grave',
        'grave',
      ])
      expect(await devicesIn(`fleet-events.${ending}`)).toEqual(['grave', 'mild, 1'])
    },
  )

  it('have their header without any device or event', async () => {
    await writeEvents(at('none.csv'), [])
    expect(text('none.csv')).toBe(
      'device,id,start,end,onset,peak,score,p_value,severity,channels,kind,verdict,reason,sentence\n',
    )
  })

  async function devicesIn(name: string): Promise<unknown[]> {
    const engine = await openEngine({ files: [at(name)] })
    try {
      const rows = await engine.rows(`select * from '${at(name)}'`)
      expect(Object.keys(rows[0]!)[0]).toBe('device')
      return rows.map(row => row.device)
    } finally {
      engine.close()
    }
  }
})
