import { appendFileSync, createReadStream, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/core/state.js'
import { readTable } from '../../src/ingest/index.js'
import {
  createDecoder,
  type Message,
  openGrowingFile,
  parseMapping,
  placeOf,
  type SourceOptions,
  streamSource,
} from '../../src/sources/index.js'
import { scratchFolder } from '../cli/world.js'

const TIME = Date.UTC(2024, 0, 1)
const stamp = (i: number) => new Date(TIME + 10_000 * i).toISOString().slice(0, 19)
const row = (i: number, by = ',') => [stamp(i), `${20 + i / 8}`, `${i % 3}`].join(by)
const rows = (count: number, by = ',') => Array.from({ length: count }, (_, i) => row(i, by))
const table = (header: readonly string[], by = ',') => `${[...header, ...rows(12, by)].join('\n')}\n`

/** A reading of lines that keeps where each message came from, and what was noted. */
function reading() {
  const decode = createDecoder(parseMapping(['time=time']))
  const places: number[] = []
  const bad: string[] = []
  const notes: string[] = []
  const options: SourceOptions = {
    decode(raw) {
      const decoded = decode(raw)
      if ('messages' in decoded) places.push(raw.line ?? 0)
      return decoded
    },
    onBad: (raw, reason) => bad.push(`${placeOf(raw)}: ${reason}`),
    onNote: (_, text) => notes.push(text),
    capacity: 10_000,
    lines: 'auto',
    known: new Set(['time', 'temp', 'flow']),
  }
  return { options, places, bad, notes }
}

async function streamed(bytes: Buffer, size = bytes.length) {
  const { options, ...seen } = reading()
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  )
  const source = streamSource(Readable.from(chunks), options)
  const messages: Message[] = []
  for (let next = await source.take(100, 50); next !== undefined; next = await source.take(100, 50))
    messages.push(...next.messages)
  return { messages, ...seen }
}

const wide = (text: string, isBig: boolean) => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le')
  return isBig ? bytes.swap16() : bytes
}
const PLAIN = table(['time,temp,flow'])
const TEXTS: Record<string, Buffer> = {
  'a plain header': Buffer.from(PLAIN),
  'a preamble': Buffer.from(table(['Device: pump 1', 'Exported,today', '', 'time,temp,flow'])),
  'pairs of names and numbers above': Buffer.from(table(['Serial,1234', 'Channels,2', 'time,temp,flow'])),
  'a row of units': Buffer.from(table(['time,temp,flow', ',degC,l/min'])),
  'the four lines of TOA5': Buffer.from(
    table([
      '"TOA5","CR1000","CR1000","1234","CR1000.Std","CPU:prog","1","Table1"',
      '"time","temp","flow"',
      '"TS","degC","l/min"',
      '"","Avg","Avg"',
    ]),
  ),
  'sep=': Buffer.from(table(['sep=;', 'time;temp;flow'], ';')),
  comments: Buffer.from(table(['# logger 7', 'time,temp,flow'])),
  'empty columns at the end': Buffer.from(table(['time,temp,flow,,'])),
  'columns parted by blanks': Buffer.from(table(['time  temp  flow'], '  ')),
  'blank lines': Buffer.from(table(['', '', 'time,temp,flow', ''])),
  'a byte order mark': Buffer.from(`\ufeff${PLAIN}`),
  'UTF-16': wide(PLAIN, false),
  'UTF-16 with the high byte first': wide(PLAIN, true),
  'UTF-16 without its mark': Buffer.from(PLAIN, 'utf16le'),
  'Windows-1252': Buffer.from(table(['Ger\u00e4t 7', 'time,temp,flow', ',\u00b0C,m\u00b3/h']), 'latin1'),
  'letters of Windows-1252 that Latin-1 lacks': Buffer.from(
    table(['time,temp,flow \u0080/\u0085']),
    'latin1',
  ),
  'cells parted by ^': Buffer.from(table(['time^temp^flow'], '^')),
  'carriage returns alone': Buffer.from(PLAIN.replaceAll('\n', '\r')),
  'carriage returns and line feeds': Buffer.from(PLAIN.replaceAll('\n', '\r\n')),
  'the header once more, a sum and a rule': Buffer.from(
    `${table(['time,temp,flow'])}time,temp,flow\n----,----,----\nTotal,260,12\n`,
  ),
  'a name in two lines': Buffer.from(table(['time,temp,"flow\n(main)"'])),
}

