import type { BinaryReader } from '@bufbuild/protobuf/wire'
import { createError } from '../core/errors.js'

/** A metric of a payload; what the sender left out is undefined. */
export interface SparkplugMetric {
  readonly name?: string
  readonly alias?: bigint
  readonly timestampMs?: number
  /** Index of its type, see `numberOf`. */
  readonly datatype?: number
  readonly isNull: boolean
  /** As it was sent: an integer without its sign; undefined for data sets, templates and bytes. */
  readonly value?: number | bigint | boolean | string
}

/** A payload of Sparkplug B, as far as readings need it. */
export interface SparkplugPayload {
  readonly timestampMs?: number
  /** 0 to 255; absent in the messages of a death. */
  readonly seq?: number
  readonly metrics: readonly SparkplugMetric[]
}

/** Reads and writes payloads. */
export interface SparkplugCodec {
  /** @throws Error for bytes that are no payload */
  decode(bytes: Uint8Array): SparkplugPayload
  /** The command that makes an edge node send its births again. */
  rebirth(timestampMs: number): Uint8Array
}

/** More metrics in one payload are no payload. */
const MOST_METRICS = 100_000
const REBIRTH = 'Node Control/Rebirth'
const BOOLEAN = 11

/**
 * Opens the codec of payloads (Protocol Buffers, sparkplug_b.proto of Eclipse Tahu). The library for the wire format is installed by those who need it.
 *
 * @throws SourceError `package-missing`
 */
export async function loadSparkplug(): Promise<SparkplugCodec> {
  const name = '@bufbuild/protobuf'
  const wire = await import('@bufbuild/protobuf/wire').catch(error => {
    throw createError('package-missing', { name, reason: error.message }, error)
  })
  return {
    decode: bytes => readPayload(new wire.BinaryReader(bytes)),
    rebirth: timestampMs => {
      const writer = new wire.BinaryWriter()
      writer.tag(1, wire.WireType.Varint).uint64(timestampMs)
      writer.tag(2, wire.WireType.LengthDelimited).fork()
      writer.tag(1, wire.WireType.LengthDelimited).string(REBIRTH)
      writer.tag(3, wire.WireType.Varint).uint64(timestampMs)
      writer.tag(4, wire.WireType.Varint).uint32(BOOLEAN)
      writer.tag(14, wire.WireType.Varint).bool(true)
      return writer.join().finish()
    },
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

function readPayload(reader: BinaryReader): SparkplugPayload {
  const metrics: SparkplugMetric[] = []
  const payload: Writable<SparkplugPayload> = { metrics }
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag()
    if (field === 1) payload.timestampMs = Number(reader.uint64())
    else if (field === 2) metrics.push(readMetric(reader, reader.uint32()))
    else if (field === 3) payload.seq = Number(reader.uint64())
    else reader.skip(type, field)
    if (metrics.length > MOST_METRICS) throw new Error(`it has more than ${MOST_METRICS} metrics`)
  }
  return payload
}

function readMetric(reader: BinaryReader, length: number): SparkplugMetric {
  const metric: Writable<SparkplugMetric> = { isNull: false }
  const end = reader.pos + length
  if (end > reader.len) throw new RangeError('premature EOF')
  while (reader.pos < end) {
    const [field, type] = reader.tag()
    if (field === 1) metric.name = reader.string()
    else if (field === 2) metric.alias = BigInt(reader.uint64())
    else if (field === 3) metric.timestampMs = Number(reader.uint64())
    else if (field === 4) metric.datatype = reader.uint32()
    else if (field === 7) metric.isNull = reader.bool()
    else if (field === 10) metric.value = reader.uint32()
    else if (field === 11) metric.value = BigInt(reader.uint64())
    else if (field === 12) metric.value = reader.float()
    else if (field === 13) metric.value = reader.double()
    else if (field === 14) metric.value = reader.bool()
    else if (field === 15) metric.value = reader.string()
    else reader.skip(type, field)
  }
  return metric
}

const INT8 = 1
const INT16 = 2
const INT32 = 3
const INT64 = 4

/**
 * The value of a metric by its type: signed integers come without their sign. Undefined for what is no number, boolean or text; null = no value.
 *
 * @param datatype of the birth, where the metric has none: 1 to 4 are Int8 to Int64
 */
export function sparkplugValue(
  { value, isNull, datatype: own }: SparkplugMetric,
  datatype?: number,
): number | boolean | string | null | undefined {
  if (isNull) return null
  const type = own ?? datatype
  if (typeof value === 'bigint') return Number(type === INT64 ? BigInt.asIntN(64, value) : value)
  if (typeof value !== 'number') return value
  if (type === INT8) return (value << 24) >> 24
  if (type === INT16) return (value << 16) >> 16
  return type === INT32 ? value | 0 : value
}
