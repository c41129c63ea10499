import type { Random } from '../../src/core/random.js'
import { pick } from './runner.js'

/** Values that a field may hold and should not. */
export const HOSTILE_VALUES: readonly unknown[] = [
  null,
  undefined,
  true,
  '',
  'A',
  '__proto__',
  'constructor',
  'a\u001b[31m\u0007\r',
  '../../evil',
  'x'.repeat(20_000),
  -1,
  0,
  0.5,
  1e9,
  1e308,
  -1e308,
  5e-324,
  2 ** 31,
  2 ** 53,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  [],
  [1],
  [null],
  {},
  { length: 1e9 },
  { constructor: 1 },
  JSON.parse('{"__proto__": {"level": 1}}'),
]

/** A copy of JSON data with one value at any depth replaced, removed or added. */
export function mutated(value: unknown, random: Random): { readonly value: unknown; readonly path: string } {
  const copy = structuredClone(value)
  let at = copy as Record<string, unknown>
  let path = ''
  for (;;) {
    const keys = Object.keys(at)
    if (keys.length === 0) return { value: pick(random, HOSTILE_VALUES), path: path || '(all)' }
    const key = pick(random, keys)
    path += `.${key}`
    const inner = at[key]
    if (
      typeof inner === 'object' &&
      inner !== null &&
      Object.keys(inner).length > 0 &&
      random.uniform() < 0.8
    ) {
      at = inner as Record<string, unknown>
      continue
    }
    const way = random.uniform()
    if (way < 0.1) delete at[key]
    else if (way < 0.2) at[pick(random, ['__x', 'constructor', key.toUpperCase()])] = inner
    else at[key] = pick(random, HOSTILE_VALUES)
    return { value: copy, path }
  }
}

/** Text that steers a terminal, breaks lines, starts formulas or is markup. */
export const HOSTILE_NAMES: readonly string[] = [
  '\u001b[31mred',
  '\u001b]0;title\u0007',
  'a\rb',
  'a\nerror [bug]: forged',
  '\u009b31m',
  '\u202egnp.exe',
  '\u2066x\u2069',
  '=HYPERLINK("http://x","y")',
  '+1+1',
  '@SUM(A1)',
  '-2+3',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '**bold** | [link](http://x)',
  'a,b"c',
  '$(touch x)',
  "'; drop table t; --",
  '__proto__',
  'constructor',
  'null',
  'NaN',
  'x'.repeat(3000),
]

/** Bytes or characters of a text changed at random places: some dropped, doubled, replaced. */
export function garbled(text: string, random: Random, alphabet: string): string {
  let result = text
  for (let n = 1 + random.integer(4); n > 0; n--) {
    const at = random.integer(result.length + 1)
    const way = random.integer(4)
    const piece = alphabet[random.integer(alphabet.length)]!
    if (way === 0) result = result.slice(0, at) + result.slice(at + 1 + random.integer(3))
    else if (way === 1) result = result.slice(0, at) + piece.repeat(1 + random.integer(3)) + result.slice(at)
    else if (way === 2) result = result.slice(0, at) + piece + result.slice(at + 1)
    else
      result =
        result.slice(0, at) + result.slice(random.integer(result.length + 1)).slice(0, 50) + result.slice(at)
  }
  return result.slice(0, 4000)
}
