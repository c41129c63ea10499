import { counted } from '../../core/counted.js'
import { holdsUnits } from '../tables/unit-column.js'
import { elapsedUnit } from './elapsed.js'
import type { ColumnProfile } from './profile.js'
import { wordsOf } from './profile.js'

/** What a column may be asked to be by `--role`. */
export const ASKED_ROLES = ['channel', 'counter', 'angle', 'state', 'ignore', 'label', 'device'] as const
export type AskedRole = (typeof ASKED_ROLES)[number]

/**
 * What a column was taken for. `channel`, `counter`, `angle`, `state` and `constant` become channels; of the others `time`, `label` and
 * `device` may be used as such, and the rest is left out.
 */
export type RoleName =
  | AskedRole
  | 'time'
  | 'row-number'
  | 'calendar'
  | 'cycle'
  | 'quality'
  | 'constant'
  | 'text'

/** What one column of the table was taken for, and why. */
export interface ColumnRole {
  readonly name: string
  readonly role: RoleName
  /** A short reason, as text: `its name and its values 0 and 1`. */
  readonly reason: string
  /** Unit of its readings, from the name or the units row. */
  readonly unit?: string
}

const LABELS =
  /^(?:labels?|labelled|anomal(?:y|ies|ous|ie)|is anomal(?:y|ous)|outliers?|attacks?|faults?|faulty|failures?|fail|failed|defects?|change ?points?|abnormal|is normal|normal attack|ground truth|gt|y true|target|class|störung(?:en)?|stoerung(?:en)?|fehler|ausfall|broken|breakdown|defekte?s?|pannes?|avaries?|guasto|guasti|fallos?|fallas?|aver[ií]as?|d[eé]fauts?|usterka|porucha|machine status|is fault(?:y)?|alarm|alarms)$/
/** Numbers of errors say what another program has found: each is known only after the fault. */
const ERROR_CODES =
  /^(?:(?:last |active )?(?:err|error|fault|alarm|failure|trip|warning|diagnostic|diag|fehler|störungs?|stoerungs?|alarm)[ _]?(?:code|codes|no|nr|num|number|id|nummer|word|bits?)|errno|dtc|codigo (?:de )?error|code (?:erreur|défaut|defaut)|fehlercode|fehlernummer|störcode|alarmnummer)$/
