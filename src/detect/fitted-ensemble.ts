import { z } from 'zod'
import { ALIGNMENTS, type Alignment, type FittedDetector } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import { nestedState, nestStates, type State } from '../core/state.js'
import { combineRows, memberRows, type Usual } from './combine.js'
import { type EnsembleParts, ensembleOnline } from './ensemble-online.js'
import { smoother } from './smoothing.js'
import { windowFrame } from './windows.js'

/** A member as it is in a fitted ensemble. */
export interface FittedMember {
  readonly name: string
  readonly reason: string
  readonly power: number
  readonly detector: FittedDetector
  /** Of each alignment that the ensemble was calibrated for. */
  readonly usual: Readonly<Partial<Record<Alignment, Usual>>>
}

export interface FittedEnsemble extends FittedDetector {
  readonly members: readonly FittedMember[]
  /** Those that it can score with: both, or for an ensemble of telltale 0.1 the one that it was trained for. */
  readonly alignments: readonly Alignment[]
}

const USUAL = z.object({ median: z.number(), spread: z.number() })
const MEMBER = { name: z.string(), reason: z.string(), power: z.number() }
/** The shape of `State.options`: a manifest comes from outside. */
const STORED = z.object({
  channels: z.number().int().positive(),
  bandwidth: z.number().nonnegative(),
  members: z.array(z.object({ ...MEMBER, usual: z.partialRecord(z.enum(ALIGNMENTS), USUAL) })).min(1),
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
 * Brings a saved ensemble back.
 *
 * @param load a member by its state, given what it is called in errors
 * @throws ArtefactError `artefact-damaged`, and what `load` throws
 */
export function loadEnsemble(
  state: State,
  load: (state: State, called: string) => FittedDetector,
): FittedEnsemble {
  const current = state.version === 1 ? upgraded(state) : state
  const { channels, bandwidth, members } = parsed(STORED, current)
  const restored = members.map((member, m): FittedMember => {
    const own = nestedState(current, prefixOf(m))
    if (own === undefined) throw damaged(`the member ${member.name} is missing`)
    return { ...member, detector: load(own, `the member ${member.name} of the model`) }
  })
  return fittedEnsemble(restored, channels, bandwidth)
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

/** Version 1 as version 2. */
function upgraded(state: State): State {
  const { channels, smoothing, members } = parsed(STORED_1, state)
  const alignment = smoothing.mode === 'centred' ? 'two-sided' : 'causal'
  const parts = Object.fromEntries(members.map(({ state }, m) => [prefixOf(m), state]))
  const own = members.map(({ state: _, usual, ...member }) => ({ ...member, usual: { [alignment]: usual } }))
  const options = { channels, bandwidth: smoothing.bandwidth, members: own, parts }
  return { ...state, version: 2, options }
}

/** What an ensemble scores by for one alignment. Throws `alignment-missing` when it was not calibrated for it. */
export function partsOf(
  members: readonly FittedMember[],
  channels: number,
  bandwidth: number,
  alignment: Alignment,
): EnsembleParts {
  return {
    detectors: members.map(({ detector }) => detector),
    powers: members.map(({ power }) => power),
    usual: members.map(({ usual }) => {
      const own = usual[alignment]
      if (own === undefined)
        throw createError('alignment-missing', { known: Object.keys(usual).join(', '), wanted: alignment })
      return own
    }),
    channels,
    smooth: smoother({ bandwidth, alignment }),
  }
}

/** The detector of fitted members. */
export function fittedEnsemble(
  members: readonly FittedMember[],
  channels: number,
  bandwidth: number,
): FittedEnsemble {
  const { reach } = smoother({ bandwidth, alignment: 'causal' })
  const largest = (of: (detector: FittedDetector) => number) =>
    Math.max(...members.map(({ detector }) => of(detector)))
  const alignments = ALIGNMENTS.filter(alignment => members.every(({ usual }) => usual[alignment]))
  const partsFor = new Map<Alignment, EnsembleParts>()
  const parts = (alignment: Alignment): EnsembleParts => {
    const known = partsFor.get(alignment) ?? partsOf(members, channels, bandwidth, alignment)
    partsFor.set(alignment, known)
    return known
  }
  const windowLength = largest(detector => detector.windowLength) + reach
  return {
    members,
    alignments,
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
        usual: Object.fromEntries(Object.entries(usual).map(([alignment, one]) => [alignment, { ...one }])),
      }))
      return {
        kind: 'detector:ensemble',
        version: 2,
        options: { channels, bandwidth, members: own, ...nested.options },
        arrays: nested.arrays,
      }
    },
  }
}

/** The score of the last sample of each window: only its row is smoothed. */
function windowScores(
  { detectors, powers, usual, channels, smooth }: EnsembleParts,
  length: number,
  values: Float32Array,
  count: number,
  out: Float32Array,
): void {
  const columns = detectors.length + channels
  const last = { start: length - 1, end: length }
  const smoothed = new Float64Array(columns)
  const frame = windowFrame(length, channels)
  for (let w = 0; w < count; w++) {
    const window = frame(values, w)
    const reason = new Uint8Array(length)
    const results = detectors.map(detector => detector.online().push(window))
    smooth.apply(memberRows(results, powers, channels, reason), columns, last, smoothed)
    out[w] = combineRows(smoothed, reason.subarray(length - 1), usual, channels).score[0]
  }
}
