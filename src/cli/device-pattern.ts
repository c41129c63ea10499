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

/**
 * Whether a name matches a pattern, in which `*` stands for any characters, or none. Cost O(name x parts).
 *
 * @example
 * import { matches } from './device-pattern.js'
 * matches('pump-*', 'pump-7') // => true
 * matches('*-7', 'pump-17') // => false
 */
export function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*')
  const first = parts[0]
  const last = parts[parts.length - 1]
  if (parts.length === 1) return name === pattern
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last))
    return false
  const end = name.length - last.length
  let from = first.length
  for (const part of parts.slice(1, -1)) {
    const at = name.indexOf(part, from)
    if (at < 0 || at + part.length > end) return false
    from = at + part.length
  }
  return true
}
