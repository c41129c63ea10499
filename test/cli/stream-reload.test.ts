import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { linesOf, liveFrame, toCsv, toNdjson } from '../live/program.js'
import { swinging } from '../pipeline/machine.js'
import { scratchFolder, telltale } from './world.js'

/** A registry with two versions of `pump`; the alias champion names the first. */
async function twoVersions(): Promise<string> {
  const cwd = scratchFolder()
  writeFileSync(join(cwd, 'h.csv'), `${toCsv(swinging(800, 1)).join('\n')}\n`)
  for (const detector of ['pca-q', 'linear-var']) {
    const args = ['train', 'h.csv', '--registry', 'models', '--out', 'pump', '--detector', detector]
    const { code, stderr } = await telltale(args, { cwd })
    expect(code, stderr).toBe(0)
  }
  await promote(cwd, 1)
  return cwd
}

async function promote(cwd: string, version: number): Promise<void> {
  const args = ['models', 'promote', `pump@${version}`, '--registry', 'models', '--why', 'test']
  const { code, stderr } = await telltale(args, { cwd })
  expect(code, stderr).toBe(0)
}

/** A stream that runs in this process. */
function start(cwd: string, args: readonly string[] = []) {
  const stdin = new PassThrough()
  let printed = ''
  let hangup = () => {}
  const waiting: { pattern: RegExp; resolve: () => void }[] = []
  const outcome = telltale(
    ['stream', '--model', 'pump@champion', '--registry', 'models', '--stats-every', '1ms'].concat(
      ['--scores', 's.jsonl', '--events', 'e.jsonl', '--max-ahead', '100000d'],
      args,
    ),
    {
      cwd,
      stdin,
      stderr(text) {
        printed += text
        for (const { pattern, resolve } of waiting) if (pattern.test(text)) resolve()
      },
      onHangup(listener) {
        hangup = listener
        return () => {}
      },
    },
  )
  return {
    outcome,
    write: (lines: readonly string[]) => stdin.write(`${lines.join('\n')}\n`),
    end: () => stdin.end(),
    hangup: () => hangup(),
    until: (pattern: RegExp) => new Promise<void>(resolve => waiting.push({ pattern, resolve })),
    printed: () => printed,
  }
}

const idOf = (line: string) => JSON.parse(line).id as string

describe('a stream whose model is replaced', { timeout: 120_000 }, () => {
  it('follows its alias without losing a sample, ends the open event, and continues after a restart', async () => {
    const cwd = await twoVersions()
    // A fault of 15 samples begins at 300: an event is open when the model changes.
    const lines = toNdjson(liveFrame(1000))
    const run = start(cwd, ['--state', 'state'])
    let seen = run.until(/310 of 310 samples|of 310 samples/)
    run.write(lines.slice(0, 310))
    await seen
    const before = linesOf(join(cwd, 'e.jsonl')).map(idOf)
    expect(before.at(-1)).toMatch(/\/(opened|updated\/\d+)$/)
    seen = run.until(/reloaded \(pump@champion is another version\)/)
    await promote(cwd, 2)
    await seen
    seen = run.until(/of 700 samples/)
    run.write(lines.slice(310, 700))
    await seen
    run.end()
    expect((await run.outcome).code).toBe(0)
    const status = JSON.parse((await telltale(['status', 'state', '--format', 'json'], { cwd })).stdout)
    expect(status).toMatchObject({ state: 'stopped', counts: { received: 700, taken: 700, samples: 700 } })

    // The state is of the second version now; a promotion while the stream is away is taken over at its start.
    await promote(cwd, 1)
    const again = start(cwd, ['--state', 'state'])
    seen = again.until(/of 1,000 samples/)
    again.write(lines.slice(700))
    again.end()
    expect((await again.outcome).code, again.printed()).toBe(0)
    const scores = linesOf(join(cwd, 's.jsonl')).map(line => JSON.parse(line))
    expect(scores.map(({ time }) => time)).toEqual(lines.map(line => JSON.parse(line).time))
    const ids = linesOf(join(cwd, 'e.jsonl')).map(idOf)
    expect(new Set(ids).size).toBe(ids.length)
    const opened = ids.filter(id => id.endsWith('/opened')).map(id => id.replace('/opened', ''))
    const closed = ids.filter(id => id.endsWith('/closed')).map(id => id.replace('/closed', ''))
    expect(closed.filter(id => !opened.includes(id))).toEqual([])
    expect(opened.filter(id => !closed.includes(id)).length).toBeLessThan(2)
    expect(closed).toContain(before.at(-1)!.replace(/\/(opened|updated\/\d+)$/, ''))
  })

  it('takes a new configuration on SIGHUP, and refuses a broken one and one that reads messages in another way', async () => {
    const cwd = await twoVersions()
    const lines = toNdjson(liveFrame(600))
    const run = start(cwd)
    let seen = run.until(/of 100 samples/)
    run.write(lines.slice(0, 100))
    await seen
    const reload = async (config: string, pattern: RegExp) => {
      writeFileSync(join(cwd, 'telltale.yaml'), config)
      seen = run.until(pattern)
      run.hangup()
      await seen
    }
    await reload(
      'stream:\n  threshold: -3\n',
      /reload refused \(SIGHUP\), the stream continues as before: .*threshold/,
    )
    await reload('stream:\n  time-unit: us\n', /reload refused .* in another way/)
    await reload('stream:\n  threshold: 50\n  resident: 7\n', /resident changed, which needs a restart/)
    expect(run.printed()).toMatch(/note: reloaded \(SIGHUP\)/)
    seen = run.until(/of 600 samples/)
    run.write(lines.slice(100))
    await seen
    run.end()
    expect((await run.outcome).code).toBe(0)
    const scores = linesOf(join(cwd, 's.jsonl')).map(line => JSON.parse(line))
    expect(scores).toHaveLength(600)
    const worst = (from: number, to: number) =>
      Math.max(...scores.slice(from, to).map(({ score }) => score ?? 0))
    writeFileSync(join(cwd, 'l.ndjson'), `${lines.join('\n')}\n`)
    const files = ['--source', 'l.ndjson', '--no-follow', '--scores', 'p.jsonl', '--no-events', '--no-config']
    const plain = await telltale(
      ['stream', '--model', 'pump@1', '--registry', 'models', '--max-ahead', '100000d', ...files],
      { cwd },
    )
    expect(plain.code, plain.stderr).toBe(0)
    const before = linesOf(join(cwd, 'p.jsonl')).map(line => JSON.parse(line).score as number)
    const largest = Math.max(...before.slice(180, 200))
    // The averages of the new session begin at the reload.
    expect(largest / worst(180, 200)).toBeGreaterThan(40)
    expect(largest / worst(180, 200)).toBeLessThan(60)
  })
})
