import type { Frame } from '../../core/frame.js'
import { HOUR_MS } from '../../core/milliseconds.js'
import type { Device, Lane, Overview, Series } from '../contract/index.js'
import type { Keep } from './keep.js'
import type { Range } from './range.js'
import { type DeviceRecord, unscoredOf } from './records.js'

/** Time of the newest sample of any device; the clock when there is none. */
export function newestMs(keep: Keep, nowMs: number): number {
  let newest = Number.NEGATIVE_INFINITY
  for (const { lastMs } of keep.devices.values()) newest = Math.max(newest, lastMs ?? newest)
  return Number.isFinite(newest) ? newest : nowMs
}

/** A device as the API shows it. */
export function deviceFacts(device: DeviceRecord): Device {
  const { id, name, stream, model, score, lastMs, open } = device
  return {
    ...{ id, name, stream, model, status: statusOf(device), score, lastMs },
    openEvents: open.size,
    unscored: unscoredOf(device),
  }
}

function statusOf(device: DeviceRecord): Device['status'] {
  const { open, isSilent, lastMs, score, alarmEndMs } = device
  if (open.size > 0) return 'alarm'
  if (isSilent) return 'silent'
  if (unscoredOf(device) !== null) return 'unscored'
  if (score === null) return 'waiting'
  return (lastMs ?? 0) - alarmEndMs < HOUR_MS ? 'watch' : 'ok'
}

const STATUS_ORDER: readonly Device['status'][] = ['alarm', 'watch', 'unscored', 'silent', 'waiting', 'ok']

/**
 * All devices with their events of a range, worst first. Cost: one pass over the samples and events of the range.
 *
 * @param driftOf what the open drifts of a device call for
 */
export async function overviewOf(
  keep: Keep,
  { fromMs, toMs }: Range,
  limit: number,
  driftOf: (device: Device) => Lane['drift'],
): Promise<Overview> {
  const events = await keep.eventRows('where end_ms > $1 and start_ms < $2 order by start_ms', [fromMs, toMs])
  const counts = await keep.database.rows(
    'select device, count(score)::double as scored, count(*)::double as samples from samples where time_ms >= $1 and time_ms < $2 group by device',
    [fromMs, toMs],
  )
  const counted = new Map(
    counts.map(row => [row.device as string, row as { scored: number; samples: number }]),
  )
  const lanes = new Map<string, Lane['events']>()
  for (const event of events) {
    const { id, startMs, endMs, state, score, severity, feedback, matches } = event
    const own = { id, startMs, endMs, state, score, severity, verdict: feedback?.verdict ?? null, matches }
    const lane = lanes.get(event.device)
    if (lane) lane.push(own)
    else lanes.set(event.device, [own])
  }
  const devices = Array.from(keep.devices.values(), (device): Lane => {
    const own = lanes.get(device.id) ?? []
    const alarms = own.filter(
      ({ verdict, matches }) => matches === null && verdict !== 'expected' && verdict !== 'false-alarm',
    )
    const worst = alarms.reduce((most, { severity }) => Math.max(most, severity), 0)
    const facts = deviceFacts(device)
    return {
      ...facts,
      drift: driftOf(facts),
      worst,
      coverage: coverageOf(device, counted.get(device.id), { fromMs, toMs }),
      events: own,
    }
  })
  const rank = ({ status }: Lane) => STATUS_ORDER.indexOf(status)
  devices.sort((a, b) => b.worst - a.worst || rank(a) - rank(b) || (a.id < b.id ? -1 : 1))
  const count = (status: Device['status']) => devices.filter(device => device.status === status).length
  return {
    fromMs,
    toMs,
    more: Math.max(0, devices.length - limit),
    totals: {
      devices: devices.length,
      alarm: count('alarm'),
      unscored: count('unscored'),
      silent: count('silent'),
      events: events.length,
    },
    devices: devices.slice(0, limit),
  }
}

function coverageOf(
  { firstMs, cadenceMs }: DeviceRecord,
  counts: { readonly scored: number; readonly samples: number } | undefined,
  { fromMs, toMs }: Range,
): number | null {
  if (counts === undefined || firstMs === null) return null
  const wanted = cadenceMs === null ? counts.samples : (toMs - Math.max(fromMs, firstMs)) / cadenceMs
  return Math.min(1, counts.scored / Math.max(1, Math.floor(wanted)))
}

/** Readings and scores of a device in at most `points` equal intervals. Cost: one pass over its samples of the range. */
export async function seriesOf(
  keep: Keep,
  device: DeviceRecord,
  { fromMs, toMs }: Range,
  points: number,
): Promise<Series> {
  const events = await keep.eventRows(
    'where device = $1 and end_ms > $2 and start_ms < $3 order by start_ms',
    [device.id, fromMs, toMs],
  )
  const stepMs = (toMs - fromMs) / points
  const columns = device.channels.map(
    (_, c) =>
      `min(readings[${c + 1}]) as min${c}, max(readings[${c + 1}]) as max${c}, avg(expected[${c + 1}]) as mid${c}, min(expected[${c + 1}]) as low${c}, max(expected[${c + 1}]) as high${c}`,
  )
  const rows = await keep.database.rows(
    `select floor((time_ms - $2) / $4) as part, min(time_ms) as time_ms, max(score) as score, count(*)::double as samples, count(score)::double as scored
     ${columns.map(column => `, ${column}`).join('')}
     from samples where device = $1 and time_ms >= $2 and time_ms < $3 group by part order by part`,
    [device.id, fromMs, toMs, stepMs],
  )
  const half = keep.usualError(device).halfWidths()
  const column = (name: string) => rows.map(row => finite(row[name]))
  return {
    device: device.id,
    fromMs,
    toMs,
    stepMs,
    samples: rows.reduce((sum, row) => sum + (row.samples as number), 0),
    timeMs: rows.map(row => row.time_ms as number),
    score: column('score'),
    threshold: 1,
    coverage: rows.map(row => (row.scored as number) / (row.samples as number)),
    channels: device.channels.map((name, c) => ({
      name,
      unit: unitOf(name),
      min: column(`min${c}`),
      max: column(`max${c}`),
      expected: column(`mid${c}`),
      low: rows.map(row => shifted(row[`low${c}`], -half[c])),
      high: rows.map(row => shifted(row[`high${c}`], half[c])),
    })),
    events,
  }
}

/** `temp [°C]` has the unit `°C`. */
export function unitOf(name: string): string | null {
  return /\[([^\]]+)\]\s*$/.exec(name)?.[1] ?? null
}

function shifted(value: unknown, by: number): number | null {
  return finite((value as number | null) === null ? null : (value as number) + by)
}

function finite(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** The readings of a device in a range, at most `most` samples: the newest. Cost O(samples). */
export async function readingsOf(
  keep: Keep,
  device: DeviceRecord,
  { fromMs, toMs }: Range,
  most: number,
): Promise<Frame> {
  await keep.flush()
  const rows = await keep.database.rows(
    'select time_ms, readings from samples where device = $1 and time_ms >= $2 and time_ms < $3 order by time_ms desc limit $4',
    [device.id, fromMs, toMs, most],
  )
  rows.reverse()
  const width = device.channels.length
  const values = new Float64Array(rows.length * width)
  rows.forEach(({ readings }, i) => {
    const own = readings as (number | null)[]
    for (let c = 0; c < width; c++) values[i * width + c] = own[c] ?? Number.NaN
  })
  return {
    timeMs: Float64Array.from(rows, row => row.time_ms as number),
    timeKind: 'utc',
    values,
    channels: device.channels,
  }
}
