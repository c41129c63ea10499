import type { Row } from './rows.js'

/** An event of one device, as one model found it. */
export interface ReplayedEvent {
  readonly id: string
  readonly device: string
  /** As it is shown: a time, or the number of a row. */
  readonly start: string | number
  /** Exclusive. */
  readonly end: string | number
  readonly score: number
  readonly severity: number
  /** Names with shares. */
  readonly channels: string
}

/** How the events of two models differ. */
export interface AlarmDifferences {
  /** One row per event, or group of events that overlap, that both do not have with the same start and end. */
  readonly rows: readonly Row[]
  /** Groups by what they are. */
  readonly counts: Readonly<Record<'same' | 'other times' | 'only A' | 'only B', number>>
}

type Side = 'A' | 'B'
type Timed = Pick<ReplayedEvent, 'device' | 'start' | 'end'>

/** Events of a device that overlap, by the model that found them. */
export interface AlarmGroup<E extends Timed> {
  readonly device: string
  readonly difference: keyof AlarmDifferences['counts']
  readonly of: Readonly<Record<Side, readonly E[]>>
}

const placeOf = (at: string | number) => (typeof at === 'number' ? at : Date.parse(at))

/**
 * Compares the events of two models on the same data: events of a device that overlap belong together.
 *
 * @example
 * import { alarmDifferences } from './alarm-differences.js'
 * const event = { id: 'e', device: 'p', start: 10, end: 20, score: 3, severity: 50, channels: 'flow 100 %' }
 * alarmDifferences([event], []).counts // => { 'same': 0, 'other times': 0, 'only A': 1, 'only B': 0 }
 */
export function alarmDifferences(a: readonly ReplayedEvent[], b: readonly ReplayedEvent[]): AlarmDifferences {
  const counts = { same: 0, 'other times': 0, 'only A': 0, 'only B': 0 }
  const rows: Row[] = []
  for (const group of alarmGroups(a, b)) {
    const { difference } = group
    counts[difference]++
    if (difference !== 'same') rows.push({ difference, ...rowOf(group) })
  }
  return { rows, counts }
}

/** The events of two models on the same data, in groups of a device that overlap, in order of time. */
export function alarmGroups<E extends Timed>(a: readonly E[], b: readonly E[]): AlarmGroup<E>[] {
  const all = [
    ...a.map(event => ({ side: 'A' as const, event })),
    ...b.map(event => ({ side: 'B' as const, event })),
  ].sort((x, y) => placeOf(x.event.start) - placeOf(y.event.start))
  interface Group {
    readonly device: string
    endMs: number
    readonly of: Readonly<Record<Side, E[]>>
  }
  const groups: Group[] = []
  const open = new Map<string, Group>()
  for (const { side, event } of all) {
    const [startMs, endMs] = [placeOf(event.start), placeOf(event.end)]
    let group = open.get(event.device)
    if (group === undefined || startMs >= group.endMs) {
      group = { device: event.device, endMs, of: { A: [], B: [] } }
      open.set(event.device, group)
      groups.push(group)
    }
    group.endMs = Math.max(group.endMs, endMs)
    group.of[side].push(event)
  }
  return groups.map(({ device, of }) => ({ device, of, difference: differenceOf(of) }))
}

function differenceOf({ A, B }: AlarmGroup<Timed>['of']): keyof AlarmDifferences['counts'] {
  if (B.length === 0) return 'only A'
  if (A.length === 0) return 'only B'
  const isSame =
    A.length === B.length && A.every(({ start, end }, i) => start === B[i]!.start && end === B[i]!.end)
  return isSame ? 'same' : 'other times'
}

function rowOf({ device, of }: AlarmGroup<ReplayedEvent>): Row {
  const side = (name: Side): Row => {
    const events = of[name]
    const worst = (key: 'score' | 'severity') =>
      events.reduce<number | null>((most, event) => Math.max(most ?? event[key], event[key]), null)
    return {
      [`start ${name}`]: events[0]?.start ?? null,
      [`end ${name}`]: events.at(-1)?.end ?? null,
      [`events ${name}`]: events.length,
      [`score ${name}`]: worst('score'),
      [`severity ${name}`]: worst('severity'),
    }
  }
  return { device, ...side('A'), ...side('B') }
}
