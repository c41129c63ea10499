import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ensureTopic, openKafkaWriter } from '../../src/sources/index.js'
import { scratchFolder } from '../cli/world.js'
import { NO_KAFKA, startKafka, valuesIn } from './kafka-broker.js'
import { linesOf, liveFrame, type Run, stream, toCsv, toNdjson, trainSmall } from './program.js'

const DEVICES = Array.from({ length: 8 }, (_, d) => `pump-${d}`)
const SAMPLES = 300
const LINES = toNdjson(liveFrame(SAMPLES))

async function publisher(address: string, topic: string) {
  const connection = { brokers: [address], clientId: 'test' }
  await ensureTopic(connection, topic, 4)
  const writer = await openKafkaWriter(connection)
  onTestFinished(() => writer.close())
  return {
    /** Samples from one to another, of all devices. */
    publish: (lines: readonly string[], from: number, to: number) =>
      writer.write(lines.slice(from, to).flatMap(value => DEVICES.map(key => ({ topic, key, value })))),
    valuesOf: (name: string) => valuesIn(connection, name),
  }
}

/** What a file with the same messages gives: scores and ids of opened events. */
async function wantedOf(folder: string) {
  const all = LINES.flatMap(line => DEVICES.map(id => line.replace('{', `{"id":"${id}",`)))
  writeFileSync(join(folder, 'live.ndjson'), `${all.join('\n')}\n`)
  const args = ['--source', 'live.ndjson', '--no-follow', '--map', 'device=id', '--state', 'state']
  const { code, stderr } = await stream(folder, [...args, '--scores', 'ws.jsonl', '--events', 'we.jsonl'])
    .ended
  expect(code, stderr).toBe(0)
  return {
    scores: linesOf(join(folder, 'ws.jsonl')).sort(),
    events: idsIn(linesOf(join(folder, 'we.jsonl'))),
  }
}

const idsIn = (events: readonly string[]) =>
  events
    .map(text => JSON.parse(text).id as string)
    .filter(id => !id.includes('/updated/'))
    .sort()

const STATS = ['--stats-every', '100ms', '--checkpoint-every', '500ms']

describe.skipIf(NO_KAFKA !== undefined)(
  `a stream of Kafka${NO_KAFKA ? ` (skipped: ${NO_KAFKA})` : ''}`,
  () => {
    it('gives the bits of a file: one worker, two with a rebalance, one killed, a broker killed; no event twice', {
      timeout: 300_000,
    }, async () => {
      const folder = scratchFolder()
      await trainSmall(folder)
      const wanted = await wantedOf(folder)
      expect(wanted.events.length).toBeGreaterThan(DEVICES.length)
      const kafka = await startKafka(folder)
      const { publish, valuesOf } = await publisher(kafka.address, 'readings')
      const runs: Run[] = []
      const start = (): Run => {
        const source = [
          '--source',
          `kafka://${kafka.address}/readings`,
          '--group',
          'g',
          '--no-events',
          ...STATS,
        ]
        const sink = ['--sink', `kafka://${kafka.address}/out`, '--publish-scores']
        const run = stream(folder, [...source, ...sink])
        runs.push(run)
        onTestFinished(() => void run.child.kill('SIGKILL'))
        return run
      }
      const scored = async (samples: number) => {
        for (;;) {
          const lines = new Set(await valuesOf('out.scores').catch(() => []))
          if (lines.size >= samples * DEVICES.length) return lines
          await new Promise(resolve => setTimeout(resolve, 200))
        }
      }
      const first = start()
      await publish(LINES, 0, 80)
      await scored(80)
      const second = start()
      await publish(LINES, 80, 160)
      await scored(160)
      // Killed while messages are on their way: the other takes its partitions over.
      const sending = publish(LINES, 160, 220)
      first.child.kill('SIGKILL')
      await Promise.all([sending, once(first.child, 'exit')])
      await scored(220)
      await kafka.restart('SIGKILL')
      await publish(LINES, 220, SAMPLES)
      const scores = await scored(SAMPLES)
      second.child.kill('SIGTERM')
      const { code, stderr } = await second.ended
      expect(code, stderr).toBe(0)
      expect([...scores].sort()).toEqual(wanted.scores)
      expect(idsIn(await valuesOf('out.events'))).toEqual(wanted.events)
    })

    it('reads rows of CSV, counts what it cannot use, and shows the first messages', {
      timeout: 300_000,
    }, async () => {
      const folder = scratchFolder()
      await trainSmall(folder)
      const kafka = await startKafka(folder)
      const [header, ...rows] = toCsv(liveFrame(5))
      const { publish } = await publisher(kafka.address, 'rows')
      await publish([...rows, 'broken'], 0, 6)
      const source = ['--source', `kafka://${kafka.address}/rows`, '--columns', header]
      const preview = await stream(folder, [...source, '--dry-run', '--format', 'json']).ended
      expect(JSON.parse(preview.stdout)[0]).toMatchObject({ time: '1970-01-01T10:00:00.000Z' })
      let text = ''
      const run = stream(
        folder,
        [...source, '--no-events', ...STATS, '--dead-letters', 'dead.jsonl'],
        line => {
          text = line
          // A second signal would end it at once.
          if (line.startsWith('48 messages') && !run.child.killed) run.child.kill('SIGTERM')
        },
      )
      const { code, stderr } = await run.ended
      expect(code, stderr).toBe(0)
      expect(text).toMatch(/40 samples.*ragged-row 8/)
      expect(linesOf(join(folder, 'dead.jsonl')).length).toBe(8)
    })
  },
)