describe('lines of a table', () => {
  it.each(Object.entries(TEXTS))('with %s are messages as they are rows', async (_, bytes) => {
    const path = join(scratchFolder(), 'a.csv')
    writeFileSync(path, bytes)
    const { frame } = await readTable(path, { roles: { temp: 'channel' } })
    for (const size of [1, 7, bytes.length]) {
      const { messages, bad } = await streamed(bytes, size)
      expect(bad).toEqual([])
      expect(messages.map(({ timeMs }) => timeMs)).toEqual(Array.from(frame.timeMs))
      expect(messages.flatMap(({ values }) => values)).toEqual(Array.from(frame.values))
      expect(messages[0]?.names).toEqual(frame.channels)
    }
  })

  it('say what they were read with, and which lines are left out', async () => {
    const bytes = Buffer.from(
      `${table(['Ger\u00e4t 7', 'time,temp,flow', ',\u00b0C,l/min'])}Total,260,12\n`,
      'latin1',
    )
    expect((await streamed(bytes)).notes).toEqual([
      'standard input is read as text in Windows-1252',
      'standard input is read with 1 line before the header, a row of units under the header',
      'standard input, line 16: it is none of the table and is left out',
    ])
  })

  it('have the numbers of the text, behind a header block, blank lines and line ends in quotes', async () => {
    const text = [
      'logger 7',
      '',
      'time,note,temp',
      `${stamp(0)},a,1`,
      '',
      `${stamp(1)},"b`,
      'c",2',
      `${stamp(2)},d,x,y`,
      `${stamp(3)},e,4`,
    ]
    const { places, bad, messages } = await streamed(Buffer.from(`${text.join('\n')}\n`))
    expect(places).toEqual([4, 6, 9])
    expect(bad).toEqual(['standard input, line 8: ragged-row'])
    expect(messages.map(({ values }) => values[1])).toEqual([1, 2, 4])
  })

  it('with a quote that is never closed lose that line alone', async () => {
    const text = ['time,temp,flow', row(0), `${stamp(1)},"1,2`, ...rows(40).slice(2)].join('\n')
    const { messages, bad } = await streamed(Buffer.from(`${text}\n`))
    expect(bad).toEqual(['standard input, line 3: ragged-row'])
    expect(messages.length).toBe(39)
  })

  it('keep a quote within a cell', async () => {
    const text = ['time,name,temp', `${stamp(0)},5" pipe,1`, `${stamp(1)},5" pipe,2`].join('\n')
    const { messages } = await streamed(Buffer.from(`${text}\n`))
    expect(messages.map(({ values }) => values[1])).toEqual([1, 2])
  })

  it('do not wait where the header is known, and for ten rows where no name is', async () => {
    for (const [header, waiting] of [
      ['time,temp,flow', 0],
      ['stamp,a,b', 9],
    ] as const) {
      const stdin = new PassThrough()
      const { options } = reading()
      const source = streamSource(stdin, { ...options, decode: createDecoder(parseMapping([])) })
      stdin.write(`${header}\n`)
      for (let i = 0; i < 12; i++) {
        stdin.write(`${row(i)}\n`)
        const taken = await source.take(100, i < waiting ? 5 : 1000)
        expect(taken?.messages.length).toBe(i < waiting ? 0 : i === waiting ? waiting + 1 : 1)
      }
      source.stop()
      await source.close()
    }
  })

  it('that begin like a list of JSON are a heading where they are none', async () => {
    const heading = await streamed(Buffer.from(table(['[Data]', 'time,temp,flow'])))
    expect(heading.messages.length).toBe(12)
    const json = await streamed(
      Buffer.from(`\ufeff{"time":"${stamp(0)}","temp":1}\n[{"time":"${stamp(1)}","temp":2}]\n`),
    )
    expect(json.messages.map(({ values }) => values[0])).toEqual([1, 2])
  })

  it.each(Object.entries(TEXTS))('with %s go on behind any position in a file', async (_, bytes) => {
    const path = join(scratchFolder(), 'a.csv')
    writeFileSync(path, bytes)
    const read = async (from: Json) => {
      const { options, places } = reading()
      const source = await openGrowingFile(path, { ...options, follow: false }, from)
      const positions: Json[] = []
      const values: unknown[] = []
      for (let next = await source.take(1, 50); next !== undefined; next = await source.take(1, 50)) {
        for (const message of next.messages) values.push(...message.values)
        if (next.messages.length > 0) positions.push(next.position)
      }
      await source.close()
      return { positions, values, places }
    }
    const whole = await read(null)
    expect(whole.positions.length).toBe(12)
    for (const k of [0, 5, 11]) {
      const rest = await read(whole.positions[k]!)
      expect(rest.values).toEqual(whole.values.slice(2 * (k + 1)))
      expect(rest.places).toEqual(whole.places.slice(k + 1))
    }
  })

  it('that come while a file grows are read under its header block, once there are as many rows', async () => {
    const path = join(scratchFolder(), 'a.csv')
    writeFileSync(path, 'logger 7\n\ntime,temp,flow\n')
    const { options } = reading()
    const source = await openGrowingFile(path, { ...options, follow: true, pollMs: 1 })
    expect((await source.take(9, 20))?.messages).toEqual([])
    for (const i of [0, 1]) appendFileSync(path, `${row(i)}\n`)
    expect((await source.take(9, 1000))?.messages).toMatchObject([
      { names: ['temp', 'flow'], values: [20, 0] },
    ])
    source.stop()
    await source.close()
  })

  const exported = readdirSync('examples/exports').filter(name => /\.(?:csv|dat|lvm|txt)$/.test(name))
  // Two hold several devices: a table is asked for one of them.
  const ofDevices = ['azure-machines.csv', 'c-mapss.txt']
  it.each(exported.filter(name => !ofDevices.includes(name)))(
    'of %s are read as the table is',
    async name => {
      const path = join('examples/exports', name)
      const { frame, summary } = await readTable(path, { missing: 'keep', badCells: 'missing' })
      const { timeColumn: time, form } = summary
      const { sensorColumn: channel, valueColumn: value } = form
      const lists = [time, channel].flatMap(names => names?.split(',') ?? [])
      const columns = [...lists, ...(value === undefined ? [] : [value]), ...frame.channels]
      const { options, bad } = reading()
      const times = { ...(form.dateOrder && { order: form.dateOrder }) }
      const mapping = parseMapping(
        [],
        {
          ...(time !== undefined && { time }),
          ...(channel !== undefined && { channel }),
          ...(value !== undefined && { value }),
        },
        { times, decimal: form.decimal ?? '.', states: new Map() },
      )
      const source = streamSource(createReadStream(path), {
        ...options,
        decode: createDecoder(mapping),
        known: new Set(columns),
      })
      const messages: Message[] = []
      for (let next = await source.take(100, 50); next !== undefined; next = await source.take(100, 50))
        messages.push(...next.messages)
      expect(bad).toEqual([])
      if (time !== undefined)
        expect(new Set(messages.map(({ timeMs }) => timeMs)).size).toBe(new Set(frame.timeMs).size)
      if (channel === undefined) expect(messages.length).toBe(frame.timeMs.length)
      const names = new Set(messages.flatMap(message => message.names))
      expect(frame.channels.filter(one => !names.has(one))).toEqual([])
    },
  )
})

