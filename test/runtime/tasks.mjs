// Tasks of the tests of the pool.
import { createError } from '../../dist/core/errors.js'

export const echo = payload => payload
export async function steps(count, { progress, signal }) {
  let done = 0
  for (; done < count && !signal.aborted; done++) {
    progress(done)
    await new Promise(resolve => setImmediate(resolve))
  }
  return { done, aborted: signal.aborted }
}
export async function untilAborted(_, { progress, signal }) {
  progress('begun')
  await new Promise(resolve => signal.addEventListener('abort', resolve))
  throw createError('interrupted', { what: 'the task itself' })
}
export function deaf(_, { progress }) {
  progress('begun')
  for (;;);
}
export const leave = () => process.exit(3)
export const fail = () => {
  throw createError('data-too-short', {
    rows: 3,
    purpose: 'a test',
    wanted: 5,
    window: '',
    remedy: 'Give at least 5 samples',
  })
}
export const stumble = () => {
  throw new RangeError('not of the catalogue')
}
export function burn(ms) {
  const end = performance.now() + ms
  let turns = 0
  while (performance.now() < end) turns++
  return turns
}
