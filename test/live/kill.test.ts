import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { scratchFolder } from '../cli/world.js'
import { idsOf, linesOf, liveFrame, stream, toNdjson, trainSmall } from './program.js'

const KILLS = Number(process.env.STREAM_TEST_KILLS ?? 6)
/** A run takes some 2,000 of them before it is killed. */
const MESSAGES = Math.max(20_000, 3500 * KILLS)
const RUN = ['--source', 'live.ndjson', '--no-follow', '--checkpoint-every', '30ms', '--stats-every', '1ms']

describe('a stream that is killed', () => {
  it('loses and doubles no line of scores and events, wherever it is killed', {
    timeout: 3_600_000,
  }, async () => {
    const folder = scratchFolder()
    await trainSmall(folder)
    writeFileSync(join(folder, 'live.ndjson'), `${toNdjson(liveFrame(MESSAGES)).join('\n')}\n`)
    const whole = await stream(folder, [...RUN, '--events', 'e0.jsonl', '--scores', 's0.jsonl']).ended
    expect(whole.code, whole.stderr).toBe(0)
    expect(linesOf(join(folder, 's0.jsonl')).length).toBe(MESSAGES)
    expect(idsOf(join(folder, 'e0.jsonl')).length).toBeGreaterThanOrEqual(4)

    const random = createRandom(3)
    const files = ['--events', 'e1.jsonl', '--scores', 's1.jsonl', '--state', 'state']
    let kills = 0
    for (; kills < KILLS; kills++) {
      let left = 1 + Math.floor(12 * random.uniform())
      const run = stream(folder, [...RUN, ...files], () => {
        if (--left === 0) run.child.kill('SIGKILL')
      })
      const { code } = await run.ended
      if (code !== null) break
    }
    const last = await stream(folder, [...RUN, ...files]).ended
    expect(last.code).toBe(0)
    expect(linesOf(join(folder, 's1.jsonl'))).toEqual(linesOf(join(folder, 's0.jsonl')))
    // Without a state the end of the stream closes the event that is open.
    const once = idsOf(join(folder, 'e1.jsonl'))
    expect(new Set(once).size).toBe(once.length)
    expect(idsOf(join(folder, 'e0.jsonl')).slice(0, once.length)).toEqual(once)
    expect(last.stderr).toContain(`${MESSAGES.toLocaleString('en')} messages`)
    expect(kills).toBeGreaterThan(KILLS / 2)
  })

  it('goes on in a file that was renamed while it was down', { timeout: 120_000 }, async () => {
    const folder = scratchFolder()
    await trainSmall(folder)
    const lines = toNdjson(liveFrame(600))
    const path = join(folder, 'live.ndjson')
    const files = ['--events', 'e.jsonl', '--scores', 's.jsonl', '--state', 'state']
    writeFileSync(path, `${lines.slice(0, 200).join('\n')}\n`)
    expect((await stream(folder, [...RUN, ...files]).ended).code).toBe(0)
    appendFileSync(path, `${lines.slice(200, 400).join('\n')}\n`)
    renameSync(path, join(folder, 'live.ndjson.1'))
    writeFileSync(path, `${lines.slice(400).join('\n')}\n`)
    expect((await stream(folder, [...RUN, ...files]).ended).code).toBe(0)
    const times = linesOf(join(folder, 's.jsonl')).map(line => JSON.parse(line).time)
    expect(times).toEqual(lines.map(line => JSON.parse(line).time))
  })
})
