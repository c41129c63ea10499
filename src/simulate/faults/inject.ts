import { createError } from '../../core/errors.js'
import { type Frame, type Interval, sampleCount } from '../../core/frame.js'
import type { Random } from '../../core/random.js'
import { mad } from '../../stats/index.js'
import { type ChannelRange, FAULT_CATALOGUE, type FaultKind, type FaultName } from './catalogue.js'

/** A fault and where it is: samples `[start, end)` of the named channels. */
export interface InjectedFault extends Interval {
  readonly id: string
  readonly kind: FaultName
  readonly channels: readonly string[]
  /** In the unit that the kind describes, mostly spreads (1.4826 MAD) of the channel. */
  readonly magnitude: number
}

/**
 * A copy of a frame with faults in it, one after another: only their channels change, and only in `[start, end)`. Random numbers depend on the id of a fault.
 *
 * The spread and the smallest value of a channel are taken from `reference`, by default the frame itself; a channel with spread
 * 0 counts as spread 1. NaN is left out of both, and stays NaN where something is added to it.
 * Errors: `option-invalid` (unknown kind or channel, interval outside the frame, magnitude). Cost O(N log N) per channel.
 *
 * @example
 * import { createRandom } from 'telltale/stats'
 * import { injectFaults } from './inject.js'
 * const frame = { timeMs: Float64Array.of(0, 1, 2), timeKind: 'index', values: Float64Array.of(1, 2, 3), channels: ['a'] }
 * const fault = { id: 'f1', kind: 'frozen', start: 0, end: 2, channels: ['a'], magnitude: 0 }
 * Array.from(injectFaults(frame, [fault], createRandom(1)).values) // => [1, 1, 3]
 */
export function injectFaults(
  frame: Frame,
  faults: readonly InjectedFault[],
  random: Random,
  reference: Frame = frame,
): Frame {
  const copy = { ...frame, values: frame.values.slice() }
  const ranges = new Map<string, ChannelRange>()
  const rangeOf = (name: string) => {
    const range = ranges.get(name) ?? channelRange(reference, name)
    ranges.set(name, range)
    return range
  }
  for (const fault of faults) applyFault(copy, fault, random, rangeOf)
  return copy
}

/** Injects into the values of `frame` themselves; `rangeOf` gives the range of a channel by name. */
export function applyFault(
  frame: Frame,
  fault: InjectedFault,
  random: Random,
  rangeOf: (channel: string) => ChannelRange,
): void {
  check(frame, fault)
  const { values, channels } = frame
  const kind: FaultKind = FAULT_CATALOGUE[fault.kind]
  for (const name of fault.channels) {
    const c = channels.indexOf(name)
    const x = new Float64Array(fault.end - fault.start)
    for (let i = 0; i < x.length; i++) x[i] = values[(fault.start + i) * channels.length + c]
    kind.apply(x, fault.magnitude, rangeOf(name), random.fork(`${fault.id}/${name}`))
    for (let i = 0; i < x.length; i++) values[(fault.start + i) * channels.length + c] = x[i]
  }
}

/** Robust spread and smallest value of one channel. */
export function channelRange(frame: Frame, name: string): ChannelRange {
  const c = frame.channels.indexOf(name)
  const column = new Float64Array(sampleCount(frame))
  for (let i = 0; i < column.length; i++) column[i] = frame.values[i * frame.channels.length + c]
  let smallest = Number.POSITIVE_INFINITY
  for (const value of column) if (value < smallest) smallest = value
  return { spread: 1.4826 * mad(column) || 1, smallest }
}

function check(frame: Frame, { id, kind, start, end, channels, magnitude }: InjectedFault): void {
  const refuse = (name: string, got: string | number, wanted: string) =>
    createError('option-invalid', { name, got, where: `fault ${id}`, wanted })
  if (!Object.hasOwn(FAULT_CATALOGUE, kind)) {
    throw refuse('kind', kind, `must be one of ${Object.keys(FAULT_CATALOGUE).join(', ')}`)
  }
  const rows = sampleCount(frame)
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end <= start || end > rows) {
    throw refuse('interval', `[${start}, ${end})`, `must be a part of the ${rows} samples and not empty`)
  }
  if (!(magnitude >= 0 && Number.isFinite(magnitude)))
    throw refuse('magnitude', magnitude, 'must be a number >= 0')
  if (kind === 'correlation-break' && !(Number.isInteger(magnitude) && magnitude >= 2)) {
    throw refuse('magnitude', magnitude, 'must be the number of pieces, an integer >= 2')
  }
  const unknown = channels.find(name => !frame.channels.includes(name))
  if (unknown !== undefined) throw refuse('channel', unknown, `must be one of ${frame.channels.join(', ')}`)
}
