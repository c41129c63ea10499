import { describe, expect, it } from 'vitest'
import { scratchFolder } from '../cli/world.js'
import { connect, MOSQUITTO, startBroker, watch } from './mosquitto.js'
import { liveFrame, stream, toNdjson, trainSmall } from './program.js'

describe.skipIf(MOSQUITTO === undefined)('Home Assistant (skipped: mosquitto is not installed)', () => {
  it('finds the devices of a stream, with their states, and again after it started again', {
    timeout: 120_000,
  }, async () => {
    const folder = scratchFolder()
    await trainSmall(folder)
    const broker = await startBroker(folder)
    const client = await connect(broker.url)
    const events = watch()
    const sink = ['--sink', `${broker.url}/tt`, '--home-assistant', 'homeassistant', '--publish-scores']
    const source = ['--map', 'device=id', '--quantile', '0.9', '--silent-after', '2s', '--no-events']
    const run = stream(folder, ['--stats-every', '1ms', ...source, ...sink], events.onLine)
    await events.until(/messages?/)
    // What is retained comes after its subscription, as for Home Assistant when it starts.
    const silent = events.until(/\(1 silent\)/)
    run.child.stdin?.write(`${toNdjson(liveFrame(400), { id: 'pump 1/a' }).join('\n')}\n`)
    await silent
    const heard: { topic: string; text: string; retain: boolean }[] = []
    const topics = watch()
    client.on('message', (topic, payload, { retain }) => {
      heard.push({ topic, text: String(payload), retain })
      topics.onLine(`${retain} ${topic} ${payload}`)
    })
    const isThere = topics.until(/connected OFF/)
    await client.subscribeAsync(['homeassistant/+/+/+/config', 'tt/#'], { qos: 1 })
    await isThere
    const configs = heard.filter(({ topic }) => topic.endsWith('/config')).map(({ text }) => JSON.parse(text))
    expect(configs.map(({ device_class, name }) => device_class ?? name).sort()).toEqual([
      'Score',
      'connectivity',
      'problem',
    ])
    const problem = configs.find(({ device_class }) => device_class === 'problem')
    expect(problem).toMatchObject({
      unique_id: expect.stringMatching(/^telltale_pump_1_a_[0-9a-f]{8}_anomaly$/),
      state_topic: 'tt/pump%201%2Fa/anomaly',
      availability_topic: 'tt/status',
      device: { name: 'pump 1/a' },
    })
    const stateOf = (topic: string) => heard.findLast(one => one.topic === topic)?.text
    expect(stateOf(problem.availability_topic)).toBe('online')
    expect(stateOf(problem.state_topic)).toMatch(/^(ON|OFF)$/)
    const again = topics.until(/^false homeassistant\/binary_sensor\/.*anomaly\/config/)
    await client.publishAsync('homeassistant/status', 'online', { qos: 1 })
    await again
    const open = topics.until(/anomaly ON/)
    const closed = topics.until(/anomaly OFF/)
    const offline = topics.until(/tt\/status offline/)
    const later = liveFrame(400)
    const timeMs = later.timeMs.map(time => time + 400 * 60_000)
    run.child.stdin?.end(`${toNdjson({ ...later, timeMs }, { id: 'pump 1/a' }).join('\n')}\n`)
    await Promise.all([open, closed, offline])
    expect((await run.ended).code).toBe(0)
  })
})
