import type { Interval } from '../core/frame.js'
import { intervalsOf } from './labels.js'
import { type Measure, measured, NO_EVENT, NO_FLAG, undefinedFor } from './measure.js'

/**
 * Affiliation precision and recall: how close flags and events are in time, each as the probability that a random place is farther away.
 * Time is cut into zones, one per labelled event, at the middle between neighbours. Precision is the mean over the zones with a flag,
 * recall over all zones. Flagging everything gets a precision of about 0.5 and a recall of 1, so read both, never their F.
 *
 * `precision` is `null` without a flag, both are without an event. Cost O(n).
 * Source: Huet et al., KDD 2022, with each sample as an interval of length 1; equal to the authors' code.
 *
 * @param flags `[N]` 0 or 1
 * @param labels `[N]` 0 or 1
 * @example
 * import { affiliation } from 'telltale/evaluate'
 * affiliation([0, 1, 1, 0], [0, 1, 1, 0]).recall.value // => 1
 */
export function affiliation(
  flags: ArrayLike<number>,
  labels: ArrayLike<number>,
): { readonly precision: Measure; readonly recall: Measure } {
  const events = intervalsOf(labels)
  if (events.length === 0) return { precision: undefinedFor(NO_EVENT), recall: undefinedFor(NO_EVENT) }
  const alarms = intervalsOf(flags)
  let precision = 0
  let recall = 0
  let zonesWithAlarm = 0
  let next = 0
  events.forEach((event, j) => {
    const zone = {
      start: j === 0 ? 0 : middle(events[j - 1], event),
      end: j === events.length - 1 ? labels.length : middle(event, events[j + 1]),
    }
    while (next < alarms.length && alarms[next].end <= zone.start) next++
    const inside: Interval[] = []
    for (let i = next; i < alarms.length && alarms[i].start < zone.end; i++)
      inside.push(clip(alarms[i], zone.start, zone.end))
    if (inside.length === 0) return
    zonesWithAlarm++
    precision += zonePrecision(inside, event, zone)
    recall += zoneRecall(inside, event, zone)
  })
  return {
    precision: zonesWithAlarm === 0 ? undefinedFor(NO_FLAG) : measured(precision / zonesWithAlarm),
    recall: measured(recall / events.length),
  }
}

function middle(left: Interval, right: Interval): number {
  return (left.end + right.start) / 2
}

function clip({ start, end }: Interval, from: number, to: number): Interval {
  return { start: Math.max(start, from), end: Math.min(end, to) }
}

function length({ start, end }: Interval): number {
  return Math.max(0, end - start)
}

/** Mean over the flagged places x of P(dist(X, event) >= dist(x, event)), X uniform on the zone. */
function zonePrecision(alarms: readonly Interval[], event: Interval, zone: Interval): number {
  const margin = Math.min(event.start - zone.start, zone.end - event.end)
  let sum = 0
  let whole = 0
  for (const alarm of alarms) {
    whole += length(alarm)
    sum += length(clip(alarm, event.start, event.end))
    const outside = [
      clip({ start: event.start - alarm.end, end: event.start - alarm.start }, 0, Number.POSITIVE_INFINITY),
      clip({ start: alarm.start - event.end, end: alarm.end - event.end }, 0, Number.POSITIVE_INFINITY),
    ]
    for (const distances of outside) {
      if (length(distances) === 0) continue
      // Nearer to the event than distance d are the event itself, d on this side and at most the shorter margin on the other.
      const nearer =
        length(event) * length(distances) + integral(distances) + integralOfMin(distances, margin)
      sum += length(distances) - nearer / length(zone)
    }
  }
  return sum / whole
}

/** Mean over the places y of the event of P(dist(X, y) >= dist(y, flags)), X uniform on the zone. */
function zoneRecall(alarms: readonly Interval[], event: Interval, zone: Interval): number {
  let sum = 0
  alarms.forEach((alarm, i) => {
    // The part of the event that has this alarm as its nearest.
    const part = clip(
      event,
      i === 0 ? event.start : middle(alarms[i - 1], alarm),
      i === alarms.length - 1 ? event.end : middle(alarm, alarms[i + 1]),
    )
    if (length(part) === 0) return
    sum += length(clip(alarm, part.start, part.end))
    const before = clip(
      { start: alarm.start - part.end, end: alarm.start - part.start },
      0,
      Number.POSITIVE_INFINITY,
    )
    const behind = clip(
      { start: part.start - alarm.end, end: part.end - alarm.end },
      0,
      Number.POSITIVE_INFINITY,
    )
    sum += farther(before, alarm.start - zone.start, zone) + farther(behind, zone.end - alarm.end, zone)
  })
  return sum / length(event)
}

/**
 * Integral over places at a distance d from an alarm, on the side where the zone extends by `room`, of the share of the zone
 * that is farther from the place than d.
 */
function farther(distances: Interval, room: number, zone: Interval): number {
  if (length(distances) === 0) return 0
  // Nearer are d towards the alarm and, on the other side, d or the rest of the zone there, room - d.
  const turn = room / 2
  const rising = clip(distances, 0, turn)
  const falling = clip(distances, turn, Number.POSITIVE_INFINITY)
  let nearer = integral(distances)
  if (length(rising) > 0) nearer += integral(rising)
  if (length(falling) > 0) nearer += room * length(falling) - integral(falling)
  return length(distances) - nearer / length(zone)
}

/** Integral of d over an interval of distances. */
function integral({ start, end }: Interval): number {
  return (end * end - start * start) / 2
}

/** Integral of min(d, limit) over an interval of distances. */
function integralOfMin({ start, end }: Interval, limit: number): number {
  const bend = Math.min(Math.max(limit, start), end)
  return integral({ start, end: bend }) + limit * (end - bend)
}