const MOST_CODES = 20
/** Values of a label as classifiers have them. */
const BINARY = new Set(['0', '0,1', '-1,1', '0.0,1.0'])
/** What a run to failure is trained to predict. */
const REMAINING = /^(?:rul|remaining (?:useful )?life|time to (?:failure|fault)|ttf)(?: \w+)?$/
const LABEL_WORDS = new Set(
  'label labels anomaly anomalies anomalous outlier attack attacks fault faults failure failures changepoint störung stoerung fehler defect defekt panne guasto avería averia fallo falla défaut'.split(
    ' ',
  ),
)
export const DEVICE_NAMES = new Set([
  ...[
    'device',
    'device id',
    'deviceid',
    'device name',
    'machine',
    'machine id',
    'machine name',
    'machineid',
    'asset',
    'asset id',
    'assetid',
  ],
  ...[
    'unit',
    'unit id',
    'unit number',
    'unit nr',
    'host',
    'hostname',
    'entity',
    'engine',
    'engine id',
    'engine no',
    'pump id',
    'station id',
  ],
  ...[
    'equipment',
    'equipment id',
    'turbine',
    'turbine id',
    'serial',
    'serial no',
    'serial number',
    'gerät',
    'maschine',
    'anlage',
    'node id',
    'dev',
    'dev id',
    'device no',
    'device number',
    'machine no',
    'machine number',
    'asset name',
    'vehicle id',
    'robot id',
    'motor id',
    'inverter id',
    'mote id',
    'moteid',
  ],
])
const ROW_NUMBERS = new Set([
  ...[
    'no',
    'nr',
    '#',
    'index',
    'idx',
    'row',
    'rownum',
    'row number',
    'row id',
    'record',
    'recnum',
    'rn',
    'id',
    'unnamed 0',
    'seq',
    'sequence',
    'sample',
  ],
  ...[
    'sample no',
    'lfd nr',
    'lfdnr',
    'zeile',
    'line',
    'column1',
    'level 0',
    'record no',
    'entry',
    'entry id',
    'obs',
    'rec',
    'satz',
  ],
])
/** Whether a column is called as one that numbers the rows. */
export const isRowNumberName = (plain: string): boolean => ROW_NUMBERS.has(plain)
const SURE_NUMBERS = new Set([
  'column1',
  'record',
  'recnum',
  'rn',
  'row',
  'row number',
  'rownum',
  'index',
  'idx',
  'unnamed 0',
  'lfd nr',
  '#',
])
const CYCLES = new Set([
  'cycle',
  'cycles',
  'cycle no',
  'cycle number',
  'time in cycles',
  'time cycles',
  'zyklus',
  'takt',
  'shot',
  'stroke',
  'lap',
  'batch',
  'run',
])
const CALENDAR: Record<string, readonly [number, number]> = {
  ...{
    year: [1970, 2100],
    jahr: [1970, 2100],
    yr: [1970, 2100],
    quarter: [1, 4],
    month: [1, 12],
    monat: [1, 12],
    mon: [1, 12],
    week: [0, 53],
  },
  ...{
    weekday: [0, 7],
    'day of week': [0, 7],
    dayofweek: [0, 7],
    dow: [0, 7],
    wochentag: [0, 7],
    wday: [0, 7],
    day: [0, 31],
    tag: [0, 31],
    dom: [1, 31],
  },
  ...{
    'day of year': [0, 366],
    doy: [0, 366],
    hour: [0, 24],
    hr: [0, 24],
    stunde: [0, 24],
    'hour of day': [0, 24],
    minute: [0, 60],
    second: [0, 60],
    'week of year': [0, 53],
    weekend: [0, 1],
    'is weekend': [0, 1],
    holiday: [0, 1],
    'is holiday': [0, 1],
    workday: [0, 1],
    'is workday': [0, 1],
  },
}
const QUALITY =
  /^(?:(?:opc )?(?:quality|qual|qc|qa|qn|q)(?: ?(?:code|flag|flags|status|level))?|validity|valid|is valid|flag|flags|quality \d+|güte|qualität|status code|var valid|validation)$/
/** The flag of another column, `temp_quality`, `flow.q`: not the quality of air. */
const QUALITY_OF =
  /^(?!(?:air|water|power|signal|link|oil|fuel|steam) ).+ (?:quality|qual|qc|qa|validity|valid|is valid)(?: (?:code|flag|status))?$/
const QUALITY_TEXT = /^(?:good|bad|uncertain|ok|invalid|valid|questionable|substituted|192|0|64|1)$/i
const COUNTERS =
  /(?:^| )(?:count|counts|counter|total|totals|totalizer|totaliser|cumulative|cum|zähler|zaehler|zählerstand|odometer|kwh|wh|mwh|energy|energie|hours|betriebsstunden|runtime|operating hours|stück|pieces|parts|revolutions)(?: |$)/
const ANGLES =
  /(?:^| )(?:angle|angles|azimuth|heading|direction|dir|phase|winkel|richtung|windrichtung|lenkwinkel|azimut|kurs|direccion|dirección|direzione|yaw|wind direction|winddir|wd|course|drehwinkel|rotor position|deg)(?: |$)/
const STATES = /(?:^| )(?:state|status|mode|modus|gear|step|phase|zustand|betriebsart|program|recipe)(?: |$)/

/** Whether a column is called as one of states. */
export const isStateName = (plain: string): boolean => STATES.test(plain)

