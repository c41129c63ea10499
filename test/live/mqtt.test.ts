import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scratchFolder } from '../cli/world.js'
import { connect, MOSQUITTO, startBroker, watch } from './mosquitto.js'
import { idsOf, linesOf, liveFrame, stream, toNdjson, trainSmall } from './program.js'

const files = ['--events', 'e.jsonl', '--scores', 's.jsonl', '--state', 'state', '--stats-every', '1ms']

describe.skipIf(MOSQUITTO === undefined)('a stream of a broker (skipped: mosquitto is not installed)', () => {
  it.each(['3.1.1', '5'])(
    'scores every message once, through restarts of the broker and kills of the program (MQTT %s)',
    { timeout: 120_000 },
    async version => {
      const folder = scratchFolder()
      await trainSmall(folder)
      const broker = await startBroker(folder)
      const client = await connect(broker.url)
      const args = ['--source', broker.url, '--topics', 'plant/{area}/{device}/telemetry', ...files]
      const start = async (events = watch()) => {
        const run = stream(folder, [...args, '--mqtt-version', version], events.onLine)
        await events.until(/messages?/)
        return { ...run, events }
      }
      const lines = toNdjson(liveFrame(900))
      const publish = async (from: number, to: number) => {
        for (const line of lines.slice(from, to))
          await client.publishAsync('plant/hall/p7/telemetry', line, { qos: 1 })
      }
      let run = await start()
      await publish(0, 200)
      // Killed while messages are on their way.
      const killed = once(run.child, 'exit')
      const sending = publish(200, 400)
      run.child.kill('SIGKILL')
      await Promise.all([killed, sending])
      run = await start()
      await run.events.until(/ of 400 samples/)
      await broker.restart()
      await publish(400, 600)
      await run.events.until(/ of 600 samples/)
      run.child.kill('SIGTERM')
      expect((await run.ended).code).toBe(0)
      // The broker keeps what comes while the program is away.
      await publish(600, 900)
      run = await start()
      await run.events.until(/ of 900 samples/)
      run.child.kill('SIGTERM')
      expect((await run.ended).code).toBe(0)
      const scores = linesOf(join(folder, 's.jsonl')).map(line => JSON.parse(line))
      expect(scores.map(({ time }) => time)).toEqual(lines.map(line => JSON.parse(line).time))
      expect(new Set(scores.map(({ device }) => device))).toEqual(new Set(['p7']))
      expect(new Set(idsOf(join(folder, 'e.jsonl'))).size).toBe(idsOf(join(folder, 'e.jsonl')).length)

      // The same rows from a file give the same scores, bit for bit.
      writeFileSync(join(folder, 'live.ndjson'), `${lines.join('\n')}\n`)
      await stream(folder, ['--source', 'live.ndjson', '--no-follow', '--scores', 's2.jsonl']).ended
      const bare = scores.map(({ device: _, ...score }) => score)
      expect(bare).toEqual(linesOf(join(folder, 's2.jsonl')).map(line => JSON.parse(line)))
    },
  )

  it('joins one topic per channel, and publishes events and its own status', {
    timeout: 120_000,
  }, async () => {
    const folder = scratchFolder()
    await trainSmall(folder)
    const broker = await startBroker(folder)
    const client = await connect(broker.url)
    const heard = new Map<string, string[]>()
    client.on('message', (topic, payload) => {
      heard.set(topic, [...(heard.get(topic) ?? []), String(payload)])
    })
    await client.subscribeAsync('alarms/#', { qos: 1 })
    const events = watch()
    const run = stream(
      folder,
      [
        '--source',
        broker.url,
        '--topics',
        'm/{device}/{channel}',
        '--map',
        'time=t,value=v',
        ...files,
      ].concat(['--sink', `${broker.url}/alarms`, '--quantile', '0.9']),
      events.onLine,
    )
    await events.until(/messages?/)
    const { timeMs, values } = liveFrame(400)
    for (let i = 0; i < timeMs.length; i++)
      for (const [c, name] of ['a', 'b'].entries())
        await client.publishAsync(
          `m/p/${name}`,
          JSON.stringify({ t: new Date(timeMs[i]).toISOString(), v: values[2 * i + c] }),
          {
            qos: 1,
          },
        )
    await events.until(/^800 messages/)
    run.child.kill('SIGTERM')
    const { code, stderr } = await run.ended
    expect(code, stderr).toBe(0)
    expect(stderr).toMatch(/of 400 samples scored/)
    expect(heard.get('alarms/status')).toEqual(['online', 'offline'])
    const opened = (heard.get('alarms/p/event') ?? []).map(text => JSON.parse(text).id)
    expect(opened).toEqual(linesOf(join(folder, 'e.jsonl')).map(line => JSON.parse(line).id))
    expect(opened.length).toBeGreaterThan(2)
  })
})
