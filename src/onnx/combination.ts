import { type FittedEnsemble, LEAST_SCORE, LEAST_SPREAD } from '../detect/index.js'
import { type GraphBuilder, slice } from './graph.js'

type Parts = ReturnType<FittedEnsemble['parts']>
type Still = NonNullable<Parts['standard']['still']>

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

/**
 * Adds what `combineRows` computes: the exponential of the mean, over members and scales, of the standardised logarithm of a smooth score, to the power of
 * the exponent, and what still channels that move add to it; the residual divides it among the channels.
 *
 * @param smooth `[batch, scales, several + C]`; the members come first, then the still channels where there are any
 */
export function emitCombination(
  graph: GraphBuilder,
  smooth: string,
  several: number,
  { standard, channels }: Parts,
): Combined {
  const { still } = standard
  const ofMembers = emitMembers(graph.within('members'), smooth, standard)
  const first = slice(graph.within('first'), smooth, 1, 0, 1)
  const parts = slice(graph.within('parts'), first, 2, several, several + channels)
  if (still === undefined) {
    const share = emitShares(graph.within('shares'), parts, 1 / channels)
    return { score: ofMembers, residual: emitResidual(graph, ofMembers, share, channels) }
  }
  const own = slice(graph.within('still'), smooth, 2, several - 1, several)
  const moves = emitMovement(graph.within('movement'), own, channels)
  const step = graph.node('Exp', [graph.node('Mul', [moves, graph.double('step', still.step)])])
  const score = graph.node('Mul', [ofMembers, step])
  const share = emitStillShares(graph.within('shares'), { parts, moves, ofMembers }, still, channels)
  return { score, residual: emitResidual(graph, score, share, channels) }
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
  channels: number,
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
    emitShares(graph.within('others'), others, 1 / channels),
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
