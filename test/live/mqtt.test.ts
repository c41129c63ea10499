import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { describe, expect, it, onTestFinished } from 'vitest'
import { scratchFolder } from '../cli/world.js'
import { idsOf, linesOf, liveFrame, stream, toNdjson, trainSmall } from './program.js'

/** Path of the broker, or undefined where it is not installed. */
function findMosquitto(): string | undefined {
  for (const path of ['mosquitto', '/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto'])
    try {
      execFileSync(path, ['-h'], { stdio: 'ignore' })
      return path
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return path
    }
}
const MOSQUITTO = findMosquitto()

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}

/** A real broker that keeps sessions on the disk; it can be killed and started again. */
async function startBroker(folder: string) {
  const port = await freePort()
  const config = join(folder, 'mosquitto.conf')
  const lines = ['persistence true', `persistence_location ${folder}/`, 'autosave_interval 1', 'user root']
  writeFileSync(
    config,
    [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'max_queued_messages 0', ...lines].join('\n'),
  )
  const start = async () => {
    const child = spawn(MOSQUITTO as string, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] })
    await new Promise<void>(resolve => {
      child.stderr.on('data', chunk => String(chunk).includes('running') && resolve())
    })
    return child
  }
  let child = await start()
  const stop = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await once(child, 'exit')
  }
  onTestFinished(() => void child.kill('SIGKILL'))
  return {
    url: `mqtt://127.0.0.1:${port}`,
    async restart() {
      await stop('SIGTERM')
      child = await start()
    },
  }
}

async function connect(url: string): Promise<mqtt.MqttClient> {
  const client = await mqtt.connectAsync(url, { clientId: 'test', protocolVersion: 5, reconnectPeriod: 50 })
  onTestFinished(() => void client.end(true))
  return client
}

/** Resolves when a line of stderr fits. */
function watch() {
  const waiting: { pattern: RegExp; resolve: () => void }[] = []
  return {
    onLine(line: string) {
      for (const { pattern, resolve } of waiting) if (pattern.test(line)) resolve()
    },
    until: (pattern: RegExp) => new Promise<void>(resolve => waiting.push({ pattern, resolve })),
  }
}

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
        await events.until(/messages/)
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
    await events.until(/messages/)
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
