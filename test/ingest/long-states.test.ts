import { describe, expect, it } from 'vitest'
import { caseFolder, MINUTE, stamp } from '../cases/world.js'

const { file, read, refusal, done, json } = caseFolder()
const START = Date.UTC(2024, 2, 13)
const wave = (i: number, k: number) =>
  (20 + 3 * Math.sin(i / 9 + k) + (((i + k) * 7919) % 97) / 400).toFixed(3)
/** The last mode comes after the first rows, which alone are sampled. */
const MODES = ['AUTO', 'MANUAL', 'SERVICE']
const modeAt = (i: number) => (i === 500 ? MODES[2]! : MODES[i % 60 < 30 ? 0 : 1]!)
interface Form {
  readonly head?: string
  readonly time?: (ms: number) => string
  readonly more?: string
  readonly mode?: (i: number) => string
}
const long = (rows: number, { head = 'time,tag,value', time = stamp, more = '', mode = modeAt }: Form = {}) =>
  `${head}\n${Array.from({ length: rows }, (_, i) => {
    const at = time(START + i * MINUTE)
    return `${at},temp,${wave(i, 0)}${more}\n${at},mode,${mode(i)}${more}\n${at},flow,${wave(i, 1)}${more}\n`
  }).join('')}`
const german = (ms: number) => stamp(ms).replace(/(\d+)-(\d+)-(\d+)T(.*)Z/, '$3.$2.$1 $4')
const STATES = MODES.map(mode => `mode=${mode}`)
const codes = (values: ArrayLike<number>, width: number, first: number) =>
  [0, 40, 500].map(i => MODES.map((_, k) => values[i * width + first + k]))

describe('a sensor of texts in a table with a reading per row', () => {
  it.each<[string, Form]>([
    ['times that the engine reads', {}],
    ['times that it does not', { time: german }],
    ['numbers of seconds', { time: ms => String(ms / 1000) }],
  ])('becomes states where it is asked for, with %s', async (_, form) => {
    const { frame, columns, derived, notes } = await read(long(600, form), { roles: { mode: 'state' } })
    expect(frame.channels).toEqual(['flow', ...STATES, 'temp'])
    expect(codes(frame.values, 5, 1)).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ])
    expect([columns.length, derived.length]).toEqual([3, 3])
    expect(notes.join('\n')).toContain('computed channels: mode as mode=AUTO, mode=MANUAL, mode=SERVICE')
  })

  it('of whole numbers is one as well', async () => {
    const { frame } = await read(long(100, { mode: i => String(i % 3) }), { roles: { mode: 'state' } })
    expect(frame.channels).toEqual(['flow', 'mode=0', 'mode=1', 'mode=2', 'temp'])
  })

  it('is left out otherwise, with the option that takes it', async () => {
    const { frame, notes } = await read(long(100))
    expect(frame.channels).toEqual(['flow', 'temp'])
    expect(notes.join('\n')).toContain(`such as mode: --role 'mode=state' takes its texts as states`)
  })

  it('may be missing', async () => {
    const text = long(100, { mode: i => (i === 40 ? '' : modeAt(i)) })
    const { frame } = await read(text, { roles: { mode: 'state' }, missing: 'keep' })
    expect([...frame.values.subarray(40 * 4 + 1, 40 * 4 + 3)]).toEqual([Number.NaN, Number.NaN])
  })

  it('is read again as in the training, also by files that lack a state', async () => {
    const history = await read(long(600), { roles: { mode: 'state' } })
    const later = { expectChannels: history.frame.channels, derived: history.derived }
    const { frame } = await read(long(50, { mode: () => 'MANUAL' }), later)
    expect(frame.channels).toEqual(history.frame.channels)
    expect([...frame.values.subarray(1, 4)]).toEqual([0, 1, 0])
    file('history.csv', long(900))
    file('later.csv', long(100, { mode: () => 'MANUAL' }))
    await done(['train', 'history.csv', '--role', 'mode=state', '--detector', 'z-score', '--out', 'm'])
    await done(['detect', 'later.csv', '--model', 'm', '--format', 'json', '--scores', 's.csv'])
    expect(json('m/manifest.json').channels).toEqual(['flow', ...STATES, 'temp'])
  }, 30_000)
})

