import { counted } from '../core/counted.js'
import { formatDuration } from '../core/duration.js'
import { DAY_MS } from '../core/milliseconds.js'
import { fewestSamplesOf } from '../detect/index.js'
import type { CalibrationInfo, MemberInfo, Model, ModelInfo } from '../model/index.js'
import type { Recalibration } from '../pipeline/index.js'
import { type Adaptation, type ExpectedAlarms, formatAlarmRate, smallestStep } from '../threshold/index.js'
import { sampleMsOf } from '../validate/index.js'
import { eventRuleLines } from './event-rules.js'
import { type Cell, formatFacts, formatRows, type ResultFormat, type Row } from './rows.js'
import { formatInstant, formatNumber, formatPercent } from './units.js'

/** What the facts need of a detector. */
type Waiting = Pick<Model['detector'], 'contextLength' | 'fewestSamples'>

/** Properties of a model as name and value, for text output; with its detector also how many samples come before the first score. */
export function modelFacts(info: ModelInfo, detector?: Waiting): [name: string, value: Cell][] {
  const { training, calibration, versions } = info
  const parts = Object.entries(training.parts).map(([part, { start, end }]): [string, Cell] => [
    `${part} part`,
    `${training.blocks === undefined ? 'rows' : 'of these, rows'} ${start} to ${end - 1} (${end - start})`,
  ])
  return [
    [
      'detector',
      info.parameters === null ? info.kind : `${info.kind}, ${counted(info.parameters, 'parameter')}`,
    ],
    ...(info.members ?? []).map((member): [string, Cell] => [`member ${member.name}`, memberText(member)]),
    ...(info.architecture === undefined
      ? []
      : [['architecture', info.architecture] satisfies [string, Cell]]),
    ...(info.device === undefined ? [] : [['device', info.device] satisfies [string, Cell]]),
    ['channels', info.channels.join(', ')],
    ['window', `${counted(info.window, 'sample')}, stride ${info.stride}`],
    ...(detector ? firstScoreFacts(info, detector) : []),
    ...smoothingFacts(info),
    ...(info.baseline === undefined
      ? []
      : [
          [
            'baseline',
            `the last ${counted(info.baseline.samples, 'sample')}: ${info.baseline.reason}`,
          ] satisfies [string, Cell],
        ]),
    ...(info.cycle === undefined
      ? []
      : [
          [
            info.cycle.days === 1 ? 'daily cycle' : 'weekly cycle',
            `explains ${formatPercent(info.cycle.explained)} of ${info.channels[0]}; readings are compared with the usual ones at their time of ${info.cycle.days === 1 ? 'day' : 'the week'} (${info.cycle.zone})`,
          ] satisfies [string, Cell],
        ]),
    ...(info.switches === undefined
      ? []
      : [['switches', `${info.switches.join(', ')}: two readings in the history`] satisfies [string, Cell]]),
    ['history', historyText(training)],
    ...parts,
    ...(training.bestValidationLoss === null
      ? []
      : ([
          ['epochs', `${training.epochs}, the best was ${training.bestEpoch}`],
          ['validation loss', formatNumber(training.bestValidationLoss)],
        ] satisfies [string, Cell][])),
    ...Object.entries(calibration).flatMap(([alignment, one]) => calibrationFacts(alignment, one)),
    ...adaptLines(info.settings),
    ...eventRuleLines(info.settings.events),
    ['seed', info.seed],
    ['trained', `${info.createdAt} in ${formatDuration(training.seconds * 1000)}`],
    ['created by', `telltale ${versions.telltale}, node ${versions.node}, ${versions.kernels} kernels`],
  ]
}

/** How many samples come before the first score, where they are a window or more. */
function firstScoreFacts(info: ModelInfo, detector: Waiting): [name: string, value: Cell][] {
  const text = firstScoreText(info, detector)
  return text === null ? [] : [['first score', text]]
}

/** The same as one text; null where it is fewer than a window. */
export function firstScoreText(info: ModelInfo, detector: Waiting): string | null {
  const first = firstScore(info, detector)
  if (first === null || first.afterSamples < info.window) return null
  const time = first.afterMs === null ? '' : ` (${formatDuration(first.afterMs)})`
  return `after ${counted(first.afterSamples, 'sample')}${time}`
}

/** Samples before the first score of a series; null where the detector does not know. */
interface FirstScore {
  readonly afterSamples: number
  /** Null without times. */
  readonly afterMs: number | null
}

function firstScore({ schema }: ModelInfo, detector: Waiting): FirstScore | null {
  const afterSamples = fewestSamplesOf(detector) - 1
  if (!Number.isFinite(afterSamples)) return null
  const stepMs = schema ? sampleMsOf(schema) : null
  return { afterSamples, afterMs: stepMs === null ? null : afterSamples * stepMs }
}

