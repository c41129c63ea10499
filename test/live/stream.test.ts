import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { scratchFolder, telltale } from '../cli/world.js'
import { idsOf, linesOf, liveFrame, toCsv, toNdjson, trainSmall } from './program.js'

const QUIET = ['--model', 'model', '--events', 'e.jsonl', '--scores', 's.jsonl']

/** Runs `telltale stream` in this process on some lines. */
function streamed(cwd: string, lines: readonly string[], args: readonly string[] = []) {
  return telltale(['stream', ...QUIET, ...args], { cwd, stdin: Readable.from([`${lines.join('\n')}\n`]) })
}

describe('telltale stream', () => {
  it('gives the scores and events of detect, bit for bit, for NDJSON and CSV', {
    timeout: 60_000,
  }, async () => {
    const cwd = scratchFolder()
    await trainSmall(cwd)
    const frame = liveFrame(1500)
    writeFileSync(join(cwd, 'live.csv'), `${toCsv(frame).join('\n')}\n`)
    const args = ['live.csv', '--model', 'model', '--alignment', 'causal']
    const detected = await telltale(
      ['detect', ...args, '--no-explain', '--scores', 'd.jsonl', '--events', 'de.jsonl'],
      {
        cwd,
      },
    )
    expect(detected.code, detected.stderr).toBe(0)
    const wanted = linesOf(join(cwd, 'd.jsonl'))
    expect(wanted.length).toBe(1500)
    for (const lines of [toNdjson(frame), toCsv(frame)]) {
      for (const name of ['e.jsonl', 's.jsonl']) writeFileSync(join(cwd, name), '')
      const { code, stderr } = await streamed(cwd, lines)
      expect(code, stderr).toBe(0)
      expect(linesOf(join(cwd, 's.jsonl'))).toEqual(wanted)
      const closed = linesOf(join(cwd, 'e.jsonl'))
        .map(line => JSON.parse(line))
        .filter(({ type }) => type.includes('closed'))
        .map(({ data }) => data)
      const silent = { kind: null, verdict: null, reason: null, sentence: null }
      expect(closed.map(event => ({ ...event, ...silent }))).toEqual(
        linesOf(join(cwd, 'de.jsonl')).map(line => JSON.parse(line)),
      )
      expect(closed.length).toBeGreaterThan(0)
      for (const { kind, verdict, reason, sentence } of closed)
        expect([typeof kind, typeof verdict, typeof reason, typeof sentence]).toEqual(Array(4).fill('string'))
    }
  })

  it('brings messages to the cadence of the training, with the bits of detect, also over a restart', {
    timeout: 60_000,
  }, async () => {
    const cwd = scratchFolder()
    const run = async (...args: string[]) => {
      const result = await telltale(args, { cwd })
      expect(result.code, result.stderr).toBe(0)
      return result
    }
    // Readings every 7 s with a gap, and a channel that is there now and then.
    const rows = Array.from({ length: 3000 }, (_, i) => {
      const time = new Date(Date.UTC(2024, 0, 1) + 7000 * i + (i > 2600 ? 900_000 : 0)).toISOString()
      const temp = 20 + Math.sin(i / 40) + ((i * 7919) % 97) / 200 + (i > 2400 && i < 2460 ? 4 : 0)
      const flow = i % 5 === 0 ? (5 + Math.cos(i / 40) + ((i * 104729) % 89) / 300).toFixed(3) : ''
      return `${time},${temp.toFixed(3)},${flow}`
    })
    const file = (name: string, lines: readonly string[]) =>
      writeFileSync(join(cwd, name), `${['time,temp,flow', ...lines].join('\n')}\n`)
    file('h.csv', rows.slice(0, 2000))
    file('l.csv', rows.slice(2000))
    await run(
      ...['train', 'h.csv', '--out', 'model', '--detector', 'pca-q', '--missing', 'hold'],
      ...['--cadence', '1m', '--aggregate', 'max', '--tolerance', '3m'],
    )
    await run(
      ...['detect', 'l.csv', '--model', 'model', '--alignment', 'causal', '--no-explain'],
      ...['--scores', 'd.jsonl', '--events', 'de.jsonl'],
    )
    const wanted = linesOf(join(cwd, 'd.jsonl'))
    expect(wanted.length).toBeGreaterThan(120)
    expect(JSON.parse(wanted[0]!).time).toMatch(/:00.000Z$/)
    const whole = await run('stream', ...QUIET, '--source', 'l.csv', '--no-follow')
    expect(whole.stderr).toContain('messages are brought to one sample in 1m (max), as in the training')
    expect(linesOf(join(cwd, 's.jsonl'))).toEqual(wanted)
    expect(idsOf(join(cwd, 'e.jsonl')).some(id => id.endsWith('closed'))).toBe(true)
    // The first run ends within a step of the cadence.
    for (const name of ['e.jsonl', 's.jsonl']) writeFileSync(join(cwd, name), '')
    writeFileSync(join(cwd, 'live.csv'), `${['time,temp,flow', ...rows.slice(2000, 2502)].join('\n')}\n`)
    const live = ['stream', ...QUIET, '--source', 'live.csv', '--no-follow', '--state', 'state']
    await run(...live)
    const first = linesOf(join(cwd, 's.jsonl'))
    expect(first.length).toBeLessThan(wanted.length)
    writeFileSync(join(cwd, 'live.csv'), `${['time,temp,flow', ...rows.slice(2000)].join('\n')}\n`)
    await run(...live)
    const all = linesOf(join(cwd, 's.jsonl'))
    expect(all).toEqual(wanted.slice(0, all.length))
    // The step that is not over waits for the next message.
    expect(wanted.length - all.length).toBe(1)
    const replayed = await run('replay', 'l.csv', '--model', 'model')
    expect(replayed.stderr).toContain(`${wanted.length} of ${wanted.length} samples`)
  })

  it('refuses a model that learnt from a part of the rows, unless the sender leaves out the others', async () => {
    const cwd = scratchFolder()
    const rows = Array.from(
      { length: 400 },
      (_, i) =>
        `2024-01-01T0${Math.floor(i / 60)}:${String(i % 60).padStart(2, '0')}:00Z,${(20 + Math.sin(i / 9)).toFixed(3)},${i % 4 ? 'run' : 'stop'}`,
    )
    writeFileSync(join(cwd, 'h.csv'), `${['time,temp,mode', ...rows].join('\n')}\n`)
    const where = ['--where', "mode = 'run'", '--exclude-channels', 'mode']
    const trained = await telltale(['train', 'h.csv', '--out', 'model', '--detector', 'z-score', ...where], {
      cwd,
    })
    expect(trained.code, trained.stderr).toBe(0)
    const lines = ['{"time":"2024-01-02T00:00:00Z","temp":20}', '{"time":"2024-01-02T00:01:00Z","temp":20.2}']
    const refused = await streamed(cwd, lines)
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("rows with mode = 'run'")])
    expect(refused.stderr).toContain('--ignore-where')
    expect(existsSync(join(cwd, 's.jsonl'))).toBe(false)
    const taken = await streamed(cwd, lines, ['--ignore-where'])
    expect(taken.code, taken.stderr).toBe(0)
    expect(linesOf(join(cwd, 's.jsonl')).length).toBe(2)
  })

  it('reads messages as the training read its table: local times, decimals, states, angles and counters', {
    timeout: 120_000,
  }, async () => {
    const cwd = scratchFolder()
    const head = 'Zeitstempel;temp;Betrieb;Richtung [°];Zähler'
    // 26 October 2024 is a day before the clock of Berlin is put back: the table goes over the hour that it shows twice.
    const row = (i: number, fault = 0) => {
      const ms = Date.UTC(2024, 9, 26, 6) + i * 60_000
      const wall = new Date(ms + (ms < Date.UTC(2024, 9, 27, 1) ? 2 : 1) * 3_600_000).toISOString()
      const time = `${wall.slice(8, 10)}.${wall.slice(5, 7)}.${wall.slice(0, 4)} ${wall.slice(11, 19)}`
      const noise = ((i * 7919) % 97) / 200
      const temp = (20 + Math.sin(i / 9) + noise + fault).toFixed(2).replace('.', ',')
      return `${time};${temp};${i % 60 < 20 ? 'Pause' : i % 60 < 40 ? 'Last' : 'Leer'};${(i * 5) % 360};${10_000 + 3 * i + Math.floor(i / 7)}`
    }
    const lines = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, k) => row(from + k, k > 500 ? 4 : 0))
    writeFileSync(
      join(cwd, 'h.csv'),
      `${[head, ...Array.from({ length: 900 }, (_, i) => row(i))].join('\n')}\n`,
    )
    const live = [head, ...lines(900, 1500)]
    writeFileSync(join(cwd, 'l.csv'), `${live.join('\n')}\n`)
    const trained = await telltale(
      ['train', 'h.csv', '--out', 'model', '--time-zone', 'Europe/Berlin', '--detector', 'pca-q'],
      { cwd },
    )
    expect(trained.code, trained.stderr).toBe(0)
    expect(trained.stderr).toContain('computed channels')
    const args = ['l.csv', '--model', 'model', '--alignment', 'causal']
    const detected = await telltale(['detect', ...args, '--no-explain', '--scores', 'd.jsonl'], { cwd })
    expect(detected.code, detected.stderr).toBe(0)
    const { code, stderr } = await streamed(cwd, live)
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('600 samples')
    expect(linesOf(join(cwd, 's.jsonl'))).toEqual(linesOf(join(cwd, 'd.jsonl')))
  })

  it('accounts for every message, by reason', { timeout: 60_000 }, async () => {
    const cwd = scratchFolder()
    await trainSmall(cwd)
    const lines = toNdjson(liveFrame(50))
    const bad = [
      '{"time":',
      '[[1,2]]',
      '{"time":"soon","a":1}',
      '{"time":"2999-01-01","a":1}',
      '{"time":"1970-01-01","a":1}',
    ]
    const mixed = [
      ...lines,
      lines[49],
      ...bad,
      '{"time":"1970-02-01","zzz":1}',
      '{"time":"1971-01-01","a":"x","b":null}',
    ]
    const { code, stderr } = await streamed(cwd, mixed, ['--dead-letters', 'dead.jsonl'])
    expect(code).toBe(0)
    expect(stderr).toContain('58 messages')
    expect(stderr).toContain('51 samples')
    for (const count of ['not-json 2', 'bad-time 1', 'future 1', 'late 1', 'duplicate 1', 'no-channel 1'])
      expect(stderr).toContain(count)
    expect(stderr).toContain('1 reading is no number')
    const dead = linesOf(join(cwd, 'dead.jsonl')).map(line => JSON.parse(line))
    expect(dead.map(({ reason }) => reason)).toEqual(['not-json', 'not-json', 'bad-time'])
    expect(dead[0].payload).toBe(bad[0])
    expect(dead.map(({ origin }) => origin)).toEqual([52, 53, 54].map(n => `standard input, line ${n}`))
    expect(stderr).toContain('standard input, line 52: a message cannot be used (not-json)')
  })

  it('prints no lag of a file that ends, and asks for a model or --learn', { timeout: 60_000 }, async () => {
    const cwd = scratchFolder()
    await trainSmall(cwd)
    writeFileSync(join(cwd, 'old.ndjson'), `${toNdjson(liveFrame(50)).join('\n')}\n`)
    const file = await telltale(['stream', ...QUIET, '--source', 'old.ndjson', '--no-follow'], { cwd })
    expect(file.stderr).toContain('50 samples scored; 1 device')
    expect((await streamed(cwd, toNdjson(liveFrame(50)))).stderr).toContain('lag ')
    expect((await telltale(['stream'], { cwd })).stderr).toContain('--model or --learn is required')
  })

  it('names what stands for options of other commands, and has headings in its help', async () => {
    const { code, stderr } = await telltale(['stream', '--group-by', 'machine'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('Did you mean --map device=COLUMN?')])
    const { stdout } = await telltale(['stream', '--help'])
    const headings = stdout.split('\n').filter(line => /^\S.*:$/.test(line))
    const groups = ['Models', 'Source', 'Samples', 'State and limits', 'Outputs', 'Running', 'MQTT', 'Kafka']
    expect(headings).toEqual(
      [...groups, 'Threshold and events', 'Drift', 'Options', 'Global Options', 'Examples'].map(
        name => `${name}:`,
      ),
    )
  })

  it('stops at a bad message when asked', { timeout: 60_000 }, async () => {
    const cwd = scratchFolder()
    await trainSmall(cwd)
    const { code, stderr } = await streamed(cwd, ['{"time":1}', 'broken'], ['--bad-messages', 'stop'])
    expect(code).toBe(1)
    expect(stderr).toContain('message-unusable')
  })

  it('keeps 1,000 devices apart with 100 in memory, and goes on from the state', {
    timeout: 120_000,
  }, async () => {
    const cwd = scratchFolder()
    await trainSmall(cwd)
    const random = createRandom(5)
    const rows = Array.from({ length: 1000 }, (_, d) => toNdjson(liveFrame(4), { id: `d${d}` }))
    // Each device keeps its own order; the devices come in any.
    const order = Array.from({ length: 4000 }, (_, i) => ({
      d: i % 1000,
      key: Math.floor(i / 1000) + random.uniform(),
    }))
    order.sort((a, b) => a.key - b.key)
    const at = new Uint8Array(1000)
    const lines = order.map(({ d }) => rows[d][at[d]++])
    const run = (part: readonly string[], more: readonly string[]) =>
      streamed(cwd, part, ['--map', 'device=id', ...more])
    expect((await run(lines, [])).code).toBe(0)
    const whole = linesOf(join(cwd, 's.jsonl'))
    for (const name of ['e.jsonl', 's.jsonl']) writeFileSync(join(cwd, name), '')
    const small = ['--resident', '100', '--state', 'state']
    expect((await run(lines.slice(0, 1500), small)).code).toBe(0)
    const { stderr } = await run(lines.slice(1500), small)
    expect(stderr).toContain('4,000 messages')
    expect(stderr).toContain('1,000 devices')
    expect(linesOf(join(cwd, 's.jsonl')).sort()).toEqual(whole.sort())
    expect(readdirSync(join(cwd, 'state/devices')).length).toBe(1000)
    expect(existsSync(join(cwd, 'state/lock'))).toBe(false)
  })

  it('refuses more devices and faster ones than it may take', { timeout: 60_000 }, async () => {
    const cwd = scratchFolder()
    await trainSmall(cwd)
    const lines = toNdjson(liveFrame(3)).flatMap(line =>
      ['a', 'b', 'c'].map(id => line.replace('{', `{"id":"${id}",`)),
    )
    const { stderr } = await streamed(cwd, lines, ['--map', 'device=id', '--max-devices', '2'])
    expect(stderr).toContain('too-many-devices 3')
    const fast = await streamed(cwd, toNdjson(liveFrame(500)), ['--max-rate', '100'])
    expect(fast.stderr).toMatch(/rate [1-9]\d\d/)
  })

  it('stops in order when it is asked, and goes on behind that', { timeout: 60_000 }, async () => {
    const cwd = scratchFolder()
    await trainSmall(cwd)
    const stop = new AbortController()
    const stdin = new PassThrough()
    stdin.write(`${toNdjson(liveFrame(100)).join('\n')}\n`)
    const done = telltale(['stream', ...QUIET, '--state', 'state', '--stats-every', '1ms'], {
      cwd,
      stdin,
      signal: stop.signal,
      stderr: line => {
        if (line.startsWith('100 messages')) stop.abort()
      },
    })
    expect((await done).code).toBe(0)
    expect(JSON.parse(readFileSync(join(cwd, 'state/checkpoint.json'), 'utf8')).stream.counts.received).toBe(
      100,
    )
    // What is sent again is recognised by its times.
    const { stderr } = await streamed(cwd, toNdjson(liveFrame(120)), ['--state', 'state'])
    expect(stderr).toMatch(/late 99, duplicate 1/)
    expect(linesOf(join(cwd, 's.jsonl')).length).toBe(120)
  })

  it('tells when a device falls silent and when it is back', { timeout: 60_000 }, async () => {
    const cwd = scratchFolder()
    await trainSmall(cwd)
    const stdin = new PassThrough()
    const [first, second] = toNdjson(liveFrame(2), { id: 'p' })
    stdin.write(`${first}\n`)
    const done = telltale(
      ['stream', ...QUIET, '--map', 'device=id', '--silent-after', '1ms', '--stats-every', '1ms'],
      {
        cwd,
        stdin,
        stderr: line => {
          if (line.includes('(1 silent)')) stdin.end(`${second}\n`)
        },
      },
    )
    expect((await done).code).toBe(0)
    expect(idsOf(join(cwd, 'e.jsonl')).map(id => id.replace(/\d+$/, ''))).toEqual([
      'p/coverage//lost/',
      'p/coverage//restored/',
    ])
  })

  it('prints the first messages as they would be read', { timeout: 60_000 }, async () => {
    const cwd = scratchFolder()
    await trainSmall(cwd)
    const args = ['stream', '--model', 'model', '--dry-run', '--format', 'json', '--map', 'time=t,device=id']
    const stdin = Readable.from(['{"t":0,"id":"p","a":1,"b":2,"x":3}\nbroken\n'])
    const { stdout } = await telltale(args, { cwd, stdin })
    expect(JSON.parse(stdout)).toEqual([
      { time: '1970-01-01T00:00:00.000Z', device: 'p', channels: 'a=1 b=2', 'no channel': 'x=3' },
    ])
  })

  it('is refused a state folder that another process uses', { timeout: 60_000 }, async () => {
    const cwd = scratchFolder()
    await trainSmall(cwd)
    await streamed(cwd, toNdjson(liveFrame(2)), ['--state', 'state'])
    writeFileSync(join(cwd, 'state/lock'), String(process.ppid))
    const { code, stderr } = await streamed(cwd, [], ['--state', 'state'])
    expect(code).toBe(1)
    expect(stderr).toContain('state-in-use')
  })
})
