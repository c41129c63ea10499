import { z } from 'zod'
import { ALIGNMENTS, type Alignment, type FittedDetector } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import { nestedState, nestStates, type State, vector } from '../core/state.js'
import { isTimeZone, TIME_ZONE_WANTED } from '../core/zone-offset.js'
import { type BaselineRule, singleWeights, watchBaseline } from './baseline.js'
import { type CalendarCycle, CYCLE_DAYS, DAY_PARTS } from './calendar-cycle.js'
import { combineRows, memberRows } from './combine.js'
import { type EnsembleParts, ensembleOnline } from './ensemble-online.js'
import { fewestSamplesOf } from './fewest-samples.js'
import { lastRuns } from './frozen.js'
import type { LimitRule } from './limit-rule.js'
import type { EchoRule } from './sharp.js'
import { scalesSmoother } from './smoothing.js'
import { stillScores } from './still.js'
import type { Usual } from './usual.js'
import { hiddenChannels, memberViews, withHidden } from './views.js'
import { windowFrame } from './windows.js'

/** A member as it is in a fitted ensemble. */
export interface FittedMember {
  readonly name: string
  readonly reason: string
  readonly power: number
  /** It does not see the hidden channels. */
  readonly measurements?: true
  readonly detector: FittedDetector
  /** At each scale of the smoothing, of each alignment that the ensemble was calibrated for. */
  readonly usual: Readonly<Partial<Record<Alignment, readonly Usual[]>>>
}

/** A rule of each alignment that the ensemble was calibrated for. */
export type LimitRules = Readonly<Partial<Record<Alignment, LimitRule>>>

/** How recent scores count: `usual` of each alignment that the ensemble was calibrated for. */
export interface Baseline extends Omit<BaselineRule, 'usual'> {
  readonly usual: Readonly<Partial<Record<Alignment, number>>>
}

/** How an ensemble smooths and combines. */
export interface Combination {
  /** Bandwidths of the smoothing, samples, ascending. */
  readonly scales: readonly number[]
  /** Power of the geometric mean of the members, of each alignment; see `honestExponent`. */
  readonly exponents: Readonly<Partial<Record<Alignment, number>>>
  /** `[C]` unsmoothed error of a channel that counts as usual, natural logarithm; see `sharpLevels`. */
  readonly sharp?: Float64Array
  /** Channels that members with `measurements` do not see, ascending. */
  readonly hidden?: readonly number[]
  /** The daily or weekly cycle of the only channel, which the members do not see. */
  readonly cycle?: CalendarCycle
  /** Members that place events, where not all do. */
  readonly placing?: readonly number[]
  /** See `crossRegression`: it places events, and has no part in scores. */
  readonly relations?: FittedDetector
  readonly echo?: EchoRule
  /** `[C]` see `stillChannels`; what one that moves adds, of each alignment */
  readonly still?: Float32Array
  readonly steps?: Readonly<Partial<Record<Alignment, number>>>
  /** See `switchChannels`; their rule of each alignment. */
  readonly switches?: LimitRules
  /** See `frozenLimits`; their rule of each alignment. */
  readonly frozen?: LimitRules
  /** See `baselineLengths`. */
  readonly baseline?: Baseline
}

export interface FittedEnsemble extends FittedDetector, Pick<Combination, 'scales'> {
  readonly members: readonly FittedMember[]
  /** Channels that it takes for switches, ascending. */
  readonly switches: readonly number[]
  /** How recent scores count, where they do. */
  readonly baseline?: Baseline
  /** The daily or weekly cycle that it takes out, where it does. */
  readonly cycle?: CalendarCycle
  /** Those that it can score with: both, or for an ensemble of telltale 0.1 the one that it was trained for. */
  readonly alignments: readonly Alignment[]
  /** What it scores by. Throws `alignment-missing` when it was not calibrated for this alignment. */
  parts(alignment: Alignment): EnsembleParts
}

/** Whether a detector combines others, or smooths one. */
export function isEnsemble(detector: FittedDetector): detector is FittedEnsemble {
  return 'members' in detector
}