/** All properties of a model for programs, with how many samples come before its first score. */
export function modelJson({
  info,
  detector,
}: {
  readonly info: ModelInfo
  readonly detector: Waiting
}): ModelInfo & { readonly firstScore: FirstScore | null } {
  return { ...info, firstScore: firstScore(info, detector) }
}

/** The scales of the smoothing of an ensemble, and why it has these. */
function smoothingFacts({ smoothing }: ModelInfo): [name: string, value: Cell][] {
  if (smoothing === undefined) return []
  const { scales, reason } = smoothing
  return [['smoothing', `${scales.map(scale => formatNumber(scale, 3)).join(', ')} samples: ${reason}`]]
}

/** The threshold of an alignment, and the false alarms and regimes that go with it. */
function calibrationFacts(alignment: string, calibration: CalibrationInfo): [name: string, value: Cell][] {
  const { level, method, samples, expectedAlarms, regimes } = calibration
  const rule = method.replace('threshold:', '')
  return [
    [`threshold, ${alignment}`, `${formatNumber(level)} (${rule} of ${samples} held-back scores)`],
    ...expectedAlarmFacts(expectedAlarms),
    ...stepFacts(calibration),
    ...regimeLines(regimes),
  ]
}

/** Channels whose smallest step is printed; the others are in the JSON. */
const MOST_STEPS = 10

/** The smallest step of each channel that is found 95 % of the time, in its unit. */
function stepFacts({ steps, level }: CalibrationInfo): [name: string, value: Cell][] {
  if (steps === undefined) return []
  const { within, channels } = steps
  const time = `within ${counted(within, 'sample')}`
  const name = 'smallest steps found'
  if (channels.every(({ levels }) => levels.every(one => one === 0)))
    return [[name, `none: by the rules of events no step raises an event ${time}`]]
  const found = channels.map(channel => smallestStep(channel, level))
  const isNone = !found.some(Number.isFinite)
  const sizes = channels.slice(0, MOST_STEPS).map(({ name, sizes }, c) => {
    const size = formatNumber(Math.min(found[c], sizes[sizes.length - 1]), 2)
    return `${name} ${Number.isFinite(found[c]) ? '' : isNone ? 'up to ' : 'none up to '}${size}`
  })
  const more =
    channels.length > MOST_STEPS ? `, and ${counted(channels.length - MOST_STEPS, 'channel')} more` : ''
  const all = `${sizes.join(', ')}${more}`
  const text = isNone
    ? `none: the threshold is above what steps reach ${time} (tried: ${all})`
    : `${all} (95 % of them, ${time})`
  return [[name, text]]
}

/** One line for each operating regime: share of time, typical readings, and its level. */
function regimeLines(regimes: CalibrationInfo['regimes']): [name: string, value: Cell][] {
  if (regimes === undefined) return []
  if (regimes.length === 0) return [['regimes', 'none found: one threshold for all samples']]
  const one = regimes.every(({ level }) => level === regimes[0].level)
  const changing = 1 - regimes.reduce((sum, { share }) => sum + share, 0)
  const alike = `${regimes.length} found, with similar normal scores: one threshold for all samples`
  return [
    ['regimes', one ? alike : `${regimes.length}; ${formatPercent(changing)} of the time in transition`],
    ...regimes.map(({ share, level, typical }, k): [string, Cell] => {
      const readings = Object.entries(typical).map(([channel, value]) => `${channel} ${formatNumber(value)}`)
      return [
        `regime ${k + 1}`,
        `${formatPercent(share)} of the time, threshold ${formatNumber(level)}: ${readings.join(', ')}`,
      ]
    }),
  ]
}

/** Settings of the adaptive threshold of a model, if it has one. */
function adaptLines({ adapt: options }: ModelInfo['settings']): [name: string, value: Cell][] {
  const { adapt, adaptLimit, adaptMemory } = options
  if (!adapt) return []
  return [
    [
      'adapts',
      `within ${formatPercent(adaptLimit)} of the distance between usual scores and threshold, over ${counted(adaptMemory, 'sample')}`,
    ],
  ]
}

/** How a threshold adapted over a series. */
export function adaptationLine({ startLevel, endLevel, learned, moves, ...rest }: Adaptation): string {
  const { lowestLevel, highestLevel, limit } = rest
  const ratio = (level: number) => formatNumber(level / startLevel)
  const atBound =
    endLevel >= startLevel * limit * 0.999
      ? '; it has reached its limit: recalibrate with `telltale threshold`'
      : ''
  return (
    `the threshold adapted from ${formatNumber(startLevel)} to ${formatNumber(endLevel)} (${ratio(endLevel)} times, between ` +
    `${ratio(lowestLevel)} and ${ratio(highestLevel)}) in ${moves} steps, from ${counted(learned, 'sample')}${atBound}`
  )
}

