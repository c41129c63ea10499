import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bytesField,
  floatField,
  integerField,
  type Message,
  messageField,
  repeated,
  stringField,
  toBytes,
} from '../../src/onnx/protobuf.js'
import { readFields, readInteger } from './wire.js'

const hex = (message: Message) => Buffer.from(toBytes(message)).toString('hex')

describe('the wire format', () => {
  // https://protobuf.dev/programming-guides/encoding/: Test1 { a = 150 }, Test2 { b = "testing" }, Test3 { c = Test1 }, Test4 { d = "hello", e = 1, 2, 3 }.
  it('has the bytes of the examples in its specification', () => {
    expect(hex(integerField(1, 150))).toBe('089601')
    expect(hex(stringField(2, 'testing'))).toBe('120774657374696e67')
    expect(hex(messageField(3, integerField(1, 150)))).toBe('1a03089601')
    expect(hex([...stringField(4, 'hello'), ...repeated([1, 2, 3], 6, integerField)])).toBe(
      '220568656c6c6f300130023003',
    )
    expect(hex(integerField(1, -2))).toBe('08feffffffffffffffff01')
  })

  it('has 32-bit floats little-endian, and UTF-8', () => {
    expect(hex(floatField(2, 1))).toBe('150000803f')
    expect(hex(stringField(1, 'µ°'))).toBe('0a04c2b5c2b0')
  })

  it('reads back as what was written', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 5000 }),
        fc.uint8Array({ maxLength: 300 }),
        (value, field, bytes) => {
          const [first, second] = readFields(
            toBytes([...integerField(field, value), ...bytesField(field, bytes)]),
          )
          expect([first.field, readInteger(first)]).toEqual([field, value])
          expect([second.field, second.value]).toEqual([field, bytes])
        },
      ),
      { seed: 1 },
    )
  })

  it('does not copy bytes before the end', () => {
    const bytes = Uint8Array.of(1, 2, 3)
    expect(messageField(1, bytesField(2, bytes)).at(-1)).toBe(bytes)
  })
})
