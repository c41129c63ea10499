import { createError } from './errors.js'

/** Compressed files are not written. */
const COMPRESSED = /\.(?:gz|zst|zip|bz2|xz)$/i
/** Endings for which another one holds the same. */
const ALIKE: Readonly<Record<string, string>> = { '.json': '.jsonl', '.htm': '.html' }

/**
 * What the ending of a file that is to be written stands for; upper and lower case are alike. A file without an ending is of the format of the ending `''`.
 *
 * Errors: `format-unknown`, with a name of the file that works.
 *
 * @example
 * import { formatOfFile } from './file-format.js'
 * formatOfFile('scores.CSV', { '.csv': 'cells', '.jsonl': 'lines' }) // => 'cells'
 */
export function formatOfFile<Format>(file: string, formats: Readonly<Record<string, Format>>): Format {
  const ending = endingOf(file)
  const own = ending.toLowerCase()
  if (Object.hasOwn(formats, own)) return formats[own]!
  const endings = Object.keys(formats).filter(name => name !== '')
  const stem = ending === '' ? file : file.slice(0, -ending.length)
  const isPacked = COMPRESSED.test(ending) && endings.includes(endingOf(stem).toLowerCase())
  const alike = endings.find(name => name === ALIKE[own]) ?? endings[0]!
  throw createError('format-unknown', {
    file,
    got: ending === '' ? 'none' : ending,
    wanted: endings.join(', '),
    name: isPacked ? stem : `${stem}${alike}`,
    lines: alike === '.jsonl' && !isPacked ? ', with a JSON object per line' : '',
  })
}

const endingOf = (path: string) => /[^./\\](\.[^./\\]+)$/.exec(path)?.[1] ?? ''
