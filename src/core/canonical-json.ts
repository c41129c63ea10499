import { createError } from './errors.js'

/** Deeper than anything that telltale writes: a manifest comes from outside, and the stack is finite. */
const DEEPEST = 100

/**
 * JSON with the keys of every object in ascending order of their UTF-16 code units and no spaces: the same value gives the same text, in whatever
 * order its keys were added. Keys without a value (undefined) are left out. Cost O(n log n).
 *
 * @throws ArtefactError `artefact-damaged` for what JSON cannot hold (NaN, infinite numbers, functions) and beyond 100 levels
 * @example
 * import { canonicalJson } from './canonical-json.js'
 * canonicalJson({ b: [1, null], a: 'x' }) // => '{"a":"x","b":[1,null]}'
 */
export function canonicalJson(value: unknown): string {
  return write(value, [])
}

function write(value: unknown, path: (string | number)[]): string {
  if (path.length > DEEPEST) throw damaged([], `is nested deeper than ${DEEPEST} levels`)
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw damaged(path, `is ${value}`)
    return JSON.stringify(value)
  }
  if (typeof value !== 'object' || ArrayBuffer.isView(value)) throw damaged(path, 'is not JSON')
  const inside = (item: unknown, key: string | number) => {
    path.push(key)
    const text = write(item, path)
    path.pop()
    return text
  }
  // Not `value.map`, which makes an array by what the value says of its constructor.
  if (Array.isArray(value)) return `[${Array.from(value, inside).join(',')}]`
  const fields = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${inside(item, key)}`)
  return `{${fields.join(',')}}`
}

function damaged(path: readonly (string | number)[], reason: string): Error {
  const what = path.length === 0 ? 'it' : path.join('.')
  return createError('artefact-damaged', { path: 'the state', file: 'options', reason: `${what} ${reason}` })
}
