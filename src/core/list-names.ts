/**
 * Names for a message: the first of them, and how many more there are.
 *
 * @example
 * import { listNames } from './list-names.js'
 * listNames(['a', 'b', 'c'], 2) // => 'a, b and 1 more'
 */
export function listNames(names: readonly string[], most = 20): string {
  if (names.length === 0) return 'none'
  return names.length <= most
    ? names.join(', ')
    : `${names.slice(0, most).join(', ')} and ${names.length - most} more`
}