const USUAL = z.object({ median: z.number(), spread: z.number() })
const MEMBER = { name: z.string(), reason: z.string(), power: z.number() }
/** The shape of `State.options`: a manifest comes from outside. */
const STORED = z.object({
  channels: z.number().int().positive(),
  scales: z.array(z.number().nonnegative()).min(1),
  exponents: z.partialRecord(z.enum(ALIGNMENTS), z.number().positive()),
  steps: z.partialRecord(z.enum(ALIGNMENTS), z.number().nonnegative()).optional(),
  /** Levels of these rules; their limits are arrays. */
  switches: z.partialRecord(z.enum(ALIGNMENTS), z.number().nonnegative()).optional(),
  frozen: z.partialRecord(z.enum(ALIGNMENTS), z.number().nonnegative()).optional(),
  baseline: z
    .object({
      samples: z.number().int().positive(),
      of: z.number().int().positive(),
      usual: z.partialRecord(z.enum(ALIGNMENTS), z.number()),
    })
    .optional(),
  memoryless: z.array(z.number().int().nonnegative()).min(1).optional(),
  placing: z.array(z.number().int().nonnegative()).min(1).optional(),
  hidden: z.array(z.number().int().nonnegative()).min(1).optional(),
  cycle: z
    .object({
      days: z.literal(CYCLE_DAYS),
      zone: z.string().refine(isTimeZone, TIME_ZONE_WANTED),
      shiftMs: z.number(),
      rest: z.number().positive(),
      explained: z.number(),
    })
    .optional(),
  members: z
    .array(
      z.object({
        ...MEMBER,
        measurements: z.literal(true).optional(),
        usual: z.partialRecord(z.enum(ALIGNMENTS), z.array(USUAL).min(1)),
      }),
    )
    .min(1),
})
/** Of version 1, of telltale 0.1: calibrated for one alignment, each member with its own state. */
const STORED_1 = z.object({
  channels: z.number().int().positive(),
  smoothing: z.object({ bandwidth: z.number().nonnegative(), mode: z.enum(['centred', 'causal']) }),
  members: z
    .array(
      z.object({
        ...MEMBER,
        usual: USUAL,
        state: z.object({ kind: z.string(), version: z.number(), options: z.json() }),
      }),
    )
    .min(1),
})

/**
 * Restores a saved ensemble.
 *
 * @param load a member by its state, given what it is called in errors
 * @throws ArtefactError `artefact-damaged`, and what `load` throws
 */
export function loadEnsemble(
  state: State,
  load: (state: State, called: string) => FittedDetector,
): FittedEnsemble {
  const current = state.version === 1 ? upgraded(state) : state
  const {
    channels,
    scales,
    exponents,
    steps,
    switches,
    frozen,
    baseline,
    memoryless,
    placing,
    hidden,
    cycle,
    members,
  } = parsed(STORED, current)
  for (const [name, chosen] of Object.entries({ memoryless, placing }))
    if (chosen?.some(m => m >= members.length)) throw damaged(`${name}: there are ${members.length} members`)
  const restored = members.map((member, m): FittedMember => {
    const own = nestedState(current, prefixOf(m))
    if (own === undefined) throw damaged(`the member ${member.name} is missing`)
    if (Object.values(member.usual).some(usual => usual?.length !== scales.length))
      throw damaged(`the member ${member.name} is not calibrated at every scale`)
    return { ...member, detector: load(own, `the member ${member.name} of the model`) }
  })
  const relationsState = nestedState(current, 'relations')
  const relations = relationsState && load(relationsState, 'relations of the model')
  if (hidden?.some(c => c >= channels)) throw damaged(`hidden: there are ${channels} channels`)
  const levels = current.arrays.sharp
  const wide = relations ? 2 * channels : channels
  if (levels && levels.data.length !== wide) throw damaged(`sharp: ${wide} numbers are expected`)
  const sharp = levels && Float64Array.from(levels.data)
  const { still } = current.arrays
  if (still && still.data.length !== channels) throw damaged(`still: ${channels} numbers are expected`)
  return fittedEnsemble(restored, channels, {
    scales,
    exponents,
    ...(sharp && { sharp }),
    ...(relations && { relations }),
    ...(placing && { placing }),
    ...(hidden && { hidden }),
    ...(cycle && { cycle: { ...cycle, profile: profileOf(current, cycle, channels) } }),
    ...(memoryless && { echo: { members: memoryless, levels: echoLevels(current, wide) } }),
    ...(still && { still: Float32Array.from(still.data), steps }),
    ...(switches && { switches: limitRules('switches', switches, current, channels) }),
    ...(frozen && { frozen: limitRules('frozen', frozen, current, channels) }),
    ...(baseline && { baseline }),
  })
}

const limitsName = (rule: string, alignment: string) => `${rule}-${alignment}`

/** @throws ArtefactError `artefact-damaged` when limits are missing */
function limitRules(
  name: string,
  levels: Partial<Record<Alignment, number>>,
  { arrays }: State,
  channels: number,
): LimitRules {
  const rules: Partial<Record<Alignment, LimitRule>> = {}
  for (const alignment of ALIGNMENTS) {
    const level = levels[alignment]
    if (level === undefined) continue
    const limits = arrays[limitsName(name, alignment)]
    if (limits?.data.length !== channels)
      throw damaged(`${limitsName(name, alignment)}: ${channels} numbers are expected`)
    rules[alignment] = { limits: Float64Array.from(limits.data), level }
  }
  return rules
}

const cycleOptions = ({ profile: _, ...options }: CalendarCycle) => options