/** Texts that are true or false. */
export const FLAG_TEXTS: readonly (readonly [string, string])[] = [
  ['false', 'true'],
  ['off', 'on'],
  ['no', 'yes'],
  ['aus', 'ein'],
  ['aus', 'an'],
  ['nein', 'ja'],
  ['arrêt', 'marche'],
  ['faux', 'vrai'],
  ['non', 'oui'],
  ['no', 'sí'],
  ['no', 'si'],
  ['falso', 'verdadero'],
  ['falso', 'vero'],
  ['falso', 'verdadeiro'],
  ['falsch', 'wahr'],
  ['spento', 'acceso'],
  ['apagado', 'encendido'],
  ['não', 'sim'],
  ['nie', 'tak'],
  ['uit', 'aan'],
  ['av', 'på'],
  ['nej', 'ja'],
  ['nee', 'ja'],
  ['ne', 'ano'],
  ['low', 'high'],
  ['disabled', 'enabled'],
  ['.f.', '.t.'],
  ['closed', 'open'],
  ['zu', 'auf'],
  ['f', 't'],
  ['n', 'y'],
  ['inactive', 'active'],
  ['stopped', 'running'],
]
const MOST_STATES = 20
/** Rows of a sample before its values alone decide. */
const ENOUGH = 50

/** What a column is by its name and its sampled values, times left aside. */
export function columnRole(name: string, profile: ColumnProfile): Omit<ColumnRole, 'name'> {
  const words = wordsOf(name)
  const plain = words.join(' ')
  return (
    labelOf(plain, words, profile) ??
    unitsOf(name, profile) ??
    deviceOf(plain, profile) ??
    orderOf(plain, profile) ??
    calendarOf(plain, profile) ??
    qualityOf(plain, profile) ??
    textOf(profile) ??
    quantityOf(plain, profile) ?? { role: 'channel', reason: 'numbers' }
  )
}

type Found = Omit<ColumnRole, 'name'> | undefined

const listed = (profile: ColumnProfile) => {
  const shown = profile.values.slice(0, 4).join(', ')
  return profile.values.length > 4 ? `${shown}, ...` : shown
}

function labelOf(plain: string, words: readonly string[], profile: ColumnProfile): Found {
  const isNamed = LABELS.test(plain) || words.some(word => LABEL_WORDS.has(word))
  if (REMAINING.test(plain) && profile.numbers === profile.filled && profile.filled > 0)
    return { role: 'label', reason: 'named like the life that remains, which is known only afterwards' }
  const isCode = ERROR_CODES.test(plain)
  if (
    isCode &&
    profile.filled > 0 &&
    profile.values.length <= MOST_CODES &&
    (profile.isInteger || profile.numbers < profile.filled)
  )
    return { role: 'label', reason: `named like the number of an error, with the values ${listed(profile)}` }
  if (plain === 'y' && profile.isInteger && BINARY.has(profile.values.toSorted().join()))
    return { role: 'label', reason: `named like what is to be predicted, with the values ${listed(profile)}` }
  const isFew = profile.values.length <= 6 && (profile.numbers === 0 || profile.isInteger)
  if (!isNamed || !isFew || profile.filled === 0) return undefined
  return { role: 'label', reason: `named like a label, with the values ${listed(profile)}` }
}

function unitsOf(name: string, profile: ColumnProfile): Found {
  return holdsUnits(name, profile.values) ? { role: 'text', reason: `units: ${listed(profile)}` } : undefined
}

function deviceOf(plain: string, profile: ColumnProfile): Found {
  const isWhole = profile.isInteger || profile.numbers === 0
  if (
    /(?:^| )(?:(?:item|host|object|tag|point|sensor)?id|uuid|guid)$/.test(plain) &&
    profile.values.length === 1 &&
    profile.filled > 1 &&
    isWhole
  )
    return { role: 'device', reason: `an id, ${profile.values[0]} in every row` }
  if (!DEVICE_NAMES.has(plain) || profile.filled === 0) return undefined
  if (!isWhole || profile.values.length * 2 > profile.filled) return undefined
  return { role: 'device', reason: `named like a device, with the values ${listed(profile)}` }
}

