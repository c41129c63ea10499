import { listNames } from '../../core/list-names.js'
import { type CloudEvent, endSoFar } from '../../emit/index.js'
import type { Event, Unscored, Verdict } from '../contract/index.js'
import { refusalDetail } from './refusal-detail.js'

/** What is known of a device of a stream. */
export interface DeviceRecord {
  /** `STREAM:DEVICE`. */
  readonly id: string
  readonly stream: string
  readonly name: string
  /** `NAME@VERSION`. */
  model: string
  channels: readonly string[]
  cadenceMs: number | null
  firstMs: number | null
  lastMs: number | null
  samples: number
  /** Newest score; after a start that of its last samples on the disk. */
  score: number | null
  /** Its newest samples that lack readings, one after the other. */
  lacking: number
  /** Columns that the newest of them lacks. */
  lacks: readonly string[]
  /** Why its messages since its newest sample were refused; null where none was. */
  refusedFor: string | null
  isSilent: boolean
  readonly open: Set<string>
  /** End of its last event that was an alarm, ms. */
  alarmEndMs: number
}

/** Samples without a score, one after the other, that are more than a gap. */
const ENOUGH_LACKING = 10

/** Why nothing of a device is scored now: all its messages since its newest sample were refused, or its newest samples lack readings. */
export function unscoredOf({ score, lacking, lacks, refusedFor }: DeviceRecord): Unscored | null {
  if (refusedFor !== null)
    return {
      reason: refusedFor,
      channels: [],
      detail: `its messages are refused: ${refusalDetail(refusedFor)}`,
    }
  if (lacking === 0 || (score !== null && lacking < ENOUGH_LACKING)) return null
  const channels = [...lacks]
  return { reason: 'missing', channels, detail: `readings of ${listNames(channels, 8)} are missing` }
}

/** The pattern of an event that was said to be expected or a false alarm: what its channels had to do with it. */
export interface Pattern {
  readonly event: string
  /** Name of the model, without version. */
  readonly model: string
  readonly verdict: Verdict
  readonly radius: number
  readonly shares: ReadonlyMap<string, number>
}

export const modelName = (model: string): string => model.slice(0, model.lastIndexOf('@'))
export const sharesOf = ({ channels }: Pick<Event, 'channels'>): ReadonlyMap<string, number> =>
  new Map(channels.map(({ name, share }) => [name, share]))

/** How far apart two patterns are, 0 (equal) to 1 (no channel in common): half the sum of the differences of their shares. */
export function distance(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let sum = 0
  for (const name of new Set([...a.keys(), ...b.keys()]))
    sum += Math.abs((a.get(name) ?? 0) - (b.get(name) ?? 0))
  return sum / 2
}

/** The pattern that an event belongs to, the nearest one; undefined when it is beyond the radius of all. */
export function matchOf(
  event: Pick<Event, 'id' | 'model' | 'channels'>,
  patterns: Iterable<Pattern>,
): Pattern | undefined {
  const shares = sharesOf(event)
  let found: Pattern | undefined
  let nearest = Number.POSITIVE_INFINITY
  for (const pattern of patterns) {
    if (pattern.model !== modelName(event.model) || pattern.event === event.id) continue
    const apart = distance(shares, pattern.shares)
    if (apart > pattern.radius || apart >= nearest) continue
    nearest = apart
    found = pattern
  }
  return found
}

type EventData = Readonly<Record<'id' | 'start' | 'onset' | 'peak', string | number>> & {
  readonly end?: string | number
  readonly last?: string | number
  readonly score: number
  readonly p_value: number | null
  readonly severity: number
  readonly channels: Event['channels']
  readonly sentence?: string | null
  readonly kind?: string | null
}

/** The event that a message of a stream is about; undefined for one that is about something else. */
export function eventOf({ type, data }: CloudEvent, device: string, model: string): Event | undefined {
  const change = /^dev\.telltale\.anomaly\.(opened|updated|closed)\.v1$/.exec(type)?.[1]
  if (change === undefined) return undefined
  const row = data as unknown as EventData
  const ms = (time: string | number) => (typeof time === 'number' ? time : Date.parse(time))
  return {
    id: `${device}:${row.id}`,
    device,
    model,
    state: change === 'closed' ? 'closed' : 'open',
    startMs: ms(row.start),
    endMs: ms(endSoFar(row)),
    onsetMs: ms(row.onset),
    peakMs: ms(row.peak),
    score: row.score,
    pValue: row.p_value ?? null,
    severity: row.severity,
    channels: row.channels.map(({ name, share }) => ({ name, share })),
    sentence: row.sentence ?? null,
    kind: row.kind ?? null,
    feedback: null,
    matches: null,
  }
}

/** An event as a row of the store joined with its feedback. */
export function eventOfRow(row: Record<string, unknown>): Event {
  const verdict = row.verdict as Verdict | null
  return {
    id: row.id as string,
    device: row.device as string,
    model: row.model as string,
    state: row.state as Event['state'],
    startMs: row.start_ms as number,
    endMs: row.end_ms as number,
    onsetMs: row.onset_ms as number,
    peakMs: row.peak_ms as number,
    score: row.score as number,
    pValue: row.p_value as number | null,
    severity: row.severity as number,
    channels: JSON.parse(row.channels as string),
    sentence: row.sentence as string | null,
    kind: row.kind as string | null,
    feedback:
      verdict === null
        ? null
        : {
            verdict,
            note: row.note as string,
            radius: row.radius as number,
            by: row.author as string,
            atMs: row.at_ms as number,
          },
    matches: row.matches as string | null,
  }
}
