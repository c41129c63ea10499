import { join } from 'node:path'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { describe, expect, it } from 'vitest'
import { loadSparkplug } from '../../src/sources/sparkplug-payload.js'
import { scratchFolder } from '../cli/world.js'
import { connect, MOSQUITTO, startBroker, watch } from './mosquitto.js'
import { linesOf, liveFrame, stream, toNdjson, trainSmall } from './program.js'

interface Metric {
  readonly name?: string
  readonly alias?: number
  readonly value: number
}

function payload(timestamp: number, seq: number | undefined, metrics: readonly Metric[]): Buffer {
  const writer = new BinaryWriter().tag(1, WireType.Varint).uint64(timestamp)
  for (const { name, alias, value } of metrics) {
    writer.tag(2, WireType.LengthDelimited).fork()
    if (name !== undefined) writer.tag(1, WireType.LengthDelimited).string(name)
    if (alias !== undefined) writer.tag(2, WireType.Varint).uint64(alias)
    if (name === 'bdSeq') writer.tag(4, WireType.Varint).uint32(8).tag(11, WireType.Varint).uint64(value)
    else writer.tag(4, WireType.Varint).uint32(10).tag(13, WireType.Bit64).double(value)
    writer.join()
  }
  if (seq !== undefined) writer.tag(3, WireType.Varint).uint64(seq)
  return Buffer.from(writer.finish())
}

describe.skipIf(MOSQUITTO === undefined)(
  'an edge node of Sparkplug B (skipped: mosquitto is not installed)',
  () => {
    it('is scored by its aliases, asked for its births after a restart, and lost with its death', {
      timeout: 120_000,
    }, async () => {
      const folder = scratchFolder()
      await trainSmall(folder)
      const broker = await startBroker(folder)
      const codec = await loadSparkplug()
      const frame = liveFrame(60)
      const bdSeq = { name: 'bdSeq', value: 1 }
      // Its death is the last will of the edge node.
      const will = {
        topic: 'spBv1.0/plant/NDEATH/edge',
        payload: payload(frame.timeMs[59], undefined, [bdSeq]),
        qos: 1,
      } as const
      const edge = await connect(broker.url, { clientId: 'edge', will })
      let seq = -1
      const send = (type: string, timeMs: number, metrics: readonly Metric[]) => {
        seq = type === 'NBIRTH' ? 0 : (seq + 1) % 256
        const device = type.startsWith('D') ? '/pump' : ''
        return edge.publishAsync(`spBv1.0/plant/${type}/edge${device}`, payload(timeMs, seq, metrics), {
          qos: 0,
        })
      }
      const reading = (i: number, isBirth: boolean) =>
        [0, 1].map(c => ({ alias: c + 1, value: frame.values[2 * i + c], ...(isBirth && { name: 'ab'[c] }) }))
      const birth = async (i: number) => {
        await send('NBIRTH', frame.timeMs[i], [bdSeq])
        await send('DBIRTH', frame.timeMs[i], reading(i, true))
      }
      const asked = watch()
      edge.on('message', (topic, bytes) =>
        asked.onLine(`${topic} ${topic.includes('STATE') ? bytes : codec.decode(bytes).metrics[0].name}`),
      )
      await edge.subscribeAsync(['spBv1.0/plant/NCMD/edge', 'spBv1.0/STATE/telltale'], { qos: 0 })
      const args = ['--source', broker.url, '--sparkplug', 'plant', '--sparkplug-host', 'telltale']
      const out = ['--events', 'e.jsonl', '--scores', 's.jsonl', '--state', 'state', '--stats-every', '1ms']
      const start = (events = watch()) => ({ events, ...stream(folder, [...args, ...out], events.onLine) })
      const online = asked.until(/STATE\/telltale \{"online":true/)
      let run = start()
      await Promise.all([online, run.events.until(/messages?/)])
      await birth(0)
      for (let i = 1; i < 30; i++) await send('DDATA', frame.timeMs[i], reading(i, false))
      await run.events.until(/ of 30 samples/)
      const offline = asked.until(/STATE\/telltale \{"online":false/)
      run.child.kill('SIGTERM')
      await offline
      const wanted = asked.until(/NCMD\/edge Node Control\/Rebirth/)
      run = start()
      await run.events.until(/messages?/)
      await send('DDATA', frame.timeMs[30], reading(30, false))
      await wanted
      await birth(30)
      for (let i = 31; i < 60; i++) await send('DDATA', frame.timeMs[i], reading(i, false))
      await run.events.until(/ of 60 samples/)
      const dead = run.events.until(/\(1 silent\)/)
      edge.stream.destroy()
      await dead
      run.child.kill('SIGTERM')
      const { code, stderr } = await run.ended
      expect(code, stderr).toBe(0)
      expect(stderr).toContain('no-birth 1')
      const scores = linesOf(join(folder, 's.jsonl')).map(line => JSON.parse(line))
      expect(scores.map(({ time }) => time)).toEqual(toNdjson(frame).map(line => JSON.parse(line).time))
      expect(new Set(scores.map(({ device }) => device))).toEqual(new Set(['plant/edge/pump']))
      const lost = linesOf(join(folder, 'e.jsonl'))
        .map(line => JSON.parse(line))
        .filter(({ type }) => type.includes('coverage'))
      expect(lost).toMatchObject([{ type: 'dev.telltale.coverage.lost.v1', subject: 'plant/edge/pump' }])
    })
  },
)
