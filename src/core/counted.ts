/**
 * A number with its word in the singular or the plural.
 *
 * @param text of the number, where it is written otherwise
 *
 * @example
 * import { counted } from './counted.js'
 * counted(1, 'sample') // => '1 sample'
 * counted(2, 'sample') // => '2 samples'
 * counted(2000, 'sample', '2,000') // => '2,000 samples'
 */
export const counted = (n: number, word: string, text = String(n)): string =>
  `${text} ${word}${n === 1 ? '' : 's'}`

/** Verbs that agree with the number before them. */
const SINGULAR: Readonly<Record<string, string>> = { are: 'is', were: 'was', have: 'has', occur: 'occurs' }
/** Words that end as a plural does. */
const NO_PLURALS = new Set(['is', 'has', 'was', 'does', 'names', 'holds'])
const PLACEHOLDER = /\{(\w+)\}(?: ((?:(?:calibration|missing) )?\w+s)\b(?: (are|were|have|occur)\b)?)?/g

/**
 * A text whose placeholders are filled. The plural behind one, and its verb, become the singular where the value is the number 1.
 *
 * @example
 * import { filledText } from './counted.js'
 * filledText('{rows} samples are too few', () => 1) // => '1 sample is too few'
 * filledText('{rows} samples are too few', () => 3) // => '3 samples are too few'
 */
export function filledText(text: string, factOf: (name: string) => string | number | undefined): string {
  return text.replace(PLACEHOLDER, (all: string, name: string, plural?: string, verb?: string) => {
    const value = factOf(name)
    const rest = all.slice(name.length + 2)
    if (value !== 1 || plural === undefined || NO_PLURALS.has(plural)) return `${value}${rest}`
    return `1 ${plural.slice(0, -1)}${verb === undefined ? '' : ` ${SINGULAR[verb]}`}`
  })
}
