/** Units of one quantity: what a reading is multiplied by, and what is added, to give the first of them. */
const QUANTITIES: readonly Readonly<Record<string, readonly [factor: number, offset: number]>>[] = [
  {
    Pa: [1, 0],
    hPa: [100, 0],
    kPa: [1000, 0],
    mbar: [100, 0],
    bar: [100_000, 0],
    MPa: [1_000_000, 0],
    psi: [6894.757, 0],
    atm: [101_325, 0],
  },
  { '°C': [1, 0], '°F': [5 / 9, -160 / 9], K: [1, -273.15] },
  { mm: [1, 0], cm: [10, 0], m: [1000, 0], in: [25.4, 0], ft: [304.8, 0], µm: [0.001, 0] },
  { 'm3/h': [1, 0], 'l/min': [0.06, 0], 'l/s': [3.6, 0], 'l/h': [0.001, 0], gpm: [0.227_124_7, 0] },
  {
    'm/s': [1, 0],
    'mm/s': [0.001, 0],
    'km/h': [1 / 3.6, 0],
    mph: [0.447_04, 0],
    'in/s': [0.0254, 0],
    'ft/s': [0.3048, 0],
  },
  { kg: [1, 0], g: [0.001, 0], lb: [0.453_592_37, 0] },
  { W: [1, 0], kW: [1000, 0], hp: [745.6999, 0] },
  { Wh: [1, 0], kWh: [1000, 0] },
  { Hz: [1, 0], kHz: [1000, 0], rpm: [1 / 60, 0] },
  { V: [1, 0], mV: [0.001, 0], kV: [1000, 0] },
  { A: [1, 0], mA: [0.001, 0] },
]

/** Other ways to write a unit. */
const SPELLINGS: Readonly<Record<string, string>> = {
  c: '°C',
  degc: '°C',
  celsius: '°C',
  f: '°F',
  degf: '°F',
  fahrenheit: '°F',
  kelvin: 'K',
  inch: 'in',
  inches: 'in',
  '"': 'in',
  feet: 'ft',
  um: 'µm',
  cmh: 'm3/h',
  m3h: 'm3/h',
  lpm: 'l/min',
  lmin: 'l/min',
  lh: 'l/h',
  psig: 'psi',
  psia: 'psi',
  barg: 'bar',
  kph: 'km/h',
  kmh: 'km/h',
  lbs: 'lb',
  hertz: 'Hz',
  'r/min': 'rpm',
  '1/min': 'rpm',
}
/** Words behind a name that are units: others, such as in, min and a, have another meaning there as often. */
const SUFFIXES = new Set(
  'psi psig psia bar barg mbar kpa mpa hpa degc degf celsius fahrenheit kelvin mm cm um inch inches ft feet m3h cmh lpm lmin gpm kph kmh mph kg lb lbs kw hp kwh hz khz rpm mv kv ma'.split(
    ' ',
  ),
)
const KNOWN = new Map(
  QUANTITIES.flatMap(units => Object.keys(units).map(unit => [spelt(unit), unit] as const)),
)

function spelt(unit: string): string {
  return unit
    .toLowerCase()
    .replaceAll('³', '3')
    .replaceAll('μ', 'µ')
    .replace(/[\s^.·]/g, '')
    .replace('°', 'deg')
    .replace(/^deg$/, '°')
}

/** A unit in the one way in which it is written here; the text itself where it is not known. */
function canonical(unit: string): string {
  const text = spelt(unit)
  return KNOWN.get(text) ?? SPELLINGS[text] ?? text
}

const BRACKETED = /^(.*?)\s*[([]([^()[\]]*)[)\]]\s*$/s
const SUFFIXED = /^(.+?)[\s_.-]+([A-Za-z°µμ0-9]+(?:[_/][a-z]+)?)$/

/**
 * A name without its unit, and the unit: in brackets behind it, or a word behind it that is one.
 *
 * @example
 * import { withoutUnit } from './units.js'
 * withoutUnit('Pressure [bar]') // => { "stem": "Pressure", "unit": "bar" }
 * withoutUnit('pressure_psi') // => { "stem": "pressure", "unit": "psi" }
 * withoutUnit('phase_a') // => { "stem": "phase_a" }
 */
export function withoutUnit(name: string): { readonly stem: string; readonly unit?: string } {
  const [, inner, bracketed = ''] = BRACKETED.exec(name) ?? []
  if (inner !== undefined && inner !== '')
    return bracketed.trim() === '' ? { stem: inner } : { stem: inner, unit: canonical(bracketed) }
  const [, stem, suffix] = SUFFIXED.exec(name) ?? []
  if (stem === undefined || suffix === undefined) return { stem: name }
  const text = spelt(suffix).replace('_', '')
  const isTemperature = /^[cf]$/.test(text) && /t(?:e?mp|emperature)?$/i.test(stem)
  const isSlashed = KNOWN.has(text) && text.includes('/')
  return SUFFIXES.has(text) || isTemperature || isSlashed ? { stem, unit: canonical(text) } : { stem: name }
}

/**
 * How readings in one unit become those in another, such as `x 0.0689476`; undefined for units that are not known, or of other quantities.
 *
 * @example
 * import { conversion } from './units.js'
 * conversion('psi', 'bar') // => 'x 0.0689476'
 * conversion('°F', '°C') // => 'x 0.555556 - 17.7778'
 */
export function conversion(from: string, to: string): string | undefined {
  const units = QUANTITIES.find(one => Object.hasOwn(one, from) && Object.hasOwn(one, to))
  if (units === undefined) return undefined
  const [[a, b], [c, d]] = [units[from]!, units[to]!]
  const [factor, offset] = [a / c, (b - d) / c]
  const sixDigits = (value: number) => String(Number(value.toPrecision(6)))
  const scaled = factor === 1 ? '' : `x ${sixDigits(factor)}`
  const moved = Math.abs(offset) < 1e-9 ? '' : `${offset < 0 ? '-' : '+'} ${sixDigits(Math.abs(offset))}`
  return [scaled, moved].filter(text => text !== '').join(' ')
}
