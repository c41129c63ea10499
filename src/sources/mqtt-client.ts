import type { Socket } from 'node:net'
import type { IClientOptions, MqttClient } from 'mqtt'
import { createError } from '../core/errors.js'

/** Is called with the reason why a connection fails, each time it is tried; undefined: it works again. */
export type OnTrouble = (reason: string | undefined) => void

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
  /** Published, retained: whether the program is there; by the broker when the connection is lost. */
  readonly status?: { readonly topic: string; payloadOf(isThere: boolean): string }
  readonly onTrouble?: OnTrouble
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
  return url.replace(/\/\/[^/?#]*@/, '//')
}

export function clientOptions(connection: MqttConnection): IClientOptions {
  const { clientId, username, password, version, ca, cert, key, status } = connection
  return {
    clientId,
    clean: false,
    protocolVersion: version === '5' ? 5 : 4,
    reconnectPeriod: 500,
    reconnectOnConnackError: true,
    connectTimeout: 10_000,
    ...(version === '5' && { properties: { sessionExpiryInterval: 24 * 3600, receiveMaximum: 1000 } }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(status !== undefined && {
      will: { topic: status.topic, payload: Buffer.from(status.payloadOf(false)), qos: 1, retain: true },
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
  client.on('error', () => {})
  // A small message would wait for the acknowledgement of the one before it, up to 40 ms.
  client.on('connect', () => (client.stream as Partial<Socket>).setNoDelay?.(true))
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
  tellTrouble(client, connection)
  return client
}

/** The client connects again until it is closed; `onTrouble` receives why it must. */
function tellTrouble(client: MqttClient, { onTrouble }: MqttConnection): void {
  let isRefused = false
  client.on('error', ({ message }) => {
    isRefused = true
    onTrouble?.(message)
  })
  client.on('close', () => {
    if (!isRefused && !client.disconnecting) onTrouble?.('the connection was lost')
    isRefused = false
  })
  client.on('connect', () => onTrouble?.(undefined))
}

/** Subscribes to topics. @throws SourceError `broker-unreachable` when the broker refuses */
export async function subscribeTo(
  client: MqttClient,
  filters: readonly string[],
  qos: 0 | 1,
  { url }: MqttConnection,
): Promise<void> {
  const refused = (topics: string, error?: unknown) => {
    client.end(true)
    const reason = `it refuses the subscription to ${topics}${error === undefined ? '' : `: ${(error as Error).message}`}`
    return createError('broker-unreachable', { url: safeUrl(url), reason }, error)
  }
  const granted = await client.subscribeAsync([...filters], { qos }).catch(error => {
    throw refused(filters.join(', '), error)
  })
  const other = granted.find(({ qos }) => qos > 2)
  if (other) throw refused(other.topic)
}

/** Publishes to a broker. */
export interface MqttPublisher {
  /** Resolves when the broker has it (QoS 1) or it was sent (QoS 0). */
  publish(topic: string, payload: string, qos: 0 | 1, retain?: boolean): Promise<void>
  /** The listener is called with the messages of a topic. */
  hear(topic: string, listener: (payload: string) => void): Promise<void>
  isConnected(): boolean
  close(): Promise<void>
}

/**
 * Connects to publish; `status` says retained whether the program is there.
 *
 * @throws SourceError `package-missing`, `broker-unreachable`
 */
export async function openMqttPublisher(connection: MqttConnection): Promise<MqttPublisher> {
  const client = await connectMqtt(connection, tellStatus(connection.status))
  return {
    async publish(topic, payload, qos, retain = false) {
      await client.publishAsync(topic, payload, { qos, retain })
    },
    async hear(topic, listener) {
      client.on('message', (from, payload) => from === topic && listener(String(payload)))
      await subscribeTo(client, [topic], 1, connection)
    },
    isConnected: () => client.connected,
    close: () => disconnect(client, connection.status),
  }
}

type Status = MqttConnection['status']

/** Publishes that the program is there now and whenever the client has a connection. */
export function tellStatus(status: Status) {
  return (client: MqttClient): void => {
    if (status === undefined) return
    const tell = () => void client.publish(status.topic, status.payloadOf(true), { qos: 1, retain: true })
    if (client.connected) tell()
    client.on('connect', tell)
  }
}

/** Publishes that the program is gone and ends the connection. */
export async function disconnect(client: MqttClient, status: Status): Promise<void> {
  if (status !== undefined && client.connected)
    await client.publishAsync(status.topic, status.payloadOf(false), { qos: 1, retain: true }).catch(() => {})
  await client.endAsync(!client.connected)
}
