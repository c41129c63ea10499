/**
 * The wire format of Protocol Buffers, as far as ONNX needs it: https://protobuf.dev/programming-guides/encoding/.
 * A message is the list of its fields; bytes are only copied once, at the end, by `toBytes`.
 */
export type Message = readonly Uint8Array[]

const VARINT = 0
const LENGTH_DELIMITED = 2
const FIXED32 = 5

/** An `int32`, `int64` or enum. */
export function integerField(field: number, value: number): Message {
  return [Uint8Array.of(...varint(tag(field, VARINT)), ...varint(BigInt.asUintN(64, BigInt(value))))]
}

/** A `float`. */
export function floatField(field: number, value: number): Message {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setFloat32(0, value, true)
  return [Uint8Array.of(...varint(tag(field, FIXED32)), ...bytes)]
}

/** A `bytes`. */
export function bytesField(field: number, value: Uint8Array): Message {
  return messageField(field, [value])
}

/** A `string`, in UTF-8. */
export function stringField(field: number, value: string): Message {
  return bytesField(field, new TextEncoder().encode(value))
}

/** A message inside a message. */
export function messageField(field: number, value: Message): Message {
  const length = value.reduce((sum, { byteLength }) => sum + byteLength, 0)
  return [Uint8Array.of(...varint(tag(field, LENGTH_DELIMITED)), ...varint(BigInt(length))), ...value]
}

/** A `repeated` field: one after another. */
export function repeated<T>(
  values: readonly T[],
  field: number,
  encode: (field: number, value: T) => Message,
): Message {
  return values.flatMap(value => encode(field, value))
}

/** The fields, concatenated. */
export function toBytes(message: Message): Uint8Array {
  const bytes = new Uint8Array(message.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let at = 0
  for (const part of message) {
    bytes.set(part, at)
    at += part.byteLength
  }
  return bytes
}

function tag(field: number, wireType: number): bigint {
  return BigInt((field << 3) | wireType)
}

/** Seven bits per byte, the lowest first; the top bit says that more follow. */
function varint(value: bigint): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  bytes.push(Number(rest))
  return bytes
}
