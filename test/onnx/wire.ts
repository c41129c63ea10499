/** A reader of the wire format of Protocol Buffers, and of ONNX files with it, written apart from the writer under test. */

export interface Field {
  readonly field: number
  readonly value: bigint | Uint8Array
}

export function readFields(bytes: Uint8Array): Field[] {
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      if (at >= bytes.length) throw new Error('a varint is cut off')
      const byte = bytes[at++]
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new Error('a field is cut off')
    return bytes.slice(at, (at += length))
  }
  const fields: Field[] = []
  while (at < bytes.length) {
    const tag = Number(varint())
    const field = tag >> 3
    switch (tag & 7) {
      case 0:
        fields.push({ field, value: varint() })
        break
      case 2:
        fields.push({ field, value: take(Number(varint())) })
        break
      case 5:
        fields.push({ field, value: take(4) })
        break
      default:
        throw new Error(`wire type ${tag & 7} has no use in ONNX`)
    }
  }
  return fields
}

export function readInteger({ value }: Field): number {
  if (typeof value !== 'bigint') throw new Error('an integer is wanted')
  return Number(BigInt.asIntN(64, value))
}

/** A message as a look-up: every value of a field in the order of the file. */
function message(bytes: Uint8Array) {
  const fields = readFields(bytes)
  const of = (number: number) => fields.filter(({ field }) => field === number)
  const bytesOf = (number: number) => of(number).map(({ value }) => value as Uint8Array)
  const texts = (number: number) => bytesOf(number).map(value => new TextDecoder().decode(value))
  const messages = (number: number) => bytesOf(number).map(message)
  return {
    integers: (number: number) => of(number).map(readInteger),
    bytes: bytesOf,
    texts,
    text: (number: number) => texts(number)[0],
    messages,
    numbers: [...new Set(fields.map(({ field }) => field))],
  }
}
type Read = ReturnType<typeof message>

export interface ReadTensor {
  readonly name: string
  readonly type: number
  readonly shape: readonly number[]
  readonly byteLength: number
}
export interface ReadNode {
  readonly name: string
  readonly operator: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<
    Record<string, { readonly type: number; readonly numbers: readonly number[] }>
  >
}

/** The parts of a `ModelProto` that say whether it is sound; the numbers of the fields are those of onnx.proto. */
export function readOnnx(bytes: Uint8Array) {
  const model = message(bytes)
  const [graph] = model.messages(7)
  const [opset] = model.messages(8)
  return {
    irVersion: model.integers(1)[0],
    producer: [model.text(2), model.text(3)],
    opset: opset.integers(2)[0],
    metadata: Object.fromEntries(model.messages(14).map(entry => [entry.text(1), entry.text(2)])),
    name: graph.text(2),
    nodes: graph.messages(1).map(readNode),
    tensors: graph.messages(5).map(readTensor),
    inputs: graph.messages(11).map(readValue),
    outputs: graph.messages(12).map(readValue),
  }
}

function readNode(node: Read): ReadNode {
  return {
    inputs: node.texts(1),
    outputs: node.texts(2),
    name: node.text(3),
    operator: node.text(4),
    attributes: Object.fromEntries(
      node
        .messages(5)
        .map(attribute => [
          attribute.text(1),
          { type: attribute.integers(20)[0], numbers: attribute.numbers },
        ]),
    ),
  }
}

function readTensor(tensor: Read): ReadTensor {
  return {
    shape: tensor.integers(1),
    type: tensor.integers(2)[0],
    name: tensor.text(8),
    byteLength: tensor.bytes(9)[0].byteLength,
  }
}

function readValue(value: Read) {
  const [tensor] = value.messages(2)[0].messages(1)
  const dimensions = tensor.messages(2).flatMap(shape => shape.messages(1))
  return {
    name: value.text(1),
    type: tensor.integers(1)[0],
    shape: dimensions.map(size => size.integers(1)[0] ?? size.text(2)),
    description: value.text(3),
  }
}
