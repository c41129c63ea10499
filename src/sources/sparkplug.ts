import type { RawMessage } from './contract.js'
import {
  type SparkplugCodec,
  type SparkplugMetric,
  type SparkplugPayload,
  sparkplugValue,
} from './sparkplug-payload.js'

/** What a message of an edge node says. */
export interface SparkplugFound {
  /** In order; one per device that a death ends. */
  readonly messages: readonly RawMessage[]
  /** A command to publish: what the edge node said in its births is not known, or messages are missing. */
  readonly rebirth?: { readonly topic: string; readonly payload: Uint8Array }
}

interface EdgeNode {
  /** Number of the connection of the edge node that its birth and its death share. */
  bdSeq: number | undefined
  seq: number | undefined
  readonly devices: Set<string>
  /** By alias. */
  readonly names: Map<bigint, string>
  /** Type by device and name. */
  readonly types: Map<string, number>
  askedMs: number
}

const NAMESPACE = 'spBv1.0'
const TYPES = ['NBIRTH', 'NDATA', 'NDEATH', 'DBIRTH', 'DDATA', 'DDEATH'] as const
type MessageType = (typeof TYPES)[number]

/** Time between two commands to one edge node, ms. */
const ASK_AGAIN_MS = 10_000
/** Edge nodes whose births are kept; with more those that were used last are. */
const MOST_NODES = 10_000
const MOST_ALIASES = 100_000
/** Metrics that are no readings. */
const IS_CONTROL = /^(?:bdSeq$|Node Control\/|Device Control\/|Node Info\/)/

/** The topics of groups; `+` for all groups. */
export function sparkplugTopics(groups: readonly string[]): string[] {
  return groups.flatMap(group =>
    TYPES.map(type => `${NAMESPACE}/${group}/${type}/+${type.startsWith('D') ? '/+' : ''}`),
  )
}

/** Topic of the state of a host application. */
export const hostTopic = (host: string): string => `${NAMESPACE}/STATE/${host}`

/**
 * Reads the messages of Sparkplug B: metrics have the names that their births gave to aliases, and a death says that a device is gone. An edge node whose birth
 * is not known, or of which messages are missing, is asked to send its births again. The device is `group/edge` or `group/edge/device`.
 *
 * @param now ms of any clock
 */
export class SparkplugReader {
  readonly #codec: SparkplugCodec
  readonly #now: () => number
  readonly #nodes = new Map<string, EdgeNode>()

  constructor(codec: SparkplugCodec, now: () => number) {
    this.#codec = codec
    this.#now = now
  }

  /** Never throws: what is no message of Sparkplug has no payload that can be read. */
  read(topic: string, bytes: Uint8Array): SparkplugFound {
    const origin = `topic ${topic}`
    const [namespace, group, type, edge, device = ''] = topic.split('/')
    if (namespace !== NAMESPACE || !isType(type) || !edge)
      return { messages: [{ payload: '', fields: undefined, origin }] }
    let payload: SparkplugPayload
    try {
      payload = this.#codec.decode(bytes)
    } catch (error) {
      return bad(origin, 'bad-payload', `it is no payload of Sparkplug B: ${(error as Error).message}`)
    }
    const address = { group, edge, device, origin }
    const node = this.#nodeOf(`${group}/${edge}`)
    if (type.endsWith('DEATH')) return this.#death(type, address, node, payload)
    const isMissing = this.#follow(node, type, payload)
    const found = this.#readings(type, address, node, payload)
    return isMissing || found.isUnknown ? { ...found, ...this.#ask(address, node) } : found
  }

  #nodeOf(key: string): EdgeNode {
    const known = this.#nodes.get(key)
    const node = known ?? {
      bdSeq: undefined,
      seq: undefined,
      devices: new Set(),
      names: new Map(),
      types: new Map(),
      askedMs: Number.NEGATIVE_INFINITY,
    }
    this.#nodes.delete(key)
    this.#nodes.set(key, node)
    if (this.#nodes.size > MOST_NODES) this.#nodes.delete(this.#nodes.keys().next().value as string)
    return node
  }

  /** Takes a birth in; whether messages are missing. */
  #follow(node: EdgeNode, type: MessageType, { seq, metrics }: SparkplugPayload): boolean {
    if (type === 'NBIRTH') {
      const bdSeq = metrics.find(({ name }) => name === 'bdSeq')?.value
      node.bdSeq = bdSeq === undefined ? undefined : Number(bdSeq)
      node.devices.clear()
      node.names.clear()
      node.types.clear()
      node.seq = seq
      return false
    }
    const isNext = node.seq !== undefined && seq === (node.seq + 1) % 256
    node.seq = seq
    return !isNext
  }

