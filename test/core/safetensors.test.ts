import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ArtefactError } from '../../src/core/errors.js'
import { decodeSafetensors, encodeSafetensors, readSafetensors } from '../../src/core/safetensors.js'

/** A file by the letter of the format: length, header, data. */
function file(header: string, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(header)
  const bytes = new Uint8Array(8 + json.length + dataBytes)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true)
  bytes.set(json, 8)
  return bytes
}

const number32 = fc.float({ noDefaultInfinity: false })
const tensor = fc
  .tuple(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }), fc.boolean())
  .chain(([shape, wide]) => {
    const length = shape.reduce((a, b) => a * b, 1)
    const values = fc.array(wide ? fc.double() : number32, { minLength: length, maxLength: length })
    return values.map(list => ({ shape, data: wide ? Float64Array.from(list) : Float32Array.from(list) }))
  })
const tensors = fc.dictionary(fc.string({ maxLength: 6 }), tensor, { maxKeys: 5 })

describe('safetensors', () => {
  it('decodes a file laid out as the published format says', () => {
    const header =
      '{"__metadata__":{"format":"pt"},"test":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}   '
    const bytes = file(header, 16)
    new DataView(bytes.buffer).setFloat32(bytes.length - 4, 1.5, true)
    expect(decodeSafetensors(bytes)).toEqual({ test: { shape: [2, 2], data: Float32Array.of(0, 0, 0, 1.5) } })
  })

  it('writes the exact bytes of the format', () => {
    const bytes = encodeSafetensors({ a: { shape: [1], data: Float32Array.of(1) } })
    const header = '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
    const padded = header.padEnd(Math.ceil((header.length + 8) / 8) * 8 - 8)
    expect(Buffer.from(bytes).toString('latin1')).toBe(
      `${String.fromCharCode(padded.length)}\0\0\0\0\0\0\0${padded}\0\0\x80\x3f`,
    )
  })

  it('keeps texts under __metadata__, in order of their names', () => {
    const a = { shape: [1], data: Float32Array.of(1) }
    const bytes = encodeSafetensors({ a }, { z: 'é"', b: '' })
    expect(new TextDecoder().decode(bytes.subarray(8))).toMatch(
      /^\{"__metadata__":\{"b":"","z":"é\\""\},"a":/,
    )
    expect(readSafetensors(bytes)).toEqual({ tensors: { a }, metadata: { b: '', z: 'é"' } })
    expect(encodeSafetensors({ a }, { b: '', z: 'é"' })).toEqual(bytes)
    expect(readSafetensors(encodeSafetensors({ a }))).toEqual({ tensors: { a }, metadata: {} })
    expect(() => encodeSafetensors({ __metadata__: a })).toThrow(/a tensor is named/)
  })

  it('gives the same bytes in whatever order the tensors were added', () => {
    const a = { shape: [1], data: Float32Array.of(1) }
    const b = { shape: [], data: Float64Array.of(2) }
    expect(encodeSafetensors({ a, b })).toEqual(encodeSafetensors({ b, a }))
  })

  it('gives back what it was given, with data aligned to 8 bytes', () => {
    fc.assert(
      fc.property(tensors, content => {
        const bytes = encodeSafetensors(content)
        expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0)
        // As a Buffer at an odd address, the way a file may arrive.
        const odd = Buffer.alloc(bytes.length + 1).subarray(1)
        odd.set(bytes)
        const decoded = decodeSafetensors(odd)
        expect(Object.keys(decoded).sort()).toEqual(Object.keys(content).sort())
        for (const [name, value] of Object.entries(content)) expect(decoded[name]).toEqual(value)
      }),
      { seed: 5, numRuns: 200 },
    )
  })

  it('refuses changed or cut bytes with an ArtefactError or decodes them, and does nothing else', () => {
    const edit = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 })
    fc.assert(
      fc.property(tensors, edit, fc.nat(), (content, edits, cut) => {
        const bytes = encodeSafetensors(content)
        for (const [at, value] of edits) bytes[at % bytes.length] = value
        const kept = bytes.subarray(0, cut % 3 === 0 ? cut % bytes.length : bytes.length)
        try {
          decodeSafetensors(kept)
        } catch (error) {
          expect(error).toBeInstanceOf(ArtefactError)
        }
      }),
      { seed: 6, numRuns: 1000 },
    )
  })

  it.each([
    ['nothing at all', new Uint8Array(0), /shorter than its length field/],
    ['a header past the end', file('{}', 0).fill(255, 0, 1), /cut off/],
    ['a header over 32 MB', file('{}', 0).fill(255, 0, 8), /longer than 32 MB/],
    ['a header that is no JSON', file('{"a"', 0), /not JSON/],
    ['a header that is an array', file('[]', 0), /not a JSON object/],
    ['a header after a space', file(' {}', 0), /not a JSON object/],
    ['texts that are none', file('{"__metadata__":{"a":1}}', 0), /not texts by name/],
    ['texts that are a list', file('{"__metadata__":["a"]}', 0), /not texts by name/],
    ['another type', file('{"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]}}', 1), /F32 and F64/],
    [
      'an inherited type name',
      file('{"a":{"dtype":"constructor","shape":[],"data_offsets":[0,4]}}', 4),
      /F32/,
    ],
    ['a negative size', file('{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', 4), /valid shape/],
    ['a broken size', file('{"a":{"dtype":"F32","shape":[0.5],"data_offsets":[0,2]}}', 2), /valid shape/],
    ['one offset', file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[4]}}', 4), /valid place/],
    ['another size', file('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 4), /another size/],
    ['a gap', file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', 8), /gap/],
    ['data left over', file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 8), /describes 4/],
    ['missing data', file('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', 4), /describes 8/],
    [
      'an overlap',
      file(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
        4,
      ),
      /overlaps/,
    ],
  ])('refuses %s', (_, bytes, message) => expect(() => decodeSafetensors(bytes)).toThrow(message))
})