describe('lines that are no readings', () => {
  const prose = (count: number) => Array.from({ length: count }, (_, i) => `the pump is fine ${'abc'[i % 3]}`)

  it.each([1, 5, 700])('are refused, each of them: %i', async count => {
    const { messages, bad } = await streamed(Buffer.from(`${prose(count).join('\n')}\n`))
    expect(messages).toEqual([])
    expect(bad).toEqual(prose(count).map((_, i) => `standard input, line ${i + 1}: no-reading`))
  })

  it('are told from a header under which no row has come', async () => {
    expect(await streamed(Buffer.from('time,temp,flow\n'))).toMatchObject({ messages: [], bad: [] })
    expect((await streamed(Buffer.from('a,b,c\n'))).bad).toHaveLength(1)
  })

  it.each([
    ['200', 200, 0],
    ['600, the first of which are refused', 600, 384],
  ])('may stand above the table: %s', async (_, count, refused) => {
    const { messages, bad, notes } = await streamed(
      Buffer.from([...prose(count), 'time,temp,flow', ...rows(80), ''].join('\n')),
    )
    expect([messages.length, bad.length]).toEqual([80, refused])
    expect(notes.join()).toContain('lines before the header')
  })

  it('and look like a table give way to the header of the model', async () => {
    const above = Array.from({ length: 40 }, (_, i) => `Setting,${i},value`)
    const { messages, bad } = await streamed(
      Buffer.from([...above, 'time,temp,flow', ...rows(30), ''].join('\n')),
    )
    expect([messages.filter(({ names }) => names[0] === 'temp').length, bad.length]).toEqual([30, 39])
  })
})