  #readings(type: MessageType, address: Address, node: EdgeNode, payload: SparkplugPayload) {
    const { device, origin } = address
    const isBirth = type.endsWith('BIRTH')
    if (isBirth && device !== '') node.devices.add(device)
    const times = new Map<number, Record<string, unknown>>()
    let isUnknown = false
    for (const metric of payload.metrics) {
      if (isBirth) learn(node, device, metric)
      const name = metric.name || (metric.alias === undefined ? undefined : node.names.get(metric.alias))
      if (name === undefined) isUnknown = true
      if (name === undefined || IS_CONTROL.test(name)) continue
      const value = sparkplugValue(metric, node.types.get(`${device}\n${name}`))
      const timeMs = metric.timestampMs ?? payload.timestampMs ?? Number.NaN
      if (value === undefined) continue
      if (!times.has(timeMs)) times.set(timeMs, {})
      Object.defineProperty(times.get(timeMs), name, { value, enumerable: true, configurable: true })
    }
    const fields = fieldsOf(address)
    const records = [...times]
      .sort(([a], [b]) => a - b)
      .map(([timestamp, readings]) => ({ ...readings, timestamp }))
    const messages: RawMessage[] =
      records.length === 0 ? [] : [{ payload: JSON.stringify(records), fields, origin }]
    if (isUnknown)
      messages.push(...bad(origin, 'no-birth', 'a metric has an alias that no birth named').messages)
    return { messages, isUnknown }
  }

  #death(type: MessageType, address: Address, node: EdgeNode, payload: SparkplugPayload): SparkplugFound {
    const bdSeq = payload.metrics.find(({ name }) => name === 'bdSeq')?.value
    const isNode = type === 'NDEATH'
    // A death of an earlier connection says nothing of this one.
    if (isNode && node.bdSeq !== undefined && bdSeq !== undefined && Number(bdSeq) !== node.bdSeq)
      return bad(address.origin, 'no-birth', 'it is the death of an earlier connection')
    if (!isNode && payload.seq !== undefined) node.seq = payload.seq
    const gone = isNode ? ['', ...node.devices] : [address.device]
    if (isNode) node.seq = undefined
    const text = JSON.stringify({ timestamp: payload.timestampMs ?? Number.NaN })
    return {
      messages: gone.map(device => ({
        payload: text,
        fields: fieldsOf({ ...address, device }),
        origin: address.origin,
        isGone: true,
      })),
    }
  }

  #ask({ group, edge }: Address, node: EdgeNode): Pick<SparkplugFound, 'rebirth'> {
    if (this.#now() - node.askedMs < ASK_AGAIN_MS) return {}
    node.askedMs = this.#now()
    const payload = this.#codec.rebirth(Date.now())
    return { rebirth: { topic: `${NAMESPACE}/${group}/NCMD/${edge}`, payload } }
  }
}

interface Address {
  readonly group: string
  readonly edge: string
  readonly device: string
  readonly origin: string
}

const isType = (type: string | undefined): type is MessageType => TYPES.some(known => known === type)

function fieldsOf({ group, edge, device }: Address) {
  return { group, edge, device: device === '' ? `${group}/${edge}` : `${group}/${edge}/${device}` }
}

function bad(origin: string, reason: 'bad-payload' | 'no-birth', detail: string): SparkplugFound {
  return { messages: [{ payload: '', origin, bad: { reason, detail } }] }
}

function learn(node: EdgeNode, device: string, { name, alias, datatype }: SparkplugMetric): void {
  if (!name || node.types.size >= MOST_ALIASES) return
  if (alias !== undefined) node.names.set(alias, name)
  if (datatype !== undefined) node.types.set(`${device}\n${name}`, datatype)
}
