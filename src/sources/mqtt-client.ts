import type { IClientOptions, MqttClient } from 'mqtt'
import { createError } from '../core/errors.js'

/** How a broker is reached; the same for sources and sinks. */
export interface MqttConnection {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`. */
  readonly url: string
  readonly clientId: string
  readonly username?: string
  readonly password?: string
  /** Version of the protocol: 3.1.1 or 5. */
  readonly version: '3.1.1' | '5'
  /** PEM texts. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** Published, retained, by the broker when the connection is lost, and by the program when it stops. */
  readonly statusTopic?: string
}

/** The client library, which is installed by those who need it. @throws SourceError `package-missing` */
export async function loadMqtt(): Promise<typeof import('mqtt')> {
  try {
    return await import('mqtt')
  } catch (error) {
    throw createError('package-missing', { name: 'mqtt', reason: (error as Error).message }, error)
  }
}

/** The address without what it says of the user. */
export function safeUrl(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//')
}

export function clientOptions(connection: MqttConnection): IClientOptions {
  const { clientId, username, password, version, ca, cert, key, statusTopic } = connection
  return {
    clientId,
    clean: false,
    protocolVersion: version === '5' ? 5 : 4,
    reconnectPeriod: 500,
    connectTimeout: 10_000,
    ...(version === '5' && { properties: { sessionExpiryInterval: 24 * 3600, receiveMaximum: 1000 } }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(statusTopic !== undefined && {
      will: { topic: statusTopic, payload: Buffer.from('offline'), qos: 1, retain: true },
    }),
  }
}

/**
 * Connects, and waits for the first connection: a broker that refuses is an error. Later losses are repaired by the client.
 *
 * @throws SourceError `broker-unreachable`
 */
export async function connectMqtt(
  connection: MqttConnection,
  prepare: (client: MqttClient) => void = () => {},
): Promise<MqttClient> {
  const mqtt = await loadMqtt()
  const client = mqtt.connect(connection.url, clientOptions(connection))
  prepare(client)
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve())
      client.once('error', reject)
      client.once('close', () => reject(new Error('the connection was refused or closed')))
    })
  } catch (error) {
    client.end(true)
    const { message, code } = error as NodeJS.ErrnoException
    throw createError(
      'broker-unreachable',
      { url: safeUrl(connection.url), reason: message || String(code) },
      error,
    )
  }
  client.on('error', () => {}) // `close` reports it; the client connects again
  return client
}

/** Publishes to a broker. */
export interface MqttPublisher {
  /** Resolves when the broker has it (QoS 1) or it was sent (QoS 0). */
  publish(topic: string, payload: string, qos: 0 | 1): Promise<void>
  isConnected(): boolean
  close(): Promise<void>
}

/**
 * Connects to publish; `statusTopic` says retained whether the program is there.
 *
 * @throws SourceError `package-missing`, `broker-unreachable`
 */
export async function openMqttPublisher(connection: MqttConnection): Promise<MqttPublisher> {
  const client = await connectMqtt(connection, tellStatus(connection.statusTopic))
  return {
    async publish(topic, payload, qos) {
      await client.publishAsync(topic, payload, { qos })
    },
    isConnected: () => client.connected,
    close: () => disconnect(client, connection.statusTopic),
  }
}

/** Publishes `online` whenever the client has a connection. */
export function tellStatus(topic: string | undefined) {
  return (client: MqttClient): void => {
    if (topic === undefined) return
    client.on('connect', () => void client.publish(topic, 'online', { qos: 1, retain: true }))
  }
}

/** Publishes `offline` and ends the connection. */
export async function disconnect(client: MqttClient, topic: string | undefined): Promise<void> {
  if (topic !== undefined && client.connected)
    await client.publishAsync(topic, 'offline', { qos: 1, retain: true }).catch(() => {})
  await client.endAsync(!client.connected)
}
