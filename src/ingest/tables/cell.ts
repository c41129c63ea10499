/** A cell without the blanks around it that the engine passes over: those of ASCII. */
export function trimCell(cell: string): string {
  return cell.replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '')
}

/** What stands for a missing reading in a text; the comparison ignores case and outer blanks. */
export const MISSING_SPELLINGS = [
  ...([
    '',
    'na',
    'n/a',
    '#n/a',
    'nan',
    'null',
    '\\n',
    'none',
    'nil',
    '-',
    '--',
    '---',
    '----',
    '?',
    '*',
    'missing',
    'no value',
  ] as const),
  ...([
    'no data',
    'nodata',
    'bad',
    'bad input',
    'bad quality',
    'bad value',
    'unavailable',
    'unknown',
    'i/o timeout',
  ] as const),
  ...([
    'comm fail',
    'not connect',
    'out of service',
    'offline',
    'error',
    'invalid',
    '#div/0!',
    '#value!',
    '#ref!',
    '#num!',
    '#name?',
    '#null!',
    '#wert!',
    '#nv',
    '#bezug!',
    '#zahl!',
    '#valeur!',
    '#n/d',
    '#nombre!',
  ] as const),
  ...([
    'pt created',
    'scan off',
    'shutdown',
    'configure',
    'no result',
    'calc failed',
    'intf shut',
    'under range',
    'over range',
    'not connected',
    'no sample',
  ] as const),
] as const

const SPELLED: ReadonlySet<string> = new Set(MISSING_SPELLINGS)
const [ZERO, NINE] = ['0'.charCodeAt(0), '9'.charCodeAt(0)]

/** Whether a cell has no reading: it is empty or, where that is allowed, says so. */
export function isMissingText(cell: string, spelled: boolean): boolean {
  const first = cell.charCodeAt(0)
  // No spelling begins with a digit, as most cells do.
  if (first >= ZERO && first <= NINE) return false
  const text = trimCell(cell).toLowerCase()
  return text === '' || (spelled && SPELLED.has(text))
}