describe('roles and channels of a table with a reading per row', () => {
  it('may be those of its sensors', async () => {
    const text = long(100)
    expect((await read(text, { channels: ['temp'] })).frame.channels).toEqual(['temp'])
    expect((await read(text, { roles: { temp: 'ignore' } })).frame.channels).toEqual(['flow'])
    expect((await read(text, { roles: { temp: 'counter' } })).frame.channels).toEqual(['flow', 'temp.rate'])
    expect(await refusal(text, { roles: { speed: 'state' } })).toMatchObject({
      code: 'data-column-missing',
      message: expect.stringContaining('it has time, flow, temp'),
    })
  })

  it('may be those of columns beside them', async () => {
    const text = long(100, { head: 'time,tag,value,machine', more: ',M1' })
    expect(await read(text, { roles: { machine: 'ignore' } })).toMatchObject({
      frame: { channels: ['flow', 'temp'] },
      summary: { deviceColumn: undefined },
    })
    expect((await read(text, { ignoreColumns: ['machine'] })).frame.channels).toEqual(['flow', 'temp'])
    expect((await read(text.replace('machine', 'hall'), { roles: { hall: 'device' } })).device).toBe('M1')
  })
})

describe('a reading that a table with a reading per row lacks', () => {
  const holed = (skip: (i: number, tag: string) => string | undefined, head = 'time,tag,value\n') =>
    `${head}${Array.from({ length: 100 }, (_, i) =>
      ['temp', 'flow']
        .map(tag => `${stamp(START + i * MINUTE)},${tag},${wave(i, 0)}\n`)
        .map((line, k) => skip(i, ['temp', 'flow'][k]!) ?? line)
        .join(''),
    ).join('')}`
  const at = stamp(START + 60 * MINUTE)
  const empty = holed((i, tag) => (i === 60 && tag === 'flow' ? `${at},flow,\n` : undefined))

  it('is named by the line that it is empty in', async () => {
    expect(await refusal(empty)).toMatchObject({
      code: 'data-missing-value',
      where: { line: 123, column: 'flow' },
    })
    expect(
      await refusal(empty, { resample: { cadenceMs: MINUTE, aggregate: 'mean', toleranceMs: 0 } }),
    ).toMatchObject({
      code: 'data-missing-value',
      where: { line: 123, column: 'flow' },
    })
    // Rows that a condition leaves out are lines all the same.
    expect(await refusal(empty, { where: `time >= '2024-03-13T00:30:00Z'` })).toMatchObject({
      where: { line: 123, column: 'flow' },
    })
  })

  it('is named by the time where there is no line of it', async () => {
    const absent = holed((i, tag) => (i === 60 && tag === 'flow' ? '' : undefined))
    expect(await refusal(absent)).toMatchObject({
      code: 'data-no-reading',
      message: expect.stringContaining('flow has no reading at 2024-03-13T01:00:00.000Z'),
    })
    const { notes } = await read(absent, { missing: 'keep' })
    expect(notes.join('\n')).toContain('1 reading is missing, first at 2024-03-13T01:00:00.000Z, column flow')
  })

  it('is named by its line where it is no number, and where its time is none', async () => {
    const where = { where: `tag <> 'speed'` }
    const bad = holed((i, tag) => (i === 60 && tag === 'flow' ? `${at},flow,x1\n` : undefined))
    expect(await refusal(bad)).toMatchObject({ code: 'data-bad-cell', where: { line: 123 } })
    expect(await refusal(bad, where)).toMatchObject({ code: 'data-bad-cell', where: { line: 123 } })
    const noTime = holed((i, tag) => (i === 60 && tag === 'flow' ? `,flow,2\n` : undefined))
    expect(await refusal(noTime)).toMatchObject({ code: 'data-bad-time', where: { line: 123 } })
  })
})
