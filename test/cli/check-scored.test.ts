import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { checkScored } from '../../src/cli/check-scored.js'
import { emptyCounts, type StreamCounts } from '../../src/live/counts.js'
import { scratchFolder, telltale } from './world.js'

const counts = (more: Partial<StreamCounts>): StreamCounts => ({ ...emptyCounts(), ...more })
const check = (after: Partial<StreamCounts>, before: Partial<StreamCounts> = {}) =>
  checkScored('a.csv', counts(before), counts(after))

describe('a stream that ended', () => {
  it.each([
    ['could read no message', { received: 3, refused: { 'bad-time': 2, 'ragged-row': 1 } }],
    ['found no channel', { received: 3, refused: { 'no-channel': 3 } }],
    ['lacked a channel in every sample', { received: 3, taken: 3, samples: 3, unscored: { missing: 3 } }],
  ])('is refused when it %s', (_, after) => {
    expect(() => check(after)).toThrow(/none of its 3 messages was scored: /)
  })

  it('says it of one message as well', () => {
    const one = { received: 1, refused: { 'bad-time': 1 } }
    expect(() => check(one)).toThrow('a.csv has ended, and its message was not scored: bad-time 1')
  })

  it.each([
    ['had no messages', { received: 0 }],
    ['scored one', { received: 3, taken: 1, scored: 1, refused: { 'bad-time': 2 } }],
    ['is in its warm-up', { received: 3, taken: 3, unscored: { 'warm-up': 2, missing: 1 } }],
    ['collects samples to learn from', { received: 3, taken: 3, unscored: { learning: 3 } }],
    ['waits for the next message', { received: 1, taken: 1 }],
    ['was sent what it had scored before', { received: 3, refused: { late: 2, duplicate: 1 } }],
  ])('is in order when it %s', (_, after) => {
    expect(() => check(after)).not.toThrow()
  })

  it('is judged by its own messages, not by those of a run before', () => {
    const before = { received: 5, taken: 5, scored: 5 }
    expect(() => check({ ...before, received: 7, refused: { 'bad-time': 2 } }, before)).toThrow(
      /none of its 2 messages was scored: bad-time 2/,
    )
  })

  it('has the exit code 3 and a remedy that works', { timeout: 60_000 }, async () => {
    const cwd = scratchFolder()
    const row = (i: number) =>
      `${new Date(Date.UTC(2024, 0, 1) + i * 60_000).toISOString()},${Math.sin(i / 8).toFixed(3)},${Math.cos(i / 8).toFixed(3)}`
    const table = (header: string) =>
      `${[header, ...Array.from({ length: 300 }, (_, i) => row(i))].join('\n')}\n`
    writeFileSync(join(cwd, 'h.csv'), table('time,a,b'))
    const trained = await telltale(['train', 'h.csv', '--out', 'm', '--detector', 'z-score'], { cwd })
    expect(trained.code, trained.stderr).toBe(0)
    const stream = (...more: string[]) =>
      telltale(['stream', '--model', 'm', '--no-events', ...more], {
        cwd,
        stdin: Readable.from([table('ts,x,b')]),
      })
    const failed = await stream()
    expect(failed.code).toBe(3)
    expect(failed.stderr).toContain(
      'error [stream-unscored]: standard input has ended, and none of its 300 messages was scored: bad-time 300',
    )
    expect(failed.stderr).toContain('--map time=FIELD')
    const mapped = await stream('--map', 'time=ts')
    expect(mapped.code).toBe(3)
    expect(mapped.stderr).toContain('missing 300')
    expect(mapped.stderr).toContain('--map a=FIELD')
    expect((await stream('--map', 'time=ts,a=x')).code).toBe(0)
  })

  const minutes = Array.from({ length: 300 }, (_, i) => ({
    at: Date.UTC(2024, 0, 1) + i * 60_000,
    a: Math.sin(i / 8).toFixed(3),
    b: Math.cos(i / 8).toFixed(3),
  }))
  type Minute = (typeof minutes)[number]
  /** What a stream says of lines like those that its model learnt from. */
  async function streamed(lines: string, more: readonly string[], train: readonly string[] = []) {
    const cwd = scratchFolder()
    writeFileSync(join(cwd, 'h.txt'), lines)
    const trained = await telltale(['train', 'h.txt', '--out', 'm', '--detector', 'z-score', ...train], {
      cwd,
    })
    expect(trained.code, trained.stderr).toBe(0)
    const stdin = () => Readable.from([lines])
    const stream = (options: readonly string[]) =>
      telltale(['stream', '--model', 'm', '--no-events', ...options], { cwd, stdin: stdin() })
    return { first: await stream([]), second: await stream(more) }
  }

  it.each([
    ['0ms', 0],
    ['30s', 11_000],
  ])('names the --join of records of one channel, %s, which works', async (join, apart) => {
    const record = ({ at, ...values }: Minute, name: 'a' | 'b', k: number) =>
      JSON.stringify({
        NodeId: `ns=2;s=${name}`,
        DisplayName: name,
        SourceTimestamp: new Date(at + k * apart).toISOString(),
        Value: Number(values[name]),
      })
    const lines = minutes.flatMap(one => [record(one, 'a', 0), record(one, 'b', 1)]).join('\n')
    const { first, second } = await streamed(
      `${lines}\n`,
      ['--join', join],
      apart > 0 ? ['--cadence', '1m'] : [],
    )
    if (apart === 0) {
      expect(first.code).toBe(3)
      expect(first.stderr).toContain(`\nAdd --join ${join}; `)
    } else expect(first.stderr).toContain(`--join ${join} makes`)
    expect(second.code, second.stderr).toBe(0)
    expect(second.stderr).not.toContain('--join')
  })

  it('names the field and the value that is no number, and what helps', async () => {
    const cwd = scratchFolder()
    const linesOf = (b: (text: string) => unknown) =>
      `${minutes.map(({ at, a, b: text }) => JSON.stringify({ time: at, a, b: b(text) })).join('\n')}\n`
    writeFileSync(join(cwd, 'h.ndjson'), linesOf(Number))
    const trained = await telltale(['train', 'h.ndjson', '--out', 'm', '--detector', 'z-score'], { cwd })
    expect(trained.code, trained.stderr).toBe(0)
    const stream = (lines: string, ...more: string[]) =>
      telltale(['stream', '--no-events', ...more], { cwd, stdin: Readable.from([lines]) })
    const comma = linesOf(text => text.replace('.', ','))
    const { stderr } = await stream(comma, '--model', 'm')
    expect(stderr).toContain('b is "1,000", which is no number: --decimal , reads a decimal comma')
    expect(stderr).toContain('No message held a number of b, which the model reads: send it, or name its')
    expect((await stream(comma, '--model', 'm', '--decimal', ',')).code).toBe(0)
    const apart = minutes.flatMap(({ at, a, b }) => [
      JSON.stringify({ time: at, a, b: null }),
      JSON.stringify({ time: at + 1000, a: null, b }),
    ])
    expect((await stream(`${apart.join('\n')}\n`, '--model', 'm')).stderr).toContain('--max-age 1m lets')
    expect((await stream(`${apart.join('\n')}\n`, '--model', 'm', '--max-age', '1m')).code).toBe(0)
    const learnt = await stream(
      linesOf(() => 'run'),
      '--learn',
      '200',
    )
    expect(learnt.stderr).toContain('b is "run", which is no number: only numbers are learnt from messages')
  })

  it.each([
    ['of another name', 'Zulu', (at: number) => new Date(at).toISOString(), 'Zulu=instant', 'instant'],
    [
      'as parts of a year',
      'stamp',
      (at: number) => String(2024 + (at - Date.UTC(2024, 0, 1)) / (366 * 864e5)),
      'stamp=year',
      'year',
    ],
  ])('is none for times %s that the training renamed', async (_, name, time, rename, timeColumn) => {
    const lines = [`${name},a,b`, ...minutes.map(({ at, a, b }) => `${time(at)},${a},${b}`)].join('\n')
    const { first } = await streamed(`${lines}\n`, [], ['--rename', rename, '--time-column', timeColumn])
    expect(first.code, first.stderr).toBe(0)
  })

  it('is none for seconds that count from the start of a run, also those that could be years', async () => {
    const lines = ['time,a,b', ...minutes.map(({ a, b }, i) => `${i * 10},${a},${b}`)].join('\n')
    const { first } = await streamed(`${lines}\n`, [])
    expect(first.code, first.stderr).toBe(0)
    expect(first.stderr).not.toContain('bad-time')
  })
})