/** @throws ArtefactError `artefact-damaged` when it is not there, or there are several channels */
function profileOf({ arrays }: State, { days }: Pick<CalendarCycle, 'days'>, channels: number): Float64Array {
  if (!DAY_PARTS.includes(arrays.cycle?.data.length / days) || channels !== 1)
    throw damaged(`cycle: parts of ${days} days of one channel are expected, ${DAY_PARTS.join(', ')} of each`)
  return Float64Array.from(arrays.cycle.data)
}

/** @throws ArtefactError `artefact-damaged` when they are not there */
function echoLevels({ arrays }: State, channels: number): Float64Array {
  if (!Object.hasOwn(arrays, 'echo') || arrays.echo.data.length !== channels)
    throw damaged(`echo: ${channels} numbers are expected`)
  return Float64Array.from(arrays.echo.data)
}

const prefixOf = (member: number) => `member${member}`

function damaged(reason: string) {
  return createError('artefact-damaged', { path: 'the model', file: 'manifest.json', reason })
}

function parsed<T>(schema: z.ZodType<T>, { options }: State): T {
  const found = schema.safeParse(options)
  if (found.success) return found.data
  const [{ path, message }] = found.error.issues
  throw damaged(`the ensemble, ${path.join('.')}: ${message}`)
}

/** Version 1 as version 2: one scale, and scores that are not proportional to errors. */
function upgraded(state: State): State {
  const { channels, smoothing, members } = parsed(STORED_1, state)
  const alignment = smoothing.mode === 'centred' ? 'two-sided' : 'causal'
  const parts = Object.fromEntries(members.map(({ state }, m) => [prefixOf(m), state]))
  const own = members.map(({ state: _, usual, ...member }) => ({
    ...member,
    usual: { [alignment]: [usual] },
  }))
  const options = {
    channels,
    scales: [smoothing.bandwidth],
    exponents: { [alignment]: 1 },
    members: own,
    parts,
  }
  return { ...state, version: 2, options }
}

/** What an ensemble scores by for one alignment. Throws `alignment-missing` when it was not calibrated for it. */
export function partsOf(
  members: readonly FittedMember[],
  channels: number,
  {
    scales,
    exponents,
    sharp,
    hidden,
    cycle,
    placing,
    relations,
    echo,
    still,
    steps = {},
    switches = {},
    frozen = {},
    baseline,
  }: Combination,
  alignment: Alignment,
): EnsembleParts {
  const exponent = exponents[alignment]
  const usual = members.map(({ usual }) => usual[alignment])
  const usualSingle = baseline?.usual[alignment]
  const isKnown = (own: readonly Usual[] | undefined): own is readonly Usual[] => own !== undefined
  if (exponent === undefined || !usual.every(isKnown))
    throw createError('alignment-missing', { known: Object.keys(exponents).join(', '), wanted: alignment })
  return {
    detectors: members.map(({ detector }) => detector),
    powers: members.map(({ power }) => power),
    standard: {
      usual,
      exponent,
      ...(still && { still: { values: still, step: steps[alignment] ?? 0 } }),
      ...(switches[alignment] && { switches: switches[alignment] }),
      ...(frozen[alignment] && { frozen: frozen[alignment] }),
      ...(baseline && usualSingle !== undefined && { baseline: { ...baseline, usual: usualSingle } }),
    },
    hidden:
      hidden &&
      hiddenChannels(
        hidden,
        channels,
        members.map(({ measurements = false }) => measurements),
      ),
    cycle,
    channels,
    smooth: scalesSmoother(scales, alignment, members.length + (still ? 1 : 0)),
    sharp,
    placing,
    relations,
    echo,
    memory: Math.max(...members.map(({ detector }) => detector.contextLength)) - 1,
  }
}

