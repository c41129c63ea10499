import {
  bytesField,
  floatField,
  integerField,
  type Message,
  messageField,
  repeated,
  stringField,
  toBytes,
} from './protobuf.js'

/** An array with its shape, row-major; the type of its numbers is that of the array. */
export interface OnnxTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array | Float64Array | BigInt64Array
}

/** A number is an integer; a float is wrapped, because ONNX keeps the two apart. */
export type Attribute = number | string | readonly number[] | { readonly float: number }
export type Attributes = Readonly<Record<string, Attribute>>

export interface OnnxNode {
  readonly name: string
  /** Operator of the default domain. */
  readonly operator: string
  /** Names of values; empty where an optional one is left out. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Attributes
}

/** What goes in or comes out of a graph. */
export interface OnnxValue {
  readonly name: string
  readonly type: 'float' | 'double' | 'bool'
  /** A name stands for a size that is known only when the graph runs. */
  readonly shape: readonly (number | string)[]
  readonly description: string
}

export interface OnnxGraph {
  readonly name: string
  /** In an order in which they can be computed. */
  readonly nodes: readonly OnnxNode[]
  readonly constants: Readonly<Record<string, OnnxTensor>>
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxValue[]
}

export interface OnnxModel {
  readonly producer: { readonly name: string; readonly version: string }
  readonly description: string
  readonly metadata: Readonly<Record<string, string>>
  readonly graph: OnnxGraph
}

/** Version of the operators: every runtime since 2022 knows it (ONNX 1.12, ONNX Runtime 1.12). */
export const OPSET = 17
/** Version of the file format that came with it. */
const IR_VERSION = 8

/** `TensorProto.DataType`. */
export const TYPES = { float: 1, int64: 7, bool: 9, double: 11 } as const
/** `AttributeProto.AttributeType`. */
const ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, ints: 7 } as const

/**
 * Encodes a `ModelProto` (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). The same model gives the same bytes.
 * Cost O(bytes): the numbers of the constants are copied once.
 */
export function encodeModel({ producer, description, metadata, graph }: OnnxModel): Uint8Array {
  return toBytes([
    ...integerField(1, IR_VERSION),
    ...stringField(2, producer.name),
    ...stringField(3, producer.version),
    ...stringField(6, description),
    ...messageField(7, graphMessage(graph)),
    ...messageField(8, integerField(2, OPSET)),
    ...repeated(Object.entries(metadata), 14, (field, [key, value]) =>
      messageField(field, [...stringField(1, key), ...stringField(2, value)]),
    ),
  ])
}

function graphMessage({ name, nodes, constants, inputs, outputs }: OnnxGraph): Message {
  return [
    ...repeated(nodes, 1, (field, node) => messageField(field, nodeMessage(node))),
    ...stringField(2, name),
    ...repeated(Object.entries(constants), 5, (field, [name, tensor]) =>
      messageField(field, tensorMessage(name, tensor)),
    ),
    ...repeated(inputs, 11, (field, value) => messageField(field, valueMessage(value))),
    ...repeated(outputs, 12, (field, value) => messageField(field, valueMessage(value))),
  ]
}

function nodeMessage({ name, operator, inputs, outputs, attributes }: OnnxNode): Message {
  return [
    ...repeated(inputs, 1, stringField),
    ...repeated(outputs, 2, stringField),
    ...stringField(3, name),
    ...stringField(4, operator),
    ...repeated(Object.entries(attributes), 5, (field, [name, value]) =>
      messageField(field, [...stringField(1, name), ...attributeFields(value)]),
    ),
  ]
}

function attributeFields(value: Attribute): Message {
  const ofType = (type: keyof typeof ATTRIBUTE_TYPES, content: Message) => [
    ...content,
    ...integerField(20, ATTRIBUTE_TYPES[type]),
  ]
  if (typeof value === 'number') return ofType('int', integerField(3, value))
  if (typeof value === 'string') return ofType('string', stringField(4, value))
  if ('float' in value) return ofType('float', floatField(2, value.float))
  return ofType('ints', repeated(value, 8, integerField))
}

function tensorMessage(name: string, { shape, data }: OnnxTensor): Message {
  // A typed array lies in memory as ONNX wants it: little-endian on every machine that Node.js runs on but one (s390x).
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return [
    ...repeated(shape, 1, integerField),
    ...integerField(2, TYPES[numberType(data)]),
    ...stringField(8, name),
    ...bytesField(9, raw),
  ]
}

function numberType(data: OnnxTensor['data']): keyof typeof TYPES {
  if (data instanceof Float32Array) return 'float'
  return data instanceof Float64Array ? 'double' : 'int64'
}

function valueMessage({ name, type, shape, description }: OnnxValue): Message {
  const dimensions = repeated(shape, 1, (field, size) =>
    messageField(field, typeof size === 'number' ? integerField(1, size) : stringField(2, size)),
  )
  const tensorType = [...integerField(1, TYPES[type]), ...messageField(2, dimensions)]
  return [
    ...stringField(1, name),
    ...messageField(2, messageField(1, tensorType)),
    ...stringField(3, description),
  ]
}
