/** An entry of `--model`: the model of the devices whose names match. */
export interface ModelEntry {
  /** As it was given. */
  readonly text: string
  /** Absent: all devices. */
  readonly pattern?: string
  readonly model: string
}

/**
 * Reads `PATTERN=MODEL` or `MODEL`.
 *
 * @example
 * import { modelEntry } from './device-pattern.js'
 * modelEntry('pump-*=models/pump') // => { text: 'pump-*=models/pump', pattern: 'pump-*', model: 'models/pump' }
 * modelEntry('models/pump') // => { text: 'models/pump', model: 'models/pump' }
 */
export function modelEntry(text: string): ModelEntry {
  const at = text.indexOf('=')
  return at < 1 ? { text, model: text } : { text, pattern: text.slice(0, at), model: text.slice(at + 1) }
}