function orderOf(
  plain: string,
  { numbers, filled, rising, equal, falling, ones, minusOnes, isInteger, regular, step }: ColumnProfile,
): Found {
  if (numbers < filled || numbers < (SURE_NUMBERS.has(plain) ? 2 : 3)) return undefined
  const steps = rising + equal + falling
  const isEven = falling === 0 && equal === 0 && regular * steps >= steps - 12 && regular > 0.9
  const isElapsed = elapsedUnit(plain) !== undefined
  if (isElapsed && !isEven && falling === 0 && rising > 0.9 * steps)
    return { role: 'row-number', reason: 'named like the time since a start, and it only grows' }
  const isCounted = isElapsed || ROW_NUMBERS.has(plain) || numbers >= ENOUGH
  if (isEven && step !== 1 && isCounted && !COUNTERS.test(plain))
    return { role: 'row-number', reason: rises(step, Math.round(regular * steps), steps) }
  if (!isInteger) return undefined
  if (CYCLES.has(plain) && ones + equal > 0.7 * steps)
    return { role: 'cycle', reason: 'named like a cycle, and it counts up' }
  // Where the sample jumps within the table a step is larger.
  const isCount = falling === 0 && equal === 0 && ones >= steps - 12 && ones > 0.9 * steps
  if (isCount && (ROW_NUMBERS.has(plain) || numbers >= ENOUGH))
    return { role: 'row-number', reason: rises(1, ones, steps) }
  const isCountdown = minusOnes === steps || (minusOnes >= steps - 12 && minusOnes > 0.9 * steps)
  if (rising + equal === 0 && isCountdown && (ROW_NUMBERS.has(plain) || numbers >= ENOUGH))
    return {
      role: 'row-number',
      reason: `it falls by 1 in ${minusOnes === steps ? 'every row' : `${minusOnes} of ${steps} steps`}`,
    }
  // It counts up and falls back: cycles of one run after the other.
  const isRun =
    falling > 0 && equal === 0 && ones + falling >= steps - 12 && ones > 0.9 * steps && numbers >= ENOUGH
  return isRun ? { role: 'cycle', reason: `${rises(1, ones, steps)}, and falls in ${falling}` } : undefined
}

/** By what a column rises from row to row, and where not in each. */
const rises = (step: number, count: number, steps: number) =>
  `it rises by ${Number(step.toPrecision(6))} in ${count === steps ? 'every row' : `${count} of ${steps} steps`}`

/** What a column may hold parts of. */
const WITH_PARTS = new Set(['doy', 'day of year', 'hour', 'stunde', 'hour of day'])

function calendarOf(plain: string, { numbers, filled, isInteger, min, max, values }: ColumnProfile): Found {
  const range = CALENDAR[plain]
  if (range === undefined || filled === 0) return undefined
  const isWhole = isInteger || WITH_PARTS.has(plain)
  const isPart = numbers === filled && isWhole && min >= range[0] && max <= range[1]
  const isName =
    numbers === 0 && values.length <= 12 && values.every(value => /^\p{L}{2,10}\.?$/u.test(value))
  return isPart || isName ? { role: 'calendar', reason: 'a part of the date or the time of day' } : undefined
}

function qualityOf(plain: string, profile: ColumnProfile): Found {
  if ((!QUALITY.test(plain) && !QUALITY_OF.test(plain)) || profile.filled === 0 || profile.values.length > 12)
    return undefined
  const isQuality =
    profile.isInteger || profile.values.every(value => QUALITY_TEXT.test(value)) || profile.numbers === 0
  return isQuality
    ? { role: 'quality', reason: `named like a quality flag, with the values ${listed(profile)}` }
    : undefined
}

/** Versions and addresses: numbers parted by points, but not the thousands of a number. */
const isVersion = (text: string) =>
  /^v?\d+(?:\.\d+){2,}\S*$/.test(text) && !/^\d{1,3}(?:\.\d{3})+$/.test(text)

