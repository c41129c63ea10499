import { parseLabels } from '../../src/cli/labels.js'
import { parseSections } from '../../src/config/file.js'
import type { Random } from '../../src/core/random.js'
import { encodeSafetensors, readSafetensors } from '../../src/core/safetensors.js'
import { stateFromBytes, stateToBytes } from '../../src/core/state-bytes.js'
import { scanTime } from '../../src/core/time-text.js'
import { readLabels } from '../../src/evaluate/index.js'
import { parseArchitecture } from '../../src/nn/architectures/parse.js'
import { decodeManifest, encodeManifest } from '../../src/store/manifest.js'
import { garbled } from './hostile.js'
import { type Attack, pick, wellBehavedNow } from './runner.js'

/** Texts are tried in blocks: an attempt is so many inputs. */
export const BLOCK = 500

const TIMES = [
  '2024-05-01T12:00:00.123+02:00',
  '2024-05-01 12:00',
  '2024-02-30',
  '24:00:00',
  `2024-${' '.repeat(3000)}`,
]
const CONFIGS = [
  'train:\n  window: 30\n  channels: [a, b]\n# note\n',
  'a: &a {x: 1}\nb: *a\nc: "t\\n"\n',
  'log: {level: warn, file: "a.log"}\n',
  '- [1, {a: b}]\n? x\n: |\n  y\n',
]
const ARCHITECTURE = JSON.stringify({
  name: 'x',
  encoder: [{ type: 'lstm', units: 'units*2', sequences: false }],
  units: 4,
})
const LABELS = ['0\n1\n0\n1\n', '0,1\n2,3\n', '2024-01-01..2024-01-02\n', 'time,label\n1,0\n2,1\n']
const frame = {
  timeMs: Float64Array.of(0, 1000, 2000, 3000),
  timeKind: 'utc' as const,
  values: new Float64Array(4),
  channels: ['a'],
}
const HEADER = encodeSafetensors({
  a: { shape: [2, 1], data: Float32Array.of(1, 2) },
  b: { shape: [1], data: Float64Array.of(3) },
})
const STATE = stateToBytes({
  kind: 'a',
  version: 1,
  options: { n: 2, list: [1, { x: null }] },
  arrays: { x: { shape: [1], data: Float32Array.of(3) } },
})
const MANIFEST = encodeManifest(
  { a: [1, { b: 'c' }] },
  { 'weights.safetensors': { sha256: '0', sizeBytes: 1 } },
)

/** Bytes with a few changed, cut or doubled. */
function bent(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = Uint8Array.from(bytes)
  for (let n = 1 + random.integer(4); n > 0; n--) copy[random.integer(copy.length)] = random.integer(256)
  const way = random.uniform()
  return way < 0.1 ? copy.subarray(0, random.integer(copy.length)) : copy
}

/** What is tried, and with what. */
const PARSERS: Readonly<Record<string, (random: Random) => { readonly input: string; parse(): unknown }>> = {
  'time text': random => {
    const input = garbled(pick(random, TIMES), random, '0123456789-:+TZ .\t,/')
    return { input, parse: () => scanTime(input) }
  },
  configuration: random => {
    const input = garbled(pick(random, CONFIGS), random, '[]{}:-?*&!|>#\'"%@`,\n \tab1')
    return { input, parse: () => parseSections(input, 'x.yaml').map(section => section.options()) }
  },
  architecture: random => {
    const input = garbled(ARCHITECTURE, random, '[]{}:,"\\-0129eu*/ nt')
    return { input, parse: () => parseArchitecture(input, 'x.json') }
  },
  labels: random => {
    const input = garbled(pick(random, LABELS), random, '0123,;:.\t\n "T-')
    return { input, parse: () => readLabels(parseLabels(input, frame), 4) }
  },
  manifest: random => {
    const input = bent(MANIFEST, random)
    return {
      input: Buffer.from(input).toString('latin1'),
      parse: () => decodeManifest('m', Buffer.from(input)),
    }
  },
  safetensors: random => {
    const input = bent(HEADER, random)
    return { input: Buffer.from(input).toString('latin1'), parse: () => readSafetensors(input) }
  },
  state: random => {
    const input = bent(STATE, random)
    return { input: Buffer.from(input).toString('latin1'), parse: () => stateFromBytes(input) }
  },
}

export const PARSER_ATTACKS: readonly Attack[] = Object.entries(PARSERS).map(([name, make]) => ({
  name: `fuzzed ${name} (blocks of ${BLOCK})`,
  short: 1,
  long: 290,
  limitMs: 60_000,
  make: random => ({
    what: 'a block',
    run() {
      for (let i = 0; i < BLOCK; i++) {
        const { input, parse } = make(random)
        const started = performance.now()
        try {
          wellBehavedNow(parse)
        } catch (error) {
          throw new Error(`${JSON.stringify(input).slice(0, 400)}: ${(error as Error).stack}`)
        }
        const took = performance.now() - started
        if (took > 5000) throw new Error(`${JSON.stringify(input).slice(0, 400)} took ${took} ms`)
      }
    },
  }),
}))

const MEGA = (text: string, bytes = 1_000_000) => text.repeat(Math.ceil(bytes / text.length)).slice(0, bytes)

/** Inputs that are large or deep in one way each. */
const LARGE: readonly (readonly [string, () => unknown])[] = [
  ['a time of blanks', () => scanTime(`2024-${MEGA(' ')}`)],
  ['a time of digits', () => scanTime(`2024-01-01T00:00:00.${MEGA('1')}`)],
  ...['[', '{"a":', '[1,', '{"a":1,', '"\\u0000', '1', ' ', ','].flatMap(
    piece =>
      [
        [`architecture of ${piece}`, () => parseArchitecture(MEGA(piece), 'x.json')],
        [`manifest of ${piece}`, () => decodeManifest('m', Buffer.from(MEGA(piece, 16_000_000)))],
        [`header of ${piece}`, () => readSafetensors(headed(MEGA(piece, 30_000_000)))],
      ] as const,
  ),
  ...[
    '[',
    '{a: ',
    '- ',
    '? ',
    'a: ',
    '}\n',
    ',',
    '*a,',
    '?\n',
    ':\n',
    '#\n',
    '&',
    '!',
    '%a\n',
    ' ',
    '"',
    '- - ',
    'a\n b\n',
  ].map(
    piece =>
      [
        `configuration of ${piece}`,
        () => parseSections(MEGA(piece, 65_000), 'x.yaml').map(s => s.options()),
      ] as const,
  ),
  [
    'configuration of unique keys',
    () => parseSections(Array.from({ length: 6000 }, (_, i) => `k${i}: 1`).join('\n'), 'x.yaml'),
  ],
  ...['0\n', '0,1\n', ' ', '\t', ',', '..', '0..1\n', ':', '"', '1\t'].map(
    piece => [`labels of ${piece}`, () => parseLabels(MEGA(piece, 10_000_000), frame)] as const,
  ),
]

export const LARGE_ATTACK: Attack = {
  name: 'inputs that are large or deep',
  short: 12,
  long: LARGE.length,
  // A refusal within 5 s on a machine of its own; tests share theirs.
  limitMs: 20_000,
  make: (_, k) => {
    const [what, run] = LARGE[(7 * k) % LARGE.length]!
    return { what, run: () => wellBehavedNow(run) }
  },
}

function headed(header: string): Uint8Array {
  const json = Buffer.from(header)
  const bytes = new Uint8Array(8 + json.length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true)
  bytes.set(json, 8)
  return bytes
}
