import { type FittedEnsemble, GROWTH, LEAST_SCORE, LEAST_SPREAD, type LimitRule } from '../detect/index.js'
import { type GraphBuilder, slice } from './graph.js'

type Parts = ReturnType<FittedEnsemble['parts']>
type Still = NonNullable<Parts['standard']['still']>

/** What goes into a combination. */
export interface Smooth {
  /** `[batch, scales, several + C]`; the members come first, then the still channels where there are any */
  readonly smooth: string
  readonly several: number
  /** `[batch, 1, C]` see `watchRuns`, where there is a rule for them */
  readonly runs: string | undefined
  /** `[batch, 1, 1]` how many times the usual score recent ones were, where they count */
  readonly recent: string | undefined
}

/** What comes out of a combination, raw. */
export interface Combined {
  /** `[batch, 1, 1]` */
  readonly score: string
  /** `[batch, 1, channels]` */
  readonly residual: { readonly value: string; readonly channels: number }
}

/** Whether each channel never moved in training, `[C]`. @param still see `stillChannels` */
export function isStill(graph: GraphBuilder, still: Float32Array): string {
  const moves = graph.constant(
    'moves',
    still.map(value => (Number.isNaN(value) ? 1 : 0)),
  )
  return graph.node('Less', [moves, graph.scalar('half', 0.5)])
}

/** Where each of them stays, `[C]`; 0 for the others. */
export function placeOf(graph: GraphBuilder, still: Float32Array): string {
  return graph.constant(
    'still',
    still.map(value => (Number.isNaN(value) ? 0 : value)),
  )
}

/** 1 for the channels that are no switches, 0 for those that are, `[C]`. */
export function isNoSwitch(graph: GraphBuilder, { limits }: LimitRule): string {
  return graph.constant(
    'noSwitch',
    limits.map(limit => (Number.isNaN(limit) ? 1 : 0)),
  )
}

/**
 * Adds what `combineRows` computes: the exponential of the mean, over members and scales, of the standardised logarithm of a smooth score, to the power of
 * the exponent, what still channels that move add to it, divided by what recent scores were, and what switches and frozen channels raise it to; the residual divides it among the channels.
 */
export function emitCombination(
  graph: GraphBuilder,
  { smooth, several, runs, recent }: Smooth,
  { standard, channels }: Parts,
): Combined {
  const { still, switches, frozen } = standard
  const ofMembers = emitMembers(graph.within('members'), smooth, standard)
  const first = slice(graph.within('first'), smooth, 1, 0, 1)
  const all = slice(graph.within('parts'), first, 2, several, several + channels)
  const noSwitch = switches && isNoSwitch(graph.within('switches'), switches)
  const parts = noSwitch ? graph.node('Mul', [all, noSwitch]) : all
  const even = 1 / (channels - (switches?.limits.filter(limit => !Number.isNaN(limit)).length ?? 0))
  const ofHistory = still
    ? emitStill(graph, { smooth, several, parts, ofMembers }, still, { channels, even })
    : { score: ofMembers, share: emitShares(graph.within('shares'), parts, even) }
  const measured = recent ? { ...ofHistory, score: graph.node('Div', [ofHistory.score, recent]) } : ofHistory
  const beside = switches ? emitRaised(graph.within('switches'), measured, all, switches) : measured
  const { score, share } = frozen && runs ? emitRaised(graph.within('frozen'), beside, runs, frozen) : beside
  return { score, residual: emitResidual(graph, score, share, channels) }
}

/** A score `[batch, 1, 1]` and the shares of the channels in it, `[batch, 1, C]`. */
interface Shared {
  readonly score: string
  readonly share: string
}

/** With what still channels that move add. */
function emitStill(
  graph: GraphBuilder,
  {
    smooth,
    several,
    parts,
    ofMembers,
  }: Readonly<Record<'smooth' | 'parts' | 'ofMembers', string>> & {
    readonly several: number
  },
  still: Still,
  { channels, even }: { readonly channels: number; readonly even: number },
): Shared {
  const own = slice(graph.within('still'), smooth, 2, several - 1, several)
  const moves = emitMovement(graph.within('movement'), own, channels)
  const step = graph.node('Exp', [graph.node('Mul', [moves, graph.double('step', still.step)])])
  return {
    score: graph.node('Mul', [ofMembers, step]),
    share: emitStillShares(graph.within('shares'), { parts, moves, ofMembers }, still, even),
  }
}