/** UUIDs, other ids in hexadecimal digits, and addresses of network cards. */
const isIdentifier = (text: string) =>
  /^(?:\{?[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\}?|(?=.*[a-f])[\da-f]{16,64}|[\da-f]{2}(?:[:-][\da-f]{2}){5,7})$/i.test(
    text,
  )

function textOf(profile: ColumnProfile): Found {
  const { cells, numbers, filled, values, numberLike } = profile
  if (numbers === 0 && filled >= 3 && profile.times === 0 && values.every(isVersion))
    return { role: 'text', reason: `versions: ${listed(profile)}` }
  if (filled >= 3 && numbers * 5 < filled && values.filter(isIdentifier).length > 0.9 * values.length)
    return { role: 'text', reason: `identifiers: ${listed(profile)}` }
  if (filled === 0 || numberLike * 5 > filled) return undefined
  if (flagOf(values) !== undefined) return { role: 'state', reason: `true or false, as ${listed(profile)}` }
  if (numbers === 0 && filled < 3 && cells >= 10)
    return {
      role: 'text',
      reason: `text in ${filled} of ${counted(cells, 'row')} of the sample: ${listed(profile)}`,
    }
  if (values.length === 1 && filled >= 3)
    return { role: 'text', reason: `the text ${values[0]} in every row` }
  const isRepeated = values.length <= MOST_STATES && filled >= 3 * values.length && filled >= 10
  if (isRepeated)
    return { role: 'state', reason: `text with ${counted(values.length, 'value')}: ${listed(profile)}` }
  if (numbers === 0 && filled >= 10)
    return { role: 'text', reason: `text with many values: ${listed(profile)}` }
  return undefined
}

function quantityOf(plain: string, profile: ColumnProfile): Found {
  const { numbers, rising, equal, falling, min, max, values, isInteger } = profile
  if (numbers < ENOUGH) return undefined
  if (values.length === 1)
    return { role: 'constant', reason: `it is ${values[0]} in every row of the sample` }
  const steps = rising + equal + falling
  const isGrowing =
    falling <= Math.max(0.02 * steps, COUNTERS.test(plain) ? 2 : 0) && rising > 0.02 * steps && min >= 0
  if (isGrowing && COUNTERS.test(plain))
    return { role: 'counter', reason: 'named like a counter, and it only grows' }
  if (isGrowing && falling === 0 && isInteger && rising > 0.2 * steps && numbers >= 4 * ENOUGH)
    return { role: 'counter', reason: 'whole numbers that only grow' }
  const isCircle =
    (min >= 0 && max <= 360 && max - min > 180) || (min >= -180 && max <= 180 && max - min > 180)
  if (ANGLES.test(plain) && isCircle)
    return { role: 'angle', reason: 'named like an angle, within one turn in degrees' }
  if (isStateName(plain) && isInteger && values.length <= 12)
    return {
      role: 'channel',
      reason: `named like a state, kept as a number: ${listed(profile)}; --role NAME=state makes one channel per value`,
    }
  return undefined
}

/** The texts of false and true when all values are one of them; in small letters. */
export function flagOf(values: readonly string[]): readonly [string, string] | undefined {
  if (values.length === 0 || values.length > 4) return undefined
  const small = new Set(values.map(value => value.toLowerCase()))
  return FLAG_TEXTS.find(pair => [...small].every(value => pair.includes(value)))
}

/** The unit that a name carries: `temp [°C]`, `temp (°C)`, `Temp, °C (S/N: 1)`. */
export function unitOf(name: string): string | undefined {
  const bracketed = /[[(]\s*([^\])]{1,12}?)\s*[\])]\s*$/.exec(name)?.[1]
  if (bracketed !== undefined && !/[:#]|^\d+$/.test(bracketed)) return bracketed
  return /^[^,]+,\s*([^\s,(]{1,8})\s*(?:\(|$)/.exec(name)?.[1]
}
