import { randomBytes } from 'node:crypto'
import { memoryStore, runGroup, runStream } from '../../live/index.js'
import {
  createDecoder,
  ensureTopic,
  openKafkaGroup,
  openKafkaWriter,
  openMqtt,
  openMqttPublisher,
  parseMapping,
  removeTopics,
  type SourceOptions,
} from '../../sources/index.js'
import { kafkaAddress } from '../kafka-address.js'
import { jsonMessages, modelsOfRows, ONLY_DEVICE, type VerifyInput, type VerifyPath } from './input.js'
import { startMosquitto } from './mosquitto.js'
import { type Recordings, recordingSink } from './recording.js'
import { untilReceived, verifyRun } from './stream-paths.js'

/** Messages that are on their way at the same time. */
const TOGETHER = 500
const PARTITIONS = 2

/** The rows through a broker of MQTT: the one that was given, or mosquitto where it is installed. */
export const mqtt: VerifyPath = {
  name: 'MQTT',
  async run(input, into) {
    const local = input.mqtt === undefined ? await startMosquitto() : undefined
    const url = input.mqtt ?? local?.url
    if (url === undefined) return 'no --mqtt was given, and mosquitto is not installed'
    try {
      await throughMqtt(input, into, url)
    } finally {
      await local?.stop()
    }
    nameOnly(into)
    return undefined
  },
}

async function throughMqtt(input: VerifyInput, into: Recordings, url: string): Promise<void> {
  const topic = `telltale-verify/${randomBytes(6).toString('hex')}`
  const clientId = topic.replace('/', '-')
  const connection = { url, clientId, version: '5' as const }
  const { signal, onProgress } = untilReceived(input.io.signal, input.rows)
  let sending = Promise.resolve()
  const openSource = async () => {
    const source = await openMqtt({ ...reading(input), connection, topics: [topic], qos: 1 })
    sending = publish(input, { ...connection, clientId: `${clientId}-sender` }, topic)
    sending.catch(() => source.stop())
    return source
  }
  await runStream({
    ...verifyRun(signal, modelsOfRows(input)),
    ...recorded(into),
    store: memoryStore(),
    openSource,
    onProgress,
  })
  await sending
}

async function publish(
  input: VerifyInput,
  connection: Parameters<typeof openMqttPublisher>[0],
  topic: string,
): Promise<void> {
  const publisher = await openMqttPublisher(connection)
  try {
    let waiting: Promise<void>[] = []
    for (const { text } of jsonMessages(input)) {
      waiting.push(publisher.publish(topic, text, 1))
      if (waiting.length < TOGETHER) continue
      await Promise.all(waiting)
      waiting = []
    }
    await Promise.all(waiting)
  } finally {
    await publisher.close()
  }
}

/** The rows through two partitions of a new topic of Kafka, which is removed afterwards. */
export const kafka: VerifyPath = {
  name: 'Kafka',
  async run(input, into) {
    if (input.kafka === undefined) return 'no --kafka was given'
    const { brokers, hasTls, path } = kafkaAddress(input.kafka, '--kafka')
    const topic = `${path}.verify.${randomBytes(6).toString('hex')}`
    const stateTopic = `${topic}.state`
    const connection = { brokers, clientId: topic, ...(hasTls && { tls: {} }) }
    await ensureTopic(connection, topic, PARTITIONS)
    try {
      const writer = await openKafkaWriter(connection)
      await writer.write(
        Array.from(jsonMessages(input), ({ device, text }) => ({ topic, key: device, value: text })),
      )
      await writer.close()
      const group = await openKafkaGroup({ ...reading(input), connection, topic, group: topic })
      const { signal, onProgress } = untilReceived(input.io.signal, input.rows)
      const { sinks } = recorded(into)
      await runGroup({
        ...verifyRun(signal, modelsOfRows(input)),
        sinksOf: () => sinks,
        group,
        connection,
        stateTopic,
        onProgress,
      })
    } finally {
      await removeTopics(connection, [topic, stateTopic])
    }
    nameOnly(into)
    return undefined
  },
}

function reading({ timeKind }: VerifyInput): SourceOptions {
  const roles = { device: 'device', ...(timeKind === 'utc' && { time: 'time' }) }
  const form = { times: { timeUnit: 'ms' as const }, decimal: '.' as const, states: new Map() }
  const mapping = parseMapping(['channels=values'], roles, form)
  return { decode: createDecoder(mapping), onBad: () => {}, capacity: 4096, lines: 'ndjson' }
}

const recorded = (into: Recordings) => ({
  sinks: [{ name: 'recording', open: async () => recordingSink(into) }],
})

/** Gives the device of a table without a device column its empty name again. */
function nameOnly(into: Recordings): void {
  const own = into.get(ONLY_DEVICE)
  if (own === undefined || into.size > 1) return
  into.delete(ONLY_DEVICE)
  into.set('', own)
}
