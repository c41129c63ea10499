import type { State, Tensor } from '../core/state.js'
import { damaged } from './state-rule.js'

/** Numbers in all tensors of a model: 160 MB in single precision. */
const MOST_NUMBERS = 40_000_000
const MOST_TENSORS = 100_000

/**
 * Refuses arrays that are not what their shapes say, or more than a model may have.
 *
 * @throws ArtefactError `artefact-damaged` naming the tensor
 */
export function checkArrays(arrays: State['arrays']): void {
  let total = 0
  if (Object.keys(arrays).length > MOST_TENSORS) throw damaged(`it has more than ${MOST_TENSORS} tensors`)
  for (const [name, tensor] of Object.entries(arrays)) {
    const { shape, data } = (tensor ?? {}) as Partial<Tensor>
    if (!(data instanceof Float32Array || data instanceof Float64Array) || !Array.isArray(shape))
      throw damaged(`the tensor ${name} has no numbers or no shape`)
    if (!shape.every(size => Number.isSafeInteger(size) && size >= 0) || product(shape) !== data.length)
      throw damaged(`the tensor ${name} has ${data.length} numbers, its shape is [${shape}]`)
    total += data.length
  }
  if (total > MOST_NUMBERS) throw damaged(`its tensors have ${total} numbers, ${MOST_NUMBERS} are allowed`)
}

/** Refuses tensors that belong to nothing. @param parts names of the stages that tensors may belong to, and of single tensors */
export function refuseStrangers(arrays: State['arrays'], parts: readonly string[]): void {
  const strange = Object.keys(arrays).find(
    name => !parts.some(part => name === part || name.startsWith(`${part}.`)),
  )
  if (strange !== undefined) throw damaged(`the tensor ${strange} belongs to no stage`)
}

/** Arrays with a buffer of their own each, so that a clone of them copies no more than they hold. */
export function compact(arrays: State['arrays']): State['arrays'] {
  const own = Object.entries(arrays).map(([name, { shape, data }]) => [
    name,
    { shape, data: data.byteLength === data.buffer.byteLength ? data : data.slice() },
  ])
  return Object.fromEntries(own)
}

function product(shape: readonly number[]): number {
  return shape.reduce((total, size) => total * size, 1)
}