/** The detector of fitted members. */
export function fittedEnsemble(
  members: readonly FittedMember[],
  channels: number,
  combination: Combination,
): FittedEnsemble {
  const {
    scales,
    exponents,
    sharp,
    hidden,
    cycle,
    placing,
    relations,
    echo,
    still,
    steps = {},
    switches,
    frozen,
    baseline,
  } = combination
  const rules = Object.entries({ ...(switches && { switches }), ...(frozen && { frozen }) })
  const limits = Object.values(switches ?? {})[0]?.limits ?? []
  const { reach } = scalesSmoother(scales, 'causal', members.length)
  /** Rows before the last one that its score depends on. */
  const rowsBefore = Math.max(reach, (baseline?.samples ?? 1) - 1)
  const largest = (of: (detector: FittedDetector) => number) =>
    Math.max(...members.map(({ detector }) => of(detector)))
  const alignments = ALIGNMENTS.filter(alignment => members.every(({ usual }) => usual[alignment]))
  const partsFor = new Map<Alignment, EnsembleParts>()
  const parts = (alignment: Alignment): EnsembleParts => {
    const known = partsFor.get(alignment) ?? partsOf(members, channels, combination, alignment)
    partsFor.set(alignment, known)
    return known
  }
  const windowLength = largest(detector => detector.windowLength) + rowsBefore
  return {
    members,
    scales,
    ...(baseline && { baseline }),
    ...(cycle && { cycle }),
    switches: Array.from(limits, (limit, c) => (Number.isNaN(limit) ? -1 : c)).filter(c => c >= 0),
    alignments,
    parts,
    contextLength: largest(detector => detector.contextLength) + rowsBefore,
    fewestSamples: largest(fewestSamplesOf),
    lookahead: alignments.includes('two-sided') ? largest(detector => detector.lookahead) + reach : 0,
    windowLength,
    online: (options = {}, from) => ensembleOnline(parts(options.alignment ?? 'causal'), options, from),
    scoreWindows: (values, count, out) => windowScores(parts('causal'), windowLength, values, count, out),
    state() {
      const nested = nestStates(
        Object.fromEntries([
          ...members.map(({ detector }, m) => [prefixOf(m), detector.state()] as const),
          ...(relations ? [['relations', relations.state()] as const] : []),
        ]),
      )
      const own = members.map(({ name, reason, power, measurements, usual }) => ({
        ...{ name, reason, power, ...(measurements && { measurements }) },
        usual: Object.fromEntries(
          Object.entries(usual).map(([alignment, own]) => [alignment, own.map(one => ({ ...one }))]),
        ),
      }))
      return {
        kind: 'detector:ensemble',
        version: 2,
        options: {
          channels,
          scales: [...scales],
          exponents: { ...exponents },
          ...(still && { steps: { ...steps } }),
          ...Object.fromEntries(rules.map(([name, byAlignment]) => [name, levelsOf(byAlignment)])),
          ...(baseline && { baseline: { ...baseline, usual: { ...baseline.usual } } }),
          ...(echo && { memoryless: [...echo.members] }),
          ...(placing && { placing: [...placing] }),
          ...(hidden && { hidden: [...hidden] }),
          ...(cycle && { cycle: cycleOptions(cycle) }),
          members: own,
          ...nested.options,
        },
        arrays: {
          ...nested.arrays,
          ...(sharp && { sharp: vector(sharp) }),
          ...(echo && { echo: vector(echo.levels) }),
          ...(still && { still: vector(still) }),
          ...(cycle && { cycle: vector(cycle.profile) }),
          ...Object.fromEntries(
            rules.flatMap(([name, byAlignment]) =>
              Object.entries(byAlignment).map(([alignment, { limits }]) => [
                limitsName(name, alignment),
                vector(limits),
              ]),
            ),
          ),
        },
      }
    },
  }
}

const levelsOf = (rules: LimitRules) =>
  Object.fromEntries(Object.entries(rules).map(([alignment, { level }]) => [alignment, level]))

/** Of the last row, see `watchBaseline`. */
function lastBaseline(rows: Float64Array, columns: number, rule: BaselineRule, weights: readonly number[]) {
  const watch = watchBaseline(rule, weights)
  watch.push(rows, columns)
  return watch.take(rows.length / columns).subarray(-1)
}

/** The score of the last sample of each window: only its row is smoothed. Windows have no times: without them a cycle cannot be taken out, `times-needed`. */
function windowScores(
  { detectors, powers, standard, hidden, cycle, channels, smooth }: EnsembleParts,
  length: number,
  values: Float32Array,
  count: number,
  out: Float32Array,
): void {
  if (cycle) throw createError('times-needed', { channel: 'its channel' })
  const still = standard.still?.values
  const columns = detectors.length + (still ? 1 : 0) + channels
  const exponents = still ? [...powers, 1] : powers
  const last = { start: length - 1, end: length }
  const weights = standard.baseline && singleWeights(standard.usual, standard.exponent)
  const smoothed = new Float64Array(smooth.width(columns))
  const frame = windowFrame(length, channels)
  for (let w = 0; w < count; w++) {
    const window = frame(values, w)
    const reason = new Uint8Array(length)
    const views = memberViews(window, detectors.length, { still, hidden })
    const own = detectors.map((detector, m) =>
      withHidden(detector.online().push(views[m]), m, window, hidden),
    )
    const results = still ? [...own, stillScores(still, window)] : own
    const rows = memberRows(results, exponents, channels, reason, standard.switches?.limits)
    smooth.apply(rows, columns, last, smoothed)
    const beside = {
      ...(standard.frozen && { runs: lastRuns(window, smooth.reach) }),
      ...(weights &&
        standard.baseline && { baseline: lastBaseline(rows, columns, standard.baseline, weights) }),
    }
    out[w] = combineRows(smoothed, reason.subarray(length - 1), standard, channels, beside).score[0]
  }
}
