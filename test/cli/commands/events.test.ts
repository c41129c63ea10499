import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { type Received, receiver } from '../../emit/receiver.js'
import { finishedLinesOf, linesOf, liveFrame, toNdjson, trainSmall } from '../../live/program.js'
import { scratchFolder, telltale } from '../world.js'

const bodiesOf = (received: readonly Received[]) =>
  received.map(({ body }) => JSON.parse(body) as { id: string; type: string })

describe('the life of an event', { timeout: 120_000 }, () => {
  it('is listed while it is open, acknowledged once, without updates from then on, and ends', async () => {
    const cwd = scratchFolder()
    await trainSmall(cwd)
    const { host, received } = await receiver()
    const url = `http://${host}/hook`
    const stdin = new PassThrough()
    const waiting: { pattern: RegExp; resolve: () => void }[] = []
    const until = (pattern: RegExp) => new Promise<void>(resolve => waiting.push({ pattern, resolve }))
    const args = [
      '--state',
      'state',
      '--events',
      'e.jsonl',
      '--sink',
      url,
      '--stats-every',
      '1ms',
      '--max-ahead',
      '100000d',
    ]
    const outcome = telltale(['stream', '--model', 'model', ...args], {
      cwd,
      stdin,
      stderr(text) {
        for (const { pattern, resolve } of waiting) if (pattern.test(text)) resolve()
      },
    })
    const lines = toNdjson(liveFrame(1000))
    let seen = until(/of 308 samples/)
    stdin.write(`${lines.slice(0, 308).join('\n')}\n`)
    await seen
    // The status is written once a second.
    let open: { id: string; device: string }[] = []
    while (open.length === 0)
      open = JSON.parse((await telltale(['events', 'list', 'state', '--format', 'json'], { cwd })).stdout)
    const id = open[0]!.id
    const wrong = await telltale(['events', 'ack', 'state', 'no-such'], { cwd })
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toContain(id)
    // With the device and without.
    for (const [note, given] of [
      ['first', id.split('/').at(-1)!],
      ['second', id],
    ]) {
      const { code, stderr } = await telltale(
        ['events', 'ack', 'state', given!, '--by', 'ann', '--note', note!],
        { cwd },
      )
      expect(code, stderr).toBe(0)
    }
    const known = () =>
      finishedLinesOf(join(cwd, 'e.jsonl'))
        .map(line => JSON.parse(line))
        .filter(({ type }) => type.includes('acknowledged'))
    while (known().length === 0) await new Promise(resolve => setImmediate(resolve))
    // One sample after the other, so that each could be an update.
    for (let i = 308; i < 330; i++) {
      seen = until(new RegExp(`of ${i + 1} samples`))
      stdin.write(`${lines[i]}\n`)
      await seen
    }
    seen = until(/of 400 samples/)
    stdin.write(`${lines.slice(330, 400).join('\n')}\n`)
    await seen
    stdin.end()
    expect((await outcome).code).toBe(0)
    expect(known()).toHaveLength(1)
    expect(known()[0]).toMatchObject({
      id: `${id}/acknowledged`,
      data: { acknowledged: { by: 'ann', note: 'first' } },
    })
    const written = linesOf(join(cwd, 'e.jsonl')).map(line => JSON.parse(line).id as string)
    const sent = bodiesOf(received).map(body => body.id)
    const since = (list: readonly string[]) => list.slice(list.indexOf(`${id}/acknowledged`) + 1)
    expect(since(written).some(text => text.includes('/updated/'))).toBe(true)
    expect(since(sent)).toEqual(since(written).filter(text => !text.startsWith(`${id}/updated/`)))
    expect(since(sent)).toContain(`${id}/closed`)
  })

  it('is acknowledged at the next start of a stream that was stopped, before anything else', async () => {
    const cwd = scratchFolder()
    await trainSmall(cwd)
    const lines = toNdjson(liveFrame(1000))
    const run = async (from: number, to: number) => {
      writeFileSync(join(cwd, 'part.ndjson'), `${lines.slice(from, to).join('\n')}\n`)
      const source = ['--source', 'part.ndjson', '--no-follow', '--max-ahead', '100000d']
      const kept = ['--state', 'state', '--events', 'e.jsonl']
      const { code, stderr } = await telltale(['stream', '--model', 'model', ...source, ...kept], { cwd })
      expect(code, stderr).toBe(0)
    }
    await run(0, 308)
    const [{ id }] = JSON.parse(
      (await telltale(['events', 'list', 'state', '--format', 'json'], { cwd })).stdout,
    )
    expect((await telltale(['events', 'ack', 'state', id, '--note', 'known'], { cwd })).code).toBe(0)
    await run(308, 309)
    const [{ acknowledged }] = JSON.parse(
      (await telltale(['events', 'list', 'state', '--format', 'json'], { cwd })).stdout,
    )
    expect(acknowledged).toBe(true)
    expect((await telltale(['events', 'ack', 'state', id], { cwd })).stderr).toContain('acknowledged already')
    await run(309, 400)
    const ids = linesOf(join(cwd, 'e.jsonl')).map(line => JSON.parse(line).id as string)
    const own = ids.filter(text => text.startsWith(id) && !text.includes('/updated/'))
    expect(own).toEqual([`${id}/opened`, `${id}/acknowledged`, `${id}/closed`])
  })

  it('is limited for receivers, not for files, and kept as a dead letter when it is refused', async () => {
    const cwd = scratchFolder()
    await trainSmall(cwd)
    const taking = await receiver()
    const refusing = await receiver(Array(100).fill(410))
    const refusingUrl = `http://${refusing.host}/no`
    writeFileSync(join(cwd, 'l.ndjson'), `${toNdjson(liveFrame(2000)).join('\n')}\nno json\n`)
    const files = [
      '--source',
      'l.ndjson',
      '--no-follow',
      '--events',
      'e.jsonl',
      '--dead-letters',
      'd.jsonl',
      '--max-ahead',
      '100000d',
    ]
    const { code, stderr } = await telltale(
      [
        'stream',
        '--model',
        'model',
        ...files,
        '--sink',
        `http://${taking.host}/yes,${refusingUrl}`,
        '--notify-limit',
        '1/d',
      ],
      { cwd },
    )
    expect(code, stderr).toBe(0)
    const opened = (list: readonly { type: string }[]) =>
      list.filter(({ type }) => type.includes('opened')).length
    expect(opened(linesOf(join(cwd, 'e.jsonl')).map(line => JSON.parse(line)))).toBeGreaterThan(2)
    expect(bodiesOf(taking.received).map(({ type }) => type.split('.')[3])).toEqual(
      taking.received.length === 2 ? ['opened', 'closed'] : ['opened'],
    )
    expect(stderr).toMatch(/held back/)
    const letters = linesOf(join(cwd, 'd.jsonl')).map(line => JSON.parse(line))
    expect(letters.map(({ reason }) => reason).sort()).toEqual([
      'not-json',
      ...refusing.received.map(() => 'refused'),
    ])
    const refused = letters.find(({ reason }) => reason === 'refused')
    expect(refused).toMatchObject({ origin: refusingUrl, detail: 'the receiver refused it' })
    expect(JSON.parse(refused.payload).id).toBe(bodiesOf(refusing.received)[0]!.id)
  })
})
