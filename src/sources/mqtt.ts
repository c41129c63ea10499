import type { IPublishPacket, MqttClient } from 'mqtt'
import type { RawMessage, Source } from './contract.js'
import { Inbox } from './inbox.js'
import {
  connectMqtt,
  disconnect,
  type MqttConnection,
  safeUrl,
  subscribeTo,
  tellStatus,
} from './mqtt-client.js'
import { type Item, sourceOf } from './source.js'
import type { SparkplugReader } from './sparkplug.js'
import type { SourceOptions } from './standard-input.js'
import { topicPattern } from './topic-pattern.js'

export interface MqttOptions extends SourceOptions {
  readonly connection: MqttConnection
  /** Patterns, see `topicPattern`. */
  readonly topics: readonly string[]
  readonly qos: 0 | 1
  /** Name of a shared subscription: several programs divide the messages among them. */
  readonly share?: string
  /** Reads messages of Sparkplug B. */
  readonly sparkplug?: SparkplugReader
  /** Longer payloads are refused, bytes. */
  readonly largestPayload?: number
}

/** The part of the client that sends packets; acknowledgements pass here. */
interface PacketSender {
  _sendPacket(
    packet: { cmd: string; messageId?: number },
    done?: (error?: Error) => void,
    ...more: unknown[]
  ): void
}

/**
 * Messages of an MQTT broker (3.1.1 or 5), with a session that the broker keeps. With QoS 1 a message is acknowledged when what covers it is on the disk;
 * until then the broker has it, and gives it again after a loss.
 *
 * @throws SourceError `package-missing`, `broker-unreachable`; OptionError for a wrong pattern
 */
export async function openMqtt(options: MqttOptions): Promise<Source> {
  const { connection, qos, share, largestPayload = 1 << 20, sparkplug } = options
  const patterns = options.topics.map(topicPattern)
  const inbox = new Inbox<Item>(options.capacity)
  const acknowledgements = createAcknowledgements()
  let isStopped = false
  const rawOf = ({ topic, payload }: IPublishPacket): RawMessage => {
    const fields = patterns.map(pattern => pattern.match(topic)).find(found => found !== undefined)
    const text = payload.length > largestPayload ? undefined : payload.toString()
    return { payload: text, fields, origin: `topic ${topic}` }
  }
  const rawsOf = (packet: IPublishPacket, client: MqttClient): readonly RawMessage[] => {
    const { topic, payload } = packet
    if (sparkplug === undefined || payload.length > largestPayload) return [rawOf(packet)]
    const { messages, rebirth } = sparkplug.read(topic, Buffer.from(payload))
    if (rebirth) client.publish(rebirth.topic, Buffer.from(rebirth.payload), { qos: 0 })
    return messages
  }
  const client = await connectMqtt(connection, created => {
    acknowledgements.attach(created)
    // The client reads on when this calls back: a full queue makes the broker wait.
    created.handleMessage = (packet, done) => {
      // What comes after the stop has no acknowledgement: the broker keeps it.
      if (isStopped) return done()
      const raws = rawsOf(packet as IPublishPacket, created)
      const acknowledge = acknowledgements.of(packet as IPublishPacket)
      let full: Promise<void> | undefined
      for (const [i, raw] of raws.entries())
        full = inbox.put({ raw, ...(i === raws.length - 1 && { acknowledge }) }) ?? full
      // It says nothing: there is nothing to keep.
      if (raws.length === 0) acknowledge?.()
      if (full) full.then(() => done())
      else done()
    }
  })
  const filters = patterns.map(({ filter }) => (share ? `$share/${share}/${filter}` : filter))
  await subscribeTo(client, filters, qos, connection)
  // Who waits for this program may send at once.
  tellStatus(connection.status)(client)
  return sourceOf(safeUrl(connection.url), inbox, options.decode, options.onBad, {
    stop() {
      isStopped = true
      inbox.end()
    },
    close: () => disconnect(client, connection.status),
  })
}

/** Holds back what the client would send at once, until the message is covered; of a connection that was lost nothing is sent. */
function createAcknowledgements() {
  let send: PacketSender['_sendPacket'] = () => {}
  let connection = 0
  return {
    attach(client: MqttClient) {
      const sender = client as unknown as PacketSender
      send = sender._sendPacket.bind(sender)
      sender._sendPacket = (packet, done, ...more) => {
        if (packet.cmd === 'puback') done?.()
        else send(packet, done, ...more)
      }
      client.on('close', () => {
        connection++
      })
    },
    of({ qos, messageId }: IPublishPacket): (() => void) | undefined {
      if (qos === 0) return undefined
      const own = connection
      return () => {
        if (own === connection) send({ cmd: 'puback', messageId, ...{ reasonCode: 0 } })
      }
    },
  }
}
