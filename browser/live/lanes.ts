import type { Event, Lane, LiveEvent, LiveStatus, Overview } from '../../src/serve/contract/index.js'

type LaneEvent = Lane['events'][number]
/** How an event is drawn: by its severity, or quiet when it is expected, a known pattern or a false alarm. */
export type LaneClass = 'quiet' | 'low' | 'mid' | 'high'
export const LANE_CLASSES: readonly LaneClass[] = ['quiet', 'low', 'mid', 'high']
export const LANE_HEIGHT = 20
const LEAST_WIDTH = 2.5
const HEIGHTS: Record<LaneClass, number> = { quiet: 6, low: 9, mid: 14, high: 20 }

export function laneClass({
  severity,
  verdict,
  matches,
}: Pick<LaneEvent, 'severity' | 'verdict' | 'matches'>): LaneClass {
  if (verdict === 'expected' || verdict === 'false-alarm' || (matches !== null && verdict === null))
    return 'quiet'
  return severity >= 70 ? 'high' : severity >= 40 ? 'mid' : 'low'
}

/** One SVG path for each class: the events of a lane as bars, the more severe the higher, at least 2.5 wide. */
export function lanePaths(
  events: readonly LaneEvent[],
  fromMs: number,
  toMs: number,
  width: number,
): Record<LaneClass, string> {
  const paths: Record<LaneClass, string> = { quiet: '', low: '', mid: '', high: '' }
  const scale = width / (toMs - fromMs)
  for (const event of events) {
    const kind = laneClass(event)
    const end = event.state === 'open' ? toMs : event.endMs
    const x = Math.max(0, (event.startMs - fromMs) * scale)
    const w = Math.max(LEAST_WIDTH, (end - fromMs) * scale - x)
    if (x > width || end < fromMs) continue
    const h = HEIGHTS[kind]
    paths[kind] += `M${x.toFixed(1)} ${(LANE_HEIGHT - h) / 2}h${w.toFixed(1)}v${h}h-${w.toFixed(1)}z`
  }
  return paths
}

/** The event under a place of a lane, the most severe of several; with `slack` px on both sides. */
export function eventAt(
  events: readonly LaneEvent[],
  timeMs: number,
  slackMs: number,
): LaneEvent | undefined {
  return events
    .filter(({ startMs, endMs }) => startMs - slackMs <= timeMs && timeMs <= endMs + slackMs)
    .sort((a, b) => b.severity - a.severity)[0]
}

const STEPS_MS = [1, 2, 3, 6, 12, 24, 48, 120, 240].map(hours => hours * 3_600_000)

/** Times of at most `most` round hours or days (UTC) in a range. */
export function ticksOf(fromMs: number, toMs: number, most: number): number[] {
  const step = STEPS_MS.find(size => (toMs - fromMs) / size <= most) ?? STEPS_MS[STEPS_MS.length - 1]
  const first = Math.ceil(fromMs / step) * step
  return Array.from(
    { length: Math.max(0, Math.floor((toMs - first) / step) + 1) },
    (_, i) => first + i * step,
  )
}

/** Half of the width of a label below a tick. */
const HALF_LABEL = 22

/** Where the middle of the label of a tick is, in pixels: a label stays within an axis of this width, so that it meets no column beside it. */
export function labelAt(share: number, width: number): number {
  return Math.max(HALF_LABEL, Math.min(width - HALF_LABEL, share * width))
}

/** How far the newest sample has to be behind the range before the range moves, as its share: lanes are not drawn again for each sample. */
const MOVE_SHARE = 1 / 500

/** The overview with what was sent since. Only changed lanes are new objects; their order stays until the next load. */
export function withLive(
  overview: Overview,
  statuses: ReadonlyMap<string, LiveStatus>,
  changes: readonly LiveEvent[],
): Overview {
  const changed = new Map<string, Event[]>()
  for (const { event } of changes) changed.set(event.device, [...(changed.get(event.device) ?? []), event])
  let newestMs = overview.toMs
  const devices = overview.devices.map(lane => {
    const status = statuses.get(lane.id)
    const events = changed.get(lane.id)
    if (status !== undefined) newestMs = Math.max(newestMs, status.timeMs)
    if (status === undefined && events === undefined) return lane
    return laneWith(lane, status, events ?? [])
  })
  const spanMs = overview.toMs - overview.fromMs
  const moveMs = Math.ceil((newestMs - overview.toMs) / (spanMs * MOVE_SHARE)) * spanMs * MOVE_SHARE
  const count = (status: Lane['status']) => devices.filter(lane => lane.status === status).length
  return {
    ...overview,
    fromMs: overview.fromMs + moveMs,
    toMs: overview.toMs + moveMs,
    devices,
    totals: {
      ...overview.totals,
      alarm: count('alarm'),
      silent: count('silent'),
      unscored: count('unscored'),
      events: overview.totals.events + changes.filter(({ change }) => change === 'opened').length,
    },
  }
}

function laneWith(lane: Lane, status: LiveStatus | undefined, changed: readonly Event[]): Lane {
  const events = [...lane.events]
  for (const event of changed) {
    const { id, startMs, endMs, state, score, severity, matches } = event
    const mark = {
      id,
      startMs,
      endMs,
      state,
      score,
      severity,
      matches,
      verdict: event.feedback?.verdict ?? null,
    }
    const at = events.findIndex(one => one.id === id)
    if (at < 0) events.push(mark)
    else events[at] = mark
  }
  const openEvents = events.filter(({ state }) => state === 'open').length
  const alarms = events.some(event => event.state === 'open' && laneClass(event) !== 'quiet')
  const unscored = status === undefined ? lane.unscored : status.unscored
  const isHeard = status !== undefined && ['unscored', 'silent', 'waiting'].includes(lane.status)
  const heard = status?.score == null ? 'waiting' : 'ok'
  const before = changed.length > 0 && lane.status === 'alarm' ? 'watch' : isHeard ? heard : lane.status
  const calm = status === undefined || unscored === null ? before : 'unscored'
  return {
    ...lane,
    events,
    openEvents,
    unscored,
    score: status?.score ?? lane.score,
    lastMs: Math.max(lane.lastMs ?? 0, status?.timeMs ?? 0) || null,
    status: alarms ? 'alarm' : calm,
    worst: Math.max(0, ...events.filter(event => laneClass(event) !== 'quiet').map(event => event.severity)),
  }
}