/** With what channels above their limits raise it to, see `raisedBy`. @param values of all channels, `[batch, 1, C]` */
function emitRaised(
  graph: GraphBuilder,
  { score: measured, share: others }: Shared,
  values: string,
  { limits, level }: LimitRule,
): Shared {
  const zero = graph.double('zero', 0)
  const limit = graph.constant(
    'limits',
    limits.map(own => (Number.isNaN(own) ? Number.MAX_VALUE : own)),
  )
  const isAbove = graph.node('Greater', [values, limit])
  const inLimits = graph.node('Min', [
    graph.node('Div', [values, limit]),
    graph.double('most', Number.MAX_SAFE_INTEGER),
  ])
  const above = graph.node('Where', [isAbove, inLimits, zero])
  const largest = graph.node('ReduceMax', [above], { axes: [2], keepdims: 1 })
  const growth = graph.node('Pow', [largest, graph.double('growth', GROWTH)])
  const raised = graph.node('Mul', [graph.double('level', level), growth])
  const isRaised = graph.node('Greater', [raised, measured])
  return {
    score: graph.node('Where', [isRaised, raised, measured]),
    share: graph.node('Where', [isRaised, emitShares(graph.within('above'), above, 0), others]),
  }
}

/** Exponential of the mean of the standardised logarithms, to the power of the exponent: `[batch, 1, 1]`. */
function emitMembers(graph: GraphBuilder, smooth: string, { usual, exponent }: Parts['standard']): string {
  const [count, scales] = [usual.length, usual[0].length]
  const table = (name: string, of: (usual: Parts['standard']['usual'][number][number]) => number) => {
    const numbers = Array.from({ length: scales }, (_, k) => usual.map(member => of(member[k])))
    return graph.constant(name, Float64Array.from(numbers.flat()), [scales, count])
  }
  const own = slice(graph, smooth, 2, 0, count)
  const logs = graph.node('Log', [graph.node('Add', [own, graph.double('least', LEAST_SCORE)])])
  const centred = graph.node('Sub', [logs, table('median', ({ median }) => median)])
  const standardised = graph.node('Div', [centred, table('spread', ({ spread }) => spread + LEAST_SPREAD)])
  const mean = graph.node('ReduceMean', [standardised], { axes: [1, 2], keepdims: 1 })
  return graph.node('Exp', [graph.node('Mul', [mean, graph.double('exponent', exponent)])])
}

/** How much still channels have moved, 0 to 1: at the first scale or over all of them, whichever is more. @param own `[batch, scales, 1]` */
function emitMovement(graph: GraphBuilder, own: string, channels: number): string {
  const counts = graph.node('Mul', [own, graph.double('channels', channels)])
  const held = graph.node('Min', [counts, graph.double('one', 1)])
  const mean = graph.node('ReduceMean', [held], { axes: [1], keepdims: 1 })
  return graph.node('Max', [mean, slice(graph, held, 1, 0, 1)])
}

/** Parts over their sum; `otherwise` where that is 0. @param parts `[batch, 1, C]` */
function emitShares(graph: GraphBuilder, parts: string, otherwise: number): string {
  const sum = graph.node('ReduceSum', [parts, graph.integers('axes', [2])], { keepdims: 1 })
  const isThere = graph.node('Greater', [sum, graph.double('nothing', 0)])
  return graph.node('Where', [isThere, graph.node('Div', [parts, sum]), graph.double('otherwise', otherwise)])
}

/** Shares where still channels have a part of their own: of a normal score all of it, of a fault beside them little. */
function emitStillShares(
  graph: GraphBuilder,
  { parts, moves, ofMembers }: { readonly parts: string; readonly moves: string; readonly ofMembers: string },
  { values, step }: Still,
  even: number,
): string {
  const one = graph.double('one', 1)
  const most = graph.node('Div', [graph.double('largestStep', Math.exp(step)), ofMembers])
  const ofStill = graph.node('Mul', [moves, graph.node('Min', [one, most])])
  const zero = graph.double('zero', 0)
  const still = isStill(graph, values)
  const [moved, others] = [
    graph.node('Where', [still, parts, zero]),
    graph.node('Where', [still, zero, parts]),
  ]
  const ofMoved = graph.node('Mul', [ofStill, emitShares(graph.within('moved'), moved, 0)])
  const rest = graph.node('Mul', [
    graph.node('Sub', [one, ofStill]),
    emitShares(graph.within('others'), others, even),
  ])
  return graph.node('Where', [still, ofMoved, rest])
}

/** Residuals of which the score is the mean. */
function emitResidual(
  graph: GraphBuilder,
  score: string,
  share: string,
  channels: number,
): Combined['residual'] {
  const inside = graph.within('residual')
  const whole = inside.node('Mul', [share, inside.double('channels', channels)])
  return { value: inside.node('Mul', [score, whole]), channels }
}
