import { DAY_MS } from '../core/milliseconds.js'
import type { CalendarCycle } from '../detect/index.js'
import { type GraphBuilder, reshape } from './graph.js'
import { type OnnxValue, TYPES } from './proto.js'

/** Name of the input that has the times of the window. */
const TIME = 'time'

/** In which unit, and by which clock, times go in. */
export const timeUnit = ({ zone }: Pick<CalendarCycle, 'zone'>): string =>
  zone === 'UTC'
    ? 'ms since 1970-01-01 (UTC)'
    : `ms since 1970-01-01 on the clock of ${zone} (UTC plus its offset)`

/** What goes in beside the window. */
export function timeValue(samples: number, cycle: Pick<CalendarCycle, 'zone'>): OnnxValue {
  return {
    name: TIME,
    type: 'double',
    shape: ['batch', samples],
    description: `Times of the readings, ${timeUnit(cycle)}; NaN where nothing came before.`,
  }
}

/**
 * Readings in units of what a calendar cycle leaves, as `withoutCycle` has them; NaN without a time.
 *
 * @param scaled float32 `[batch, samples, 1]`
 */
export function emitWithoutCycle(
  graph: GraphBuilder,
  scaled: string,
  { profile, days, shiftMs, rest }: CalendarCycle,
  samples: number,
): string {
  const shifted = graph.node('Add', [reshape(graph, TIME, [samples, 1]), graph.double('shift', shiftMs)])
  const cycles = graph.node('Div', [shifted, graph.double('cycle', DAY_MS * days)])
  const ofCycle = graph.node('Sub', [cycles, graph.node('Floor', [cycles])])
  const parts = graph.node('Mul', [ofCycle, graph.double('parts', profile.length)])
  const place = graph.node('Sub', [parts, graph.double('half', 0.5)])
  const part = graph.node('Floor', [place])
  // A time that is missing has no part of the cycle: it must not point out of the profile.
  const known = graph.node('Where', [graph.node('IsNaN', [part]), graph.double('nothing', 0), part])
  const around = graph.constant(
    'profile',
    Float64Array.of(profile[profile.length - 1], ...profile, profile[0]),
  )
  const readingAt = (name: string, ahead: number) => {
    const at = graph.node('Add', [known, graph.double(name, ahead)])
    return graph.node('Gather', [around, graph.node('Cast', [at], { to: TYPES.int64 })])
  }
  const low = readingAt('before', 1)
  const rise = graph.node('Sub', [readingAt('after', 2), low])
  const share = graph.node('Sub', [place, part])
  const expected = graph.node('Add', [low, graph.node('Mul', [share, rise])])
  const away = graph.node('Sub', [graph.node('Cast', [scaled], { to: TYPES.double }), expected])
  return graph.node('Cast', [graph.node('Div', [away, graph.double('rest', rest)])], { to: TYPES.float })
}
