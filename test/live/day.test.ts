import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { detect, trainModel } from '../../src/pipeline/index.js'
import { generatePlant } from '../../src/simulate/index.js'
import { saveModel } from '../../src/store/index.js'
import { scratchFolder, telltale } from '../cli/world.js'
import { linesOf, toNdjson } from './program.js'

const DAY = 86_400
const FAULTS = 10

/** What a source of the real world sends between the samples, and the reason why it is refused; none: it is taken, with readings that are no numbers. */
function disturbances(
  start: number,
  names: readonly string[],
): { readonly at: number; readonly line: string; readonly reason?: string }[] {
  const time = (ms: number) => new Date(ms).toISOString()
  const reading = (ms: number | string, value: unknown) =>
    JSON.stringify({ time: typeof ms === 'number' ? time(ms) : ms, [names[0]!]: value })
  return [
    { at: 1000, line: reading(0, 1), reason: 'late' },
    { at: 2000, line: reading(Date.UTC(2099, 0, 1), 1), reason: 'future' },
    { at: 3000, line: 'x'.repeat(50 << 20), reason: 'too-large' },
    { at: 4000, line: '{"time":', reason: 'not-json' },
    { at: 5000, line: `{"time":"${time(start)}","${names[0]}":NaN}`, reason: 'not-json' },
    { at: 6000, line: `{"time":"${time(start)}","${names[0]}":Infinity}`, reason: 'not-json' },
    { at: 7000, line: reading('yesterday', 1), reason: 'bad-time' },
    { at: 8000, line: '[1, 2', reason: 'not-json' },
    // The clock of the sender jumps back an hour, and ahead of a message that comes later.
    { at: 9000, line: reading(start + 1000 * (9000 - 3600), 1), reason: 'late' },
    { at: 10_000, line: reading(start + 1000 * 9999, 1), reason: 'duplicate' },
    // The schema changes: other names only, then a channel that is an object.
    { at: 11_000, line: JSON.stringify({ time: time(start + 10_999_500), other: 4 }), reason: 'no-channel' },
    {
      at: 12_000,
      line: JSON.stringify({ time: time(start + 11_999_500), [names[0]!]: { v: 1 } }),
      reason: 'no-reading',
    },
  ]
}

describe('a day of samples', { timeout: 600_000 }, () => {
  it('raises the alarms of the batch, whatever comes between the samples', async () => {
    const cwd = scratchFolder()
    const plant = generatePlant({
      rows: DAY,
      channels: 8,
      cadenceSeconds: 1,
      faults: FAULTS,
      difficulty: 'easy',
      seed: 3,
    })
    expect(plant.events).toHaveLength(FAULTS)
    const trained = await trainModel(plant.train, { detector: 'pca-q', workers: 1 })
    const model = { ...trained, info: { ...trained.info, timeColumn: 'time' } }
    await saveModel(model, join(cwd, 'model'))
    const wanted = await detect(model, plant.test, { alignment: 'causal' })

    const lines = toNdjson(plant.test)
    // Numbers as texts are numbers.
    lines[500] = JSON.stringify(
      Object.fromEntries(
        Object.entries(JSON.parse(lines[500]!)).map(([name, value]) => [name, String(value)]),
      ),
    )
    const between = disturbances(plant.test.timeMs[0]!, plant.test.channels)
    function* chunks() {
      for (let at = 0; at < DAY; at += 500) {
        const own = between.filter(item => item.at === at)
        yield `${[...own.map(({ line }) => line), ...lines.slice(at, at + 500)].join('\n')}\n`
      }
    }
    const { code, stderr } = await telltale(
      [
        'stream',
        '--model',
        'model',
        '--events',
        'e.jsonl',
        '--scores',
        's.jsonl',
        '--dead-letters',
        'd.jsonl',
      ],
      { cwd, stdin: Readable.from(chunks()) },
    )
    expect(code, stderr).toBe(0)
    const scores = linesOf(join(cwd, 's.jsonl'))
    expect(scores).toHaveLength(DAY)
    const score = Float32Array.from(scores, line => JSON.parse(line).score ?? Number.NaN)
    expect(
      Buffer.from(score.buffer).equals(
        Buffer.from(Float32Array.from(wanted.score, x => (Number.isNaN(x) ? Number.NaN : x)).buffer),
      ),
    ).toBe(true)
    const closed = linesOf(join(cwd, 'e.jsonl'))
      .map(line => JSON.parse(line))
      .filter(({ type }) => type.includes('closed'))
    expect(closed.map(({ data }) => data.id)).toEqual(wanted.events.map(({ id }) => id))
    const found = plant.events.filter(fault =>
      wanted.events.some(({ start, end }) => start < fault.end && end > fault.start),
    )
    expect(found.length).toBeGreaterThanOrEqual(FAULTS / 2)

    // Everything is counted: received = taken + refused by reason.
    const last = stderr.trim().split('\n').at(-1)!
    expect(last).toContain(`${(DAY + between.length).toLocaleString('en')} messages`)
    const reasons = between.map(({ reason }) => reason as string)
    for (const reason of new Set(reasons))
      expect(last).toMatch(new RegExp(`${reason} ${reasons.filter(other => other === reason).length}\\b`))
    // What cannot be read is noted once per reason, and kept.
    const unread = ['too-large', 'not-json', 'bad-time', 'no-reading']
    for (const reason of unread) expect(stderr.split(`(${reason})`).length - 1).toBe(1)
    const letters = linesOf(join(cwd, 'd.jsonl')).map(line => JSON.parse(line).reason)
    expect(letters).toEqual(reasons.filter(reason => unread.includes(reason)))
    expect(readFileSync(join(cwd, 'd.jsonl')).length).toBeLessThan(1e6)
  })
})
