import { createError } from './errors.js'

/** Deeper than anything that telltale writes: a manifest comes from outside, and the stack is finite. */
const DEEPEST = 100

/**
 * JSON with the keys of every object in ascending order of their UTF-16 code units and no spaces: the same value gives the same text, in whatever
 * order its keys were added. Keys without a value (undefined) are left out. Cost O(n log n).
 *
 * @throws ArtefactError `artefact-damaged` for what JSON cannot hold (NaN, infinite numbers, functions) and beyond 100 levels
 * @example
 * import { canonicalJson } from 'telltale'
 * canonicalJson({ b: [1, null], a: 'x' }) // => '{"a":"x","b":[1,null]}'
 */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > DEEPEST) throw damaged(`it is nested deeper than ${DEEPEST} levels`)
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw damaged(`it holds ${value}`)
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) return `[${value.map(item => canonicalJson(item, depth + 1)).join(',')}]`
  if (typeof value !== 'object' || ArrayBuffer.isView(value)) throw damaged(`it holds a ${typeof value}`)
  const fields = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item, depth + 1)}`)
  return `{${fields.join(',')}}`
}

function damaged(reason: string): Error {
  return createError('artefact-damaged', { path: 'the state', file: 'options', reason })
}
