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
