import { z } from 'zod'
import { ALIGNMENTS, type Alignment, type FittedDetector } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import { nestedState, nestStates, type State, vector } from '../core/state.js'
import { combineRows, memberRows, type Usual } from './combine.js'
import { type EnsembleParts, ensembleOnline } from './ensemble-online.js'
import type { EchoRule } from './sharp.js'
import { scalesSmoother } from './smoothing.js'
import { heldStill, stillScores } from './still.js'
import { windowFrame } from './windows.js'

/** A member as it is in a fitted ensemble. */
export interface FittedMember {
  readonly name: string
  readonly reason: string
  readonly power: number
  readonly detector: FittedDetector
  /** At each scale of the smoothing, of each alignment that the ensemble was calibrated for. */
  readonly usual: Readonly<Partial<Record<Alignment, readonly Usual[]>>>
}

/** How an ensemble smooths and combines. */
export interface Combination {
  /** Bandwidths of the smoothing, samples, ascending. */
  readonly scales: readonly number[]
  /** Power of the geometric mean of the members, of each alignment; see `honestExponent`. */
  readonly exponents: Readonly<Partial<Record<Alignment, number>>>
  /** `[C]` unsmoothed error of a channel that counts as usual, natural logarithm; see `sharpLevels`. */
  readonly sharp?: Float64Array
  readonly echo?: EchoRule
  /** `[C]` see `stillChannels`; what one that moves adds, of each alignment */
  readonly still?: Float32Array
  readonly steps?: Readonly<Partial<Record<Alignment, number>>>
}

export interface FittedEnsemble extends FittedDetector, Pick<Combination, 'scales'> {
  readonly members: readonly FittedMember[]
  /** Those that it can score with: both, or for an ensemble of telltale 0.1 the one that it was trained for. */
  readonly alignments: readonly Alignment[]
  /** What it scores by. Throws `alignment-missing` when it was not calibrated for this alignment. */
  parts(alignment: Alignment): EnsembleParts
}

const USUAL = z.object({ median: z.number(), spread: z.number() })
const MEMBER = { name: z.string(), reason: z.string(), power: z.number() }
/** The shape of `State.options`: a manifest comes from outside. */
const STORED = z.object({
  channels: z.number().int().positive(),
  scales: z.array(z.number().nonnegative()).min(1),
  exponents: z.partialRecord(z.enum(ALIGNMENTS), z.number().positive()),
  steps: z.partialRecord(z.enum(ALIGNMENTS), z.number().nonnegative()).optional(),
  memoryless: z.array(z.number().int().nonnegative()).min(1).optional(),
  members: z
    .array(z.object({ ...MEMBER, usual: z.partialRecord(z.enum(ALIGNMENTS), z.array(USUAL).min(1)) }))
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
  const { channels, scales, exponents, steps, memoryless, members } = parsed(STORED, current)
  if (memoryless?.some(m => m >= members.length))
    throw damaged(`memoryless: there are ${members.length} members`)
  const restored = members.map((member, m): FittedMember => {
    const own = nestedState(current, prefixOf(m))
    if (own === undefined) throw damaged(`the member ${member.name} is missing`)
    if (Object.values(member.usual).some(usual => usual?.length !== scales.length))
      throw damaged(`the member ${member.name} is not calibrated at every scale`)
    return { ...member, detector: load(own, `the member ${member.name} of the model`) }
  })
  const levels = current.arrays.sharp
  if (levels && levels.data.length !== channels) throw damaged(`sharp: ${channels} numbers are expected`)
  const sharp = levels && Float64Array.from(levels.data)
  const { still } = current.arrays
  if (still && still.data.length !== channels) throw damaged(`still: ${channels} numbers are expected`)
  return fittedEnsemble(restored, channels, {
    scales,
    exponents,
    ...(sharp && { sharp }),
    ...(memoryless && { echo: { members: memoryless, levels: echoLevels(current, channels) } }),
    ...(still && { still: Float32Array.from(still.data), steps }),
  })
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
  { scales, exponents, sharp, echo, still, steps = {} }: Combination,
  alignment: Alignment,
): EnsembleParts {
  const exponent = exponents[alignment]
  const usual = members.map(({ usual }) => usual[alignment])
  const isKnown = (own: readonly Usual[] | undefined): own is readonly Usual[] => own !== undefined
  if (exponent === undefined || !usual.every(isKnown))
    throw createError('alignment-missing', { known: Object.keys(exponents).join(', '), wanted: alignment })
  return {
    detectors: members.map(({ detector }) => detector),
    powers: members.map(({ power }) => power),
    standard: { usual, exponent, ...(still && { still: { values: still, step: steps[alignment] ?? 0 } }) },
    channels,
    smooth: scalesSmoother(scales, alignment, members.length + (still ? 1 : 0)),
    sharp,
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
  const { scales, exponents, sharp, echo, still, steps = {} } = combination
  const { reach } = scalesSmoother(scales, 'causal', members.length)
  const largest = (of: (detector: FittedDetector) => number) =>
    Math.max(...members.map(({ detector }) => of(detector)))
  const alignments = ALIGNMENTS.filter(alignment => members.every(({ usual }) => usual[alignment]))
  const partsFor = new Map<Alignment, EnsembleParts>()
  const parts = (alignment: Alignment): EnsembleParts => {
    const known = partsFor.get(alignment) ?? partsOf(members, channels, combination, alignment)
    partsFor.set(alignment, known)
    return known
  }
  const windowLength = largest(detector => detector.windowLength) + reach
  return {
    members,
    scales,
    alignments,
    parts,
    contextLength: largest(detector => detector.contextLength) + reach,
    fewestSamples: largest(detector => detector.fewestSamples ?? detector.contextLength),
    lookahead: alignments.includes('two-sided') ? largest(detector => detector.lookahead) + reach : 0,
    windowLength,
    online: (options = {}, from) => ensembleOnline(parts(options.alignment ?? 'causal'), options, from),
    scoreWindows: (values, count, out) => windowScores(parts('causal'), windowLength, values, count, out),
    state() {
      const nested = nestStates(
        Object.fromEntries(members.map(({ detector }, m) => [prefixOf(m), detector.state()])),
      )
      const own = members.map(({ name, reason, power, usual }) => ({
        ...{ name, reason, power },
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
          ...(echo && { memoryless: [...echo.members] }),
          members: own,
          ...nested.options,
        },
        arrays: {
          ...nested.arrays,
          ...(sharp && { sharp: vector(sharp) }),
          ...(echo && { echo: vector(echo.levels) }),
          ...(still && { still: vector(still) }),
        },
      }
    },
  }
}

/** The score of the last sample of each window: only its row is smoothed. */
function windowScores(
  { detectors, powers, standard, channels, smooth }: EnsembleParts,
  length: number,
  values: Float32Array,
  count: number,
  out: Float32Array,
): void {
  const still = standard.still?.values
  const columns = detectors.length + (still ? 1 : 0) + channels
  const exponents = still ? [...powers, 1] : powers
  const last = { start: length - 1, end: length }
  const smoothed = new Float64Array(smooth.width(columns))
  const frame = windowFrame(length, channels)
  for (let w = 0; w < count; w++) {
    const window = frame(values, w)
    const reason = new Uint8Array(length)
    const held = still ? heldStill(window, still) : window
    const own = detectors.map(detector => detector.online().push(held))
    const results = still ? [...own, stillScores(still, window)] : own
    smooth.apply(memberRows(results, exponents, channels, reason), columns, last, smoothed)
    out[w] = combineRows(smoothed, reason.subarray(length - 1), standard, channels).score[0]
  }
}
