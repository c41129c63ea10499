/**
 * A name as one word of a command line.
 *
 * @example
 * import { shellWord } from './shell-word.js'
 * shellWord('pump-1') // => 'pump-1'
 * shellWord('Pump 2') // => "'Pump 2'"
 */
export const shellWord = (name: string): string =>
  /^[\w.,:@%+/-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`