describe('colours of a terminal', () => {
  it('are left out of lines', async () => {
    const text = `time,temp,flow\n\u001b[2m-,C,l\u001b[0m\n${rows(12)
      .map(one => `\u001b[31m${one}\u001b[0m`)
      .join('\n')}\n`
    const { messages, notes } = await streamed(Buffer.from(text))
    expect(messages.map(({ values }) => values)).toEqual(
      Array.from({ length: 12 }, (_, i) => [20 + i / 8, i % 3]),
    )
    expect(notes.join()).toContain('colours of a terminal')
  })
})

describe('a first line that is no reading', () => {
  const json = (i: number) => JSON.stringify({ time: stamp(i), temp: 20 + i / 8, flow: i % 3 })
  const jsons = Array.from({ length: 40 }, (_, i) => json(i))
  const firsts: Record<string, readonly string[]> = {
    'the end of JSON': ['w": 61.2}'],
    'the end of JSON within a text': ['mp": 61.2, "place": "hall'],
    'a comment': ['# log of pump 1'],
    'a text': ['garbage'],
    'several texts': ['garbage', 'more, of it', '', '7'],
    'a table of other names': ['a,b', ...Array.from({ length: 30 }, (_, i) => `${i},${i + 1}`)],
    'the beginning of JSON': ['{"time": "2024-01-01T00:0'],
    'JSON that is no reading': ['{"state":"connected"}'],
    'a text and JSON that is no reading': ['garbage', '{"state":"connected"}'],
  }

  it.each(Object.entries(firsts))('leaves what follows to be read as JSON: %s', async (_, first) => {
    const { messages, bad } = await streamed(Buffer.from(`${[...first, ...jsons].join('\n')}\n`))
    const read = messages.filter(({ names }) => names.includes('temp'))
    expect(read.map(({ timeMs }) => timeMs)).toEqual(jsons.map((_, i) => TIME + 10_000 * i))
    if (!first[0]!.includes('a,b')) expect(bad).toHaveLength(first.filter(line => line !== '').length)
  })

  it.each([
    'the end of JSON',
    'a comment',
    'a text',
    'the beginning of JSON',
    'JSON that is no reading',
    'a text and JSON that is no reading',
  ])('leaves what follows to be read as a table: %s', async name => {
    const { messages } = await streamed(Buffer.from(`${[...firsts[name]!, ''].join('\n')}${PLAIN}`))
    expect(messages.map(({ timeMs }) => timeMs)).toEqual(rows(12).map((_, i) => TIME + 10_000 * i))
  })

  it('keeps no message of a source that never ends waiting', async () => {
    const stdin = new PassThrough()
    const { options, bad } = reading()
    const source = streamSource(stdin, options)
    stdin.write(`w": 61.2}\n${json(0)}\n`)
    const next = await source.take(100, 5000)
    expect(next?.messages.map(({ timeMs }) => timeMs)).toEqual([TIME])
    expect(bad).toEqual(['standard input, line 1: no-reading'])
    await source.close()
  })
})
