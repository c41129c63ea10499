import type { Frame, Interval } from '../core/frame.js'
import { derivedOf, type Model } from '../model/index.js'

type Facts = Pick<Model['info'], 'options' | 'switches' | 'channels' | 'schema'>

function derivedState(info: Facts, channel: number) {
  const { channels } = info
  return derivedOf(info).find(one => one.kind === 'state' && one.channel === channels[channel])
}

/** Whether a channel is a state: it was made of a text, or reads one of two values in the history. */
export function isStateChannel(info: Facts, channel: number): boolean {
  return derivedState(info, channel) !== undefined || info.switches?.includes(info.channels[channel]) === true
}

/**
 * What a state is or is no longer, as a person says it: `mode is no longer idle`, `door is open`; of a channel of two numbers `valve turned to 1`, and where it did not turn `valve stayed at 0`.
 *
 * @param label of the channel
 * @param before what it read before the event, if that is known
 */
export function stateClause(
  info: Facts,
  channel: number,
  { label, reading, before }: { readonly label: string; readonly reading: number; readonly before?: number },
): string {
  const state = derivedState(info, channel)
  if (!Number.isFinite(reading)) return `${state?.from ?? label} has no reading`
  const isOn = reading >= 0.5
  if (state?.values?.length === 2 && state.channel === state.from)
    return `${state.from} is ${state.values[isOn ? 1 : 0]}`
  if (state?.value !== undefined) {
    const wasOn = before !== undefined && before >= 0.5
    return `${state.from} is ${isOn ? '' : wasOn ? 'no longer ' : 'not '}${state.value}`
  }
  return reading === before ? `${label} stayed at ${reading}` : `${label} turned to ${reading}`
}

/** Share of an event in which a state has to be unknown. */
const LEAST_UNKNOWN = 0.25

/**
 * Columns of states that were none of those of the training over a quarter of an event or more: all of their channels are 0. Only columns with a channel for each state. Cost O(n C).
 *
 * @returns names of columns
 */
export function unknownStates(info: Facts, frame: Frame, { start, end }: Interval): string[] {
  const { values, channels } = frame
  const states = derivedOf(info).filter(one => one.kind === 'state' && one.channel !== one.from)
  const isUnknown = (own: readonly number[]) => {
    let count = 0
    for (let i = start; i < end; i++) if (own.every(c => values[i * channels.length + c] === 0)) count++
    return count >= LEAST_UNKNOWN * (end - start)
  }
  return [...new Set(states.map(({ from }) => from))].filter(column => {
    const all = states.filter(({ from }) => from === column)
    const own = all.map(({ channel }) => channels.indexOf(channel)).filter(c => c >= 0)
    return own.length === all[0].values?.length && isUnknown(own)
  })
}
