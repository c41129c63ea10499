import { createError } from './errors.js'
import type { Frame } from './frame.js'
import { shortened } from './safe-text.js'

/** The first and last instant of the calendar, ms since the epoch. */
const LATEST_MS = 8.64e15

/** Characters of a value that an error shows. */
const MOST_SHOWN = 200

/**
 * A value as an error shows it, whatever it is.
 *
 * @example
 * import { shownValue } from './check-input.js'
 * shownValue({ a: [1] }) // => '{"a":[1]}'
 * shownValue('x'.repeat(1000)).endsWith('... (1002 characters)') // => true
 */
export function shownValue(value: unknown): string {
  if (value === undefined) return 'not given'
  try {
    return shortened(String(JSON.stringify(value) ?? typeof value), MOST_SHOWN)
  } catch {
    return `a value of the type ${typeof value}`
  }
}

/**
 * Refuses what is no frame: arrays of another kind or length, names that are no texts or are used twice, times outside of the calendar. Missing times and readings of any kind
 * are for validation to check. Cost O(N + C).
 *
 * @param where what the frame is for, in the message
 * @throws DataError `frame-invalid`
 */
export function checkFrame(frame: Frame, where: string): Frame {
  checkShape(frame, where)
  const { timeMs, channels } = frame
  const refuse = (reason: string) => createError('frame-invalid', { where, reason })
  if (new Set(channels).size < channels.length) throw refuse('two channels have the same name')
  for (let i = 0; i < timeMs.length; i++)
    if (Math.abs(timeMs[i]) > LATEST_MS) throw refuse(`the time of sample ${i} is ${timeMs[i]}`)
  return frame
}

/** The same without a look at single times and names: for samples that come one by one. Cost O(C). */
export function checkShape(frame: Frame, where: string): void {
  const refuse = (reason: string) => createError('frame-invalid', { where, reason })
  if (typeof frame !== 'object' || frame === null) throw refuse(`it is ${shownValue(frame).slice(0, 100)}`)
  const { timeMs, timeKind, values, channels } = frame
  if (!Array.isArray(channels) || !channels.every(name => typeof name === 'string' && name !== ''))
    throw refuse('channels must be names')
  if (!(timeMs instanceof Float64Array)) throw refuse('timeMs must be a Float64Array')
  if (!(values instanceof Float64Array || values instanceof Float32Array))
    throw refuse('values must be a Float64Array or a Float32Array')
  if (timeKind !== 'utc' && timeKind !== 'index') throw refuse('timeKind must be utc or index')
  if (values.length !== timeMs.length * channels.length)
    throw refuse(`it has ${values.length} values for ${timeMs.length} samples of ${channels.length} channels`)
}

/**
 * Refuses what is no text, an empty one, or one with a null character: a path or a name.
 *
 * @throws OptionError `option-invalid`
 */
export function checkText(value: unknown, name: string, where: string): string {
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value
  throw createError('option-invalid', { name, got: shownValue(value), where, wanted: 'it must be a text' })
}

/**
 * Refuses what is no object whose properties can be read, or lacks one of these, each of them an object or a function.
 *
 * @throws OptionError `option-invalid`
 */
export function checkParts(value: unknown, parts: readonly string[], name: string, where: string): void {
  const isObject = (part: unknown) =>
    (typeof part === 'object' && part !== null) || typeof part === 'function'
  const missing =
    isObject(value) && isReadable(value)
      ? parts.find(part => !isObject((value as Record<string, unknown>)[part]))
      : ''
  if (missing === undefined) return
  throw createError('option-invalid', {
    name: missing === '' ? name : `${name}.${missing}`,
    got: shownValue(missing === '' ? value : (value as Record<string, unknown>)[missing]).slice(0, 100),
    where,
    wanted: 'it must be an object',
  })
}

/** Whether no getter throws. */
function isReadable(value: unknown): boolean {
  try {
    Object.values(value as object)
    return true
  } catch {
    return false
  }
}
