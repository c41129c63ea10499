import { createError, type TelltaleError } from './errors.js'
import { beyondLimits } from './json-limits.js'
import type { Tensor } from './state.js'

const LONGEST_HEADER = 32_000_000
/** A shape in a tensor in the header, and 100,000 tensors of few dimensions. */
const HEADER_LIMITS = { depth: 3, commas: 1_000_000 }
const ALIGNMENT = 8
const METADATA = '__metadata__'
const WIDTHS: Record<string, number> = { F32: 4, F64: 8 }

interface Entry {
  readonly name: string
  readonly dtype: string
  readonly shape: readonly number[]
  readonly start: number
  readonly end: number
}

/** Tensors and the texts that a file holds beside them. */
export interface SafetensorsContent {
  readonly tensors: Record<string, Tensor>
  /** Texts by name; empty when the file has none. */
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * Encodes tensors in the safetensors format (https://github.com/huggingface/safetensors#format): length of the header as
 * 8 bytes little-endian, header as JSON padded with spaces, data without gaps. float64 comes first so that every array
 * is aligned. The same tensors give the same bytes, in whatever order they were added. Cost O(bytes).
 *
 * @param metadata texts to keep with the tensors, under `__metadata__`; a tensor cannot have that name
 * @example
 * import { decodeSafetensors, encodeSafetensors } from './safetensors.js'
 * const bytes = encodeSafetensors({ bias: { shape: [2], data: Float32Array.of(1, 2) } })
 * decodeSafetensors(bytes).bias.shape // => [2]
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const names = Object.keys(tensors).sort()
  if (names.includes(METADATA)) throw createError('bug', { reason: `a tensor is named ${METADATA}` })
  const ordered = [
    ...names.filter(name => tensors[name]!.data instanceof Float64Array),
    ...names.filter(name => tensors[name]!.data instanceof Float32Array),
  ]
  const texts = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1))
  const header: [string, object][] = texts.length === 0 ? [] : [[METADATA, Object.fromEntries(texts)]]
  let end = 0
  for (const name of ordered) {
    const { shape, data } = tensors[name]!
    if (elementCount(shape) !== data.length) {
      throw createError('bug', {
        reason: `tensor ${name} has ${data.length} elements, its shape is [${shape}]`,
      })
    }
    const dtype = data instanceof Float64Array ? 'F64' : 'F32'
    header.push([name, { dtype, shape, data_offsets: [end, (end += data.byteLength)] }])
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)))
  const dataStart = Math.ceil((8 + json.length) / ALIGNMENT) * ALIGNMENT
  const bytes = new Uint8Array(dataStart + end).fill(0x20, 8 + json.length, dataStart)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(dataStart - 8), true)
  bytes.set(json, 8)
  let at = dataStart
  for (const name of ordered) {
    const { data } = tensors[name]!
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)
    at += data.byteLength
  }
  return bytes
}

/**
 * Decodes safetensors bytes with float32 and float64 tensors into arrays of their own. Every rule of the format is checked
 * before anything is allocated: tensors must tile the data exactly. Errors: `artefact-damaged` with `file` in the message.
 */
export function decodeSafetensors(bytes: Uint8Array, path?: string, file?: string): Record<string, Tensor> {
  return readSafetensors(bytes, path, file).tensors
}

/** The same with the texts of the file. Errors: as `decodeSafetensors`, also when one of them is not a text. */
export function readSafetensors(
  bytes: Uint8Array,
  path = 'safetensors data',
  file = 'header',
): SafetensorsContent {
  const damaged: Damaged = reason => createError('artefact-damaged', { path, file, reason })
  if (!(bytes instanceof Uint8Array))
    throw createError('option-invalid', {
      name: 'bytes',
      got: typeof bytes,
      where: path,
      wanted: 'it must be a Uint8Array',
    })
  if (bytes.length < 8) throw damaged('it is shorter than its length field')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const headerBytes = Number(view.getBigUint64(0, true))
  if (headerBytes > LONGEST_HEADER) throw damaged('its header is longer than 32 MB')
  if (headerBytes > bytes.length - 8) throw damaged('its header is cut off')
  // Not `bytes.subarray`: of a Buffer, `slice` of the result would share memory instead of copying.
  const data = new Uint8Array(
    bytes.buffer,
    bytes.byteOffset + 8 + headerBytes,
    bytes.length - 8 - headerBytes,
  )
  const { entries, metadata } = readHeader(bytes.subarray(8, 8 + headerBytes), damaged)
  checkTiling(entries, data.length, damaged)
  const tensors = entries.map(({ name, dtype, shape, start, end }) => {
    const copy = new Uint8Array(data.subarray(start, end)).buffer
    return [name, { shape, data: dtype === 'F64' ? new Float64Array(copy) : new Float32Array(copy) }]
  })
  return { tensors: Object.fromEntries(tensors), metadata }
}

type Damaged = (reason: string) => TelltaleError

function readHeader(
  bytes: Uint8Array,
  damaged: Damaged,
): Pick<SafetensorsContent, 'metadata'> & { entries: Entry[] } {
  const beyond = beyondLimits(bytes, HEADER_LIMITS)
  if (beyond !== undefined) throw damaged(`its header: ${beyond}`)
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw damaged('its header is not JSON')
  }
  if (bytes[0] !== 0x7b || !isObject(header)) throw damaged('its header is not a JSON object')
  const metadata = header[METADATA] ?? {}
  if (!isTexts(metadata)) throw damaged(`its ${METADATA} is not texts by name`)
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA)
    .map(([name, value]) => {
      const { dtype, shape, data_offsets: offsets } = isObject(value) ? value : {}
      if (typeof dtype !== 'string' || !Object.hasOwn(WIDTHS, dtype)) {
        throw damaged(`tensor ${name} is of a type other than F32 and F64`)
      }
      if (!isSizes(shape)) throw damaged(`tensor ${name} has no valid shape`)
      if (!isSizes(offsets) || offsets.length !== 2) throw damaged(`tensor ${name} has no valid place`)
      const [start, end] = offsets as [number, number]
      if (end - start !== elementCount(shape) * WIDTHS[dtype]!) {
        throw damaged(`tensor ${name} has another size than its shape says`)
      }
      return { name, dtype, shape, start, end }
    })
  return { entries, metadata }
}

function checkTiling(entries: Entry[], length: number, damaged: Damaged): void {
  let at = 0
  for (const { name, start, end } of [...entries].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== at) throw damaged(`tensor ${name} leaves a gap or overlaps another`)
    at = end
  }
  if (at !== length) throw damaged(`it holds ${length} bytes of data, its header describes ${at}`)
}

function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(size => Number.isSafeInteger(size) && size >= 0)
}

function isTexts(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every(text => typeof text === 'string')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
