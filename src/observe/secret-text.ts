/** Replacement of a secret. */
export const MASK = '***'

/** Words that say that the value behind them is secret, as a source of regular expressions. */
const NAMES =
  'passw(?:or)?d|passphrase|secret(?:[-_]?(?:access[-_]?)?key)?|token|api[-_ ]?key|access[-_]?key|private[-_]?key|authorization|credentials?|account[-_]?key|session[-_]?(?:id|key|token)|oauth'

// Every quantifier below is bounded, or its match ends where the next search begins: linear time on any text.
const PRIVATE_KEY =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g
const SSH_KEY = /((?:ssh|ecdsa|sk)-[\w@.-]{1,40}[ \t]{1,8})AAAA[\w+/=]+/g
const URL_CREDENTIALS = /:\/\/[^\s/?#"'<>]*@/g
const QUERY = new RegExp(`([?&;](?:[\\w.-]{0,40}?(?:${NAMES}|signature)|sig|key|auth)=)[^&\\s#"'<>]+`, 'gi')
const FLAG = new RegExp(
  `((?<![\\w-])--[\\w-]{0,40}?(?:${NAMES})[ \\t]{1,8})(?!-)(?:"[^"]*"?|'[^']*'?|\\S+)`,
  'gi',
)
const BEARER = /\b(Bearer[ \t]{1,8})(?=[^\s\d._~+/=-]{0,200}[\d._~+/=-])[\w.~+/=-]{8,}/gi
/** A name and a value in percent encoding, `password%3Dvalue`: up to where the text would end without it. */
const ENCODED = new RegExp(`((?:${NAMES})%(?:3D|3A)(?:%20)?)[^\\s&"'<>]+`, 'gi')
const ASSIGNMENT = new RegExp(`(?:${NAMES})(?:\\\\{0,8}["'\`])?[ \\t]{0,8}(?::=?|={1,3}>?)[ \\t]{0,8}`, 'gi')
const POSIX_HOME = /(?<![\w.~-])\/(?:(?:home|Users)\/[^\s/\\"'`:;,<>()]+|root(?![\w.-]))/g
const WINDOWS_HOME =
  /\b[A-Za-z]:[\\/]{1,4}Users[\\/]{1,4}(?:[^\\/:*?"<>|\r\n]{1,64}(?=[\\/])|[^\s\\/:*?"'<>|]+)/gi

/** A text with its secrets as `***` and home folders as `~`. See `redact`. */
export function redactText(text: string): string {
  const masked = text
    .replace(PRIVATE_KEY, MASK)
    .replace(SSH_KEY, `$1${MASK}`)
    .replace(URL_CREDENTIALS, `://${MASK}@`)
    .replace(QUERY, `$1${MASK}`)
    .replace(FLAG, `$1${MASK}`)
    .replace(BEARER, `$1${MASK}`)
    .replace(ENCODED, `$1${MASK}`)
  return maskAssignments(masked).replace(POSIX_HOME, '~').replace(WINDOWS_HOME, '~')
}

/** `name=value`, `name: value`, `"name": "value"`: the value becomes `***`, quotes stay. */
function maskAssignments(text: string): string {
  let out = ''
  let done = 0
  ASSIGNMENT.lastIndex = 0
  while (ASSIGNMENT.exec(text) !== null) {
    const [start, end] = valueSpan(text, ASSIGNMENT.lastIndex)
    if (end === start) continue
    out += `${text.slice(done, start)}${MASK}`
    done = end
    ASSIGNMENT.lastIndex = end
  }
  return out + text.slice(done)
}

const OPENING_QUOTE = /\\{0,8}["'`]/y
const SCHEME = /(?:bearer|basic|digest|negotiate|token|apikey|hmac|aws4-hmac-sha256)[ \t]{1,8}(?=\S)/iy
const REST_OF_LINE_SCHEME = /(?:digest|hmac|aws4-hmac-sha256)[ \t]/iy
const WORD = /\S+/y
const ALREADY = /\*\*\*(?=[&\s"']|$)/y

/** Where the value that begins at `at` starts and ends, without its quotes. */
function valueSpan(text: string, at: number): [start: number, end: number] {
  const quote = matchAt(OPENING_QUOTE, text, at)
  if (quote !== '') return [at + quote.length, closingQuote(text, at + quote.length, quote)]
  if (matchAt(ALREADY, text, at) !== '') return [at, at]
  if (matchAt(REST_OF_LINE_SCHEME, text, at) !== '') {
    const newline = text.indexOf('\n', at)
    return [at, newline < 0 ? text.length : newline]
  }
  const scheme = matchAt(SCHEME, text, at)
  const word = matchAt(WORD, text, at + scheme.length)
  return [at, at + scheme.length + wordLength(word)]
}

/** Without the punctuation of the sentence or structure around a word. */
function wordLength(word: string): number {
  let length = word.length
  while (length > 0 && ',;)]}"\'`'.includes(word[length - 1])) length--
  return length
}

/** The same quote again, not counting one that a backslash escapes; the end of the text when it is not closed. */
function closingQuote(text: string, from: number, quote: string): number {
  const character = quote[quote.length - 1]
  for (let at = text.indexOf(character, from); at >= 0; at = text.indexOf(character, at + 1)) {
    let slashes = 0
    while (at - slashes > from && text[at - slashes - 1] === '\\') slashes++
    const escaped = quote.length - 1
    if (escaped === 0 ? slashes % 2 === 0 : slashes <= escaped) return at - Math.min(slashes, escaped)
  }
  return text.length
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}
