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
interface Group {
  readonly device: string
  readonly startMs: number
  endMs: number
  readonly of: Readonly<Record<Side, ReplayedEvent[]>>
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
  for (const group of groupsOf(a, b)) {
    const difference = differenceOf(group)
    counts[difference]++
    if (difference !== 'same') rows.push({ difference, ...rowOf(group) })
  }
  return { rows, counts }
}

function groupsOf(a: readonly ReplayedEvent[], b: readonly ReplayedEvent[]): Group[] {
  const all = [
    ...a.map(event => ({ side: 'A' as const, event })),
    ...b.map(event => ({ side: 'B' as const, event })),
  ].sort((x, y) => placeOf(x.event.start) - placeOf(y.event.start))
  const groups: Group[] = []
  const open = new Map<string, Group>()
  for (const { side, event } of all) {
    const [startMs, endMs] = [placeOf(event.start), placeOf(event.end)]
    let group = open.get(event.device)
    if (group === undefined || startMs >= group.endMs) {
      group = { device: event.device, startMs, endMs, of: { A: [], B: [] } }
      open.set(event.device, group)
      groups.push(group)
    }
    group.endMs = Math.max(group.endMs, endMs)
    group.of[side].push(event)
  }
  return groups
}

function differenceOf({ of: { A, B } }: Group): keyof AlarmDifferences['counts'] {
  if (B.length === 0) return 'only A'
  if (A.length === 0) return 'only B'
  const isSame =
    A.length === B.length && A.every(({ start, end }, i) => start === B[i]!.start && end === B[i]!.end)
  return isSame ? 'same' : 'other times'
}

function rowOf({ device, of }: Group): Row {
  const side = (name: Side): Row => {
    const events = of[name]
    const worst = (key: 'score' | 'severity') =>
      events.length === 0 ? null : Math.max(...events.map(event => event[key]))
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
