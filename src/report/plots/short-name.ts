/** Characters of a name that stand beside a plot. */
const LONGEST = 21

/**
 * A name beside a plot: the middle of a long one is left out, as names of channels often differ at their end only.
 *
 * @example
 * import { shortName } from './short-name.js'
 * shortName('temperature_bearing_drive_end_2') // => 'temperatur…rive_end_2'
 */
export function shortName(name: string): string {
  const letters = [...name]
  if (letters.length <= LONGEST) return name
  const head = Math.ceil((LONGEST - 1) / 2)
  return `${letters.slice(0, head).join('')}…${letters.slice(head + 1 - LONGEST).join('')}`
}
