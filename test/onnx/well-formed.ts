import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { readOnnx } from './wire.js'

const FLOAT = 1
const INT64 = 7
const DOUBLE = 11
const BYTES: Readonly<Record<number, number>> = { [FLOAT]: 4, [INT64]: 8, [DOUBLE]: 8 }
/** Which field of an attribute holds the value of each type: float, int, string, ints. */
const VALUE_FIELD: Readonly<Record<number, number>> = { 1: 2, 2: 3, 3: 4, 7: 8 }

/** Words of the guide. */
const GUIDE = new Set(readFileSync('docs/onnx.md', 'utf8').match(/\w+/g))

/** What is true of every file, as tests of the block that calls it. */
export function isWellFormed(onnx: ReturnType<typeof readOnnx>): void {
  const constants = new Set(onnx.tensors.map(tensor => tensor.name))

  it('computes every value once, before it is used', () => {
    const known = new Set([...constants, ...onnx.inputs.map(input => input.name)])
    expect(known.size).toBe(onnx.tensors.length + onnx.inputs.length)
    for (const { name, inputs, outputs } of onnx.nodes) {
      expect(
        inputs.filter(input => input !== '' && !known.has(input)),
        name,
      ).toEqual([])
      for (const output of outputs.filter(Boolean)) {
        expect(known.has(output), output).toBe(false)
        known.add(output)
      }
    }
    expect(onnx.outputs.filter(output => !known.has(output.name))).toEqual([])
    expect(new Set(onnx.nodes.map(node => node.name)).size).toBe(onnx.nodes.length)
  })

  it('has names that are identifiers of C, as the specification wants them', () => {
    const names = onnx.nodes.flatMap(({ name, outputs }) => [name, ...outputs.filter(Boolean)])
    expect([...names, ...constants].filter(name => !/^[A-Za-z_]\w*$/.test(name))).toEqual([])
  })

  it('holds nothing that no node reads', () => {
    const read = new Set(onnx.nodes.flatMap(({ inputs }) => inputs))
    for (const output of onnx.outputs) read.add(output.name)
    const written = [...constants, ...onnx.nodes.flatMap(({ outputs }) => outputs.filter(Boolean))]
    // An output that an operator must have, though nothing reads it.
    expect(written.filter(value => !read.has(value) && !value.endsWith('_left'))).toEqual([])
  })

  it('has as many bytes in each constant as its shape and type say', () => {
    for (const { name, type, shape, byteLength } of onnx.tensors) {
      expect(byteLength, name).toBe(BYTES[type] * shape.reduce((product, size) => product * size, 1))
    }
  })

  it('says of each attribute its type, and has a value of it', () => {
    for (const { attributes } of onnx.nodes) {
      for (const [key, { type, numbers }] of Object.entries(attributes)) {
        expect(numbers, key).toContain(VALUE_FIELD[type])
      }
    }
  })

  it('uses only operators that the guide names', () => {
    expect(onnx.nodes.map(({ operator }) => operator).filter(operator => !GUIDE.has(operator))).toEqual([])
  })
}
