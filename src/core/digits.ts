/** The zero of each script whose digits are read: Arabic-Indic, Persian, Devanagari, full width. */
const ZEROS = [0x660, 0x6f0, 0x966, 0xff10] as const
const FOREIGN = /[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\uff0e-\uff1a]/
const SIGNS: Readonly<Record<string, string>> = {
  ...{ '\u066b': '.', '\u066c': '', '\u200e': '', '\u200f': '' },
  ...{ '\uff0e': '.', '\uff0f': '/', '\uff1a': ':', '\uff0c': ',', '\uff0d': '-', '\u3000': ' ' },
}

/** Digits of other scripts, one after the other as `asciiDigits` replaces them: for the engine. */
export const FOREIGN_DIGITS = [
  ZEROS.map(zero => Array.from({ length: 10 }, (_, i) => String.fromCharCode(zero + i)).join('')).join(''),
  '0123456789'.repeat(ZEROS.length),
] as const

/**
 * A text with its digits, and the signs between them, in ASCII; a text without digits of another script is itself.
 *
 * @example
 * import { asciiDigits } from './digits.js'
 * asciiDigits('٢٠٫٥') // => '20.5'
 */
export function asciiDigits(text: string): string {
  if (!FOREIGN.test(text)) return text
  return text.replace(/[^\0-\x7f]/g, sign => {
    const code = sign.charCodeAt(0)
    const zero = ZEROS.find(one => code >= one && code <= one + 9)
    return zero === undefined ? (SIGNS[sign] ?? sign) : String(code - zero)
  })
}