/** The members of an ensemble: weight, skill on injected faults (0.5 = none, 1 = perfect), training time, and the reason for including it. */
export function memberRows(members: readonly MemberInfo[]): Row[] {
  return members.map(({ name, weight, skill, seconds, reason }) => ({
    member: name,
    weight: weight === undefined ? null : weight.toFixed(2),
    skill: skill === undefined || skill === null ? null : skill.toFixed(2),
    learning: seconds === undefined ? null : formatDuration(1000 * seconds),
    reason,
  }))
}

function memberText({ weight, skill, seconds, reason }: MemberInfo): string {
  const parts = [
    ...(weight === undefined ? [] : [`weight ${weight.toFixed(2)}`]),
    ...(skill === undefined || skill === null ? [] : [`skill ${skill.toFixed(2)}`]),
    ...(seconds === undefined ? [] : [formatDuration(1000 * seconds)]),
  ]
  return parts.length === 0 ? reason : `${parts.join(', ')}: ${reason}`
}

/** A model as text, with its members in a separate table; for JSON, all its properties and `more`. */
export function formatModel(
  { info, detector }: { readonly info: ModelInfo; readonly detector: Waiting },
  more: Readonly<Record<string, Cell>>,
  format: ResultFormat,
): string {
  const members = info.members?.some(({ weight }) => weight !== undefined) ? info.members : []
  const isTable = format === 'table' && members.length > 0
  const facts = [...modelFacts(isTable ? { ...info, members: [] } : info, detector), ...Object.entries(more)]
  const summary = formatSummary(facts, { ...modelJson({ info, detector }), ...more }, format)
  return isTable ? `${summary}\n${formatRows(memberRows(members), 'table')}` : summary
}

/** Rows and times, and those of the whole history when it was larger than memory. */
function historyText({ rows, blocks, timeKind, from, to }: ModelInfo['training']): string {
  const span = (first: number, last: number) =>
    `${formatInstant(first, timeKind)} to ${formatInstant(last, timeKind)}`
  return blocks === undefined
    ? `${counted(rows, 'row')}, ${span(from, to)}`
    : `${rows} of ${counted(blocks.ofRows, 'row')} in ${counted(blocks.count, 'block')}, ${span(blocks.from, blocks.to)}`
}

/** The expected rate of false alarms of a threshold with its prediction interval, per day, week or month. */
export function expectedAlarmFacts(
  expectedAlarms: ExpectedAlarms | null | undefined,
): [name: string, value: Cell][] {
  if (!expectedAlarms) return []
  const { expectedPerDay, low, high, horizonDays, confidence, aboveShare } = expectedAlarms
  const horizon = formatDuration(horizonDays * DAY_MS)
  const inAlarm =
    aboveShare === undefined ? '' : `; in alarm for ${formatPercent(aboveShare)} of the normal time`
  const rate = (perDay: number) => formatAlarmRate(perDay, expectedPerDay)
  const range = low > 0 ? `${rate(low)} to ${rate(high)}` : high > 0 ? `at most ${rate(high)}` : 'no alarm'
  return [
    [
      'false alarms',
      `expected ${rate(expectedPerDay)}; ${100 * confidence} % prediction interval over ${horizon}: ${range}${inAlarm}`,
    ],
  ]
}

/** The level of each alignment before and after, on the same scores. */
export function recalibrationRows(changes: Recalibration['changes']): Row[] {
  return Object.entries(changes).flatMap(([alignment, { before, after }]) =>
    Object.entries({ before, after }).map(([when, { method, level, expectedAlarms, flaggedShare }]) => ({
      scores: alignment,
      threshold: when,
      rule: method.replace('threshold:', ''),
      level: formatNumber(level),
      flagged: formatPercent(flaggedShare),
      ...Object.fromEntries(expectedAlarmFacts(expectedAlarms)),
    })),
  )
}

/** Facts as a table or CSV; for JSON, `whole`, the object that they come from. */
export function formatSummary(
  facts: readonly (readonly [name: string, value: Cell])[],
  whole: object,
  format: ResultFormat,
): string {
  switch (format) {
    case 'table':
      return formatFacts(facts)
    case 'csv':
    case 'md':
      return formatRows(
        facts.map(([name, value]) => ({ name, value })),
        format,
      )
    case 'json':
      return `${JSON.stringify(whole, null, 2)}\n`
    case 'jsonl':
      return `${JSON.stringify(whole)}\n`
  }
}
