import type { AnomalyEvent, EventChange } from '../core/contracts.js'
import { createError } from '../core/errors.js'
import type { Frame } from '../core/frame.js'
import type { State } from '../core/state.js'
import { channelFilter } from './channel-filter.js'
import { echoAt } from './echo.js'
import { createGate, type GateStep } from './gate.js'
import { type Candidate, type EventParts, type MachineState, readState, writeState } from './machine-state.js'
import { maintenanceAt } from './maintenance.js'
import { type EventOptions, type EventRules, eventOptions } from './options.js'
import type { EventSample } from './sample.js'
import { type Segment, segmentFinder } from './segment.js'
import { severity } from './severity.js'
import { type Height, standingAlarm } from './standing.js'

/** What a sample did: it opened or closed an event, the open one continued, or nothing. */
export type EventStep = EventChange | EventSplit | 'updated' | undefined

/** One event has ended, and another one is open. */
export interface EventSplit {
  readonly type: 'split'
  readonly closed: AnomalyEvent
  readonly opened: AnomalyEvent
}

/** What a step opened and closed, in order. */
export function changesOf(step: EventStep): EventChange[] {
  if (step === undefined || step === 'updated') return []
  if (step.type !== 'split') return [step]
  return [
    { type: 'closed', event: step.closed },
    { type: 'opened', event: step.opened },
  ]
}

/** Share of the threshold above which a score has risen: that of a detector that smooths is above half of it most of the time. */
const RISEN = 0.9

export interface EventMachine {
  /** Takes the next sample; at most one event opens, closes or is split. */
  push(sample: EventSample): EventStep
  /** The series has ended: closes an open event. */
  finish(): EventChange | undefined
  /** The event that is open. */
  current(): AnomalyEvent | undefined
  /** Samples from the first flag of the event that is pending or open to its last sample; 0 when there is none. Cost O(1). */
  span(): number
  /**
   * First sample that an event which is not closed yet may have; the number of samples so far when there is none. One that grows evenly may begin up to
   * `MOST_RAMP` samples before.
   */
  settled(): number
  suppressed(): Suppressed
  state(): State
}

/** Flagged samples that are part of no event because of maintenance, and because of the cool-down. */
export interface Suppressed {
  readonly inMaintenance: number
  readonly inCoolDown: number
}

/**
 * Scores to events, one sample at a time, for one device.
 *
 * The states are calm, pending, open and cooling; `createGate` has their table, as has docs/events.md. A sample in maintenance is never part of an
 * event: it closes an open one and drops a pending one. In cool-down only a critical score opens. An event reaches from the first flag of its
 * pending interval to the last sample above `closeBelow`; its id is made of the time of the first. Where samples say how far they stand out by
 * themselves (`sharp`), start, onset, peak and end of an event are those of the segment within it that does so most, which may begin before the first
 * flag: a smooth score finds an event, and single samples place it. One that grows evenly begins where that began, see `rampBefore`. Where a second segment becomes clear, further than `mergeGap` and `coolDown` after
 * the first, the event is split there; so is one that has lasted for 1,024 samples where its score rises above what it has been since, see `standingAlarm`. NaN is a sample without a flag.
 * Memory O(C + n), cost O(C) per sample of an event and O(1) for others.
 *
 * @param channels `[C]`
 * @param from `state()` of another machine with the same options
 * @throws OptionError `option-invalid`; `option-combination` for recurring maintenance without times, and from `push` when channels have rules and
 * samples no deviations
 * @example
 * import { createEventMachine } from './machine.js'
 * const machine = createEventMachine(['a'], 'index', { mergeGap: 0 })
 * machine.push({ timeMs: 0, score: 2, residual: [2] }).type // => 'opened'
 * machine.push({ timeMs: 1, score: 0.5, residual: [0] }).type // => 'closed'
 */
export function createEventMachine(
  channels: readonly string[],
  timeKind: Frame['timeKind'],
  options: EventOptions = {},
  from?: State,
): EventMachine {
  const rules = checkEventOptions(options)
  const keptShare = channelFilter(channels, rules.channels)
  const inMaintenance = maintenanceAt(rules.maintenance, timeKind)
  const saved = from && readState(from, channels.length)
  const now = saved?.now ?? {
    rise: -1,
    riseMs: Number.NaN,
    lastEnd: 0,
    lastEndMs: Number.NaN,
    over: 0,
    risen: 0,
  }
  let current = saved?.current ?? null
  /** What the open event becomes if it is split: the part before the open segment, and the part from there on. */
  let parts = saved?.parts ?? null
  /** The same where its score begins to rise above what it has been since it began. */
  let climb = saved?.climb ?? null
  const gate = createGate(rules, saved?.gate)
  const segments = segmentFinder(Math.max(rules.mergeGap, rules.coolDown), saved?.segments)
  const standing = standingAlarm(saved?.standing)
  /** Samples of a rise that make it an event, as they would open one. */
  const leastRise = Math.max(rules.openCount, rules.minLength)
  let isOver = false
  const { eventLength } = rules
  const eventNow = (candidate: Candidate, until?: number) =>
    eventOf(candidate, channels, segments.best(), { ...now, eventLength }, until)

  const begin = (i: number, timeMs: number): Candidate => {
    // An event that follows at once may have its onset where the last one ends.
    const isRising = now.rise >= 0
    const afterLast = isRising && now.rise < now.lastEnd
    return {
      id: eventId(timeKind, timeMs),
      start: i,
      end: i,
      onset: !isRising ? i : afterLast ? now.lastEnd : now.rise,
      peak: i,
      startMs: timeMs,
      lastMs: timeMs,
      onsetMs: !isRising ? timeMs : afterLast ? now.lastEndMs : now.riseMs,
      peakMs: timeMs,
      afterMs: Number.NaN,
      score: Number.NaN,
      firstClear: Number.NaN,
      firstClearMs: Number.NaN,
      lastClear: Number.NaN,
      lastClearMs: Number.NaN,
      firstScore: Number.NaN,
      lastScore: Number.NaN,
      low: Number.POSITIVE_INFINITY,
      sums: new Float64Array(0),
      running: new Float64Array(channels.length),
    }
  }
  const end = (step: GateStep): EventChange | undefined => {
    const ended = current
    current = null
    parts = null
    climb = null
    now.risen = 0
    standing.reset()
    if (step !== 'closed' || ended === null) return undefined
    const event = eventNow(ended)
    now.lastEnd = ended.end
    now.lastEndMs = ended.afterMs
    now.over = gate.state.samples
    return { type: 'closed', event }
  }

  const partsAt = (event: Candidate, i: number, timeMs: number): EventParts => ({
    before: { ...event, running: event.running.slice() },
    after: { ...begin(i, timeMs), onset: i, onsetMs: timeMs },
  })
  /** A segment that begins within an event may be another one. */
  const part = (i: number, timeMs: number): void => {
    const since = segments.since()
    if (parts !== null && since !== parts.after.start) parts = null
    if (current !== null && since === i) parts = partsAt(current, i, timeMs)
  }
  const split = (closed: AnomalyEvent, after: Candidate): EventSplit => {
    now.lastEnd = after.start
    now.lastEndMs = after.startMs
    now.over = after.start
    current = after
    parts = null
    climb = null
    segments.begin(now.over)
    return { type: 'split', closed, opened: eventNow(after) }
  }
  /** How high the score of an open event is beside what it has been since it began. */
  const heightOf = (score: number): Height | undefined =>
    current !== null && gate.state.current?.open && score > rules.closeBelow
      ? standing.push(score)
      : undefined
  /** A sample at which the score may begin to rise, and the end of a rise: then the event as it was before. */
  const atBorder = (i: number, timeMs: number, height: Height | undefined): AnomalyEvent | undefined => {
    if (height === undefined || current === null) return undefined
    if (height === 'lasting') now.risen = 0
    const isHigh = height === 'climbing' || height === 'risen'
    if (now.risen > 0) return isHigh ? undefined : eventNow(current, i)
    climb = isHigh ? (climb ?? { ...partsAt(current, i, timeMs), high: 0 }) : null
    return undefined
  }
  /** Takes a sample into a part that may become an event. @returns the split, once the rise is as long as an event has to be */
  const climbOn = (i: number, sample: EventSample, score: number, height: Height): EventSplit | undefined => {
    if (climb === null) return undefined
    const { before, after } = climb
    grow(after, i, score, sample, true)
    if (height === 'risen') climb.high++
    if (climb.high < leastRise || after.start - before.start <= rules.coolDown) return undefined
    now.risen = 1
    return split(eventNow(before, after.start), after)
  }

  return {
    push(sample) {
      const { timeMs } = sample
      const i = gate.state.samples
      const { score, flag } = countedScore(sample, keptShare(sample))
      const maintenance = inMaintenance(timeMs)
      if (!(score > RISEN) || maintenance) now.rise = -1
      // What rose in the cool-down is part of no event: a later one begins to rise where the cool-down ends.
      else if (now.rise < 0 || i === gate.state.quietUntil) {
        now.rise = i
        now.riseMs = timeMs
      }
      const height = maintenance ? undefined : heightOf(score)
      const ended = atBorder(i, timeMs, height)
      if (sample.sharp !== undefined) {
        // A sample in maintenance is part of no segment either.
        segments.push(i, timeMs, maintenance ? Number.NaN : sample.sharp, current !== null)
        part(i, timeMs)
        if (current !== null)
          current.low =
            segments.best()?.end === i + 1 ? Number.POSITIVE_INFINITY : Math.min(current.low, score)
      }
      if (current !== null && i === current.end) current.afterMs = timeMs
      const step = gate.push(
        score,
        flag,
        maintenance,
        sample.sharp !== undefined && current !== null && segments.holds(i, current.end, eventLength),
      )
      if (step === 'calm') return undefined
      if (step === 'closed' || step === 'dropped') return end(step)
      if (ended !== undefined) {
        now.risen = 0
        const after = { ...begin(i, timeMs), onset: i, onsetMs: timeMs }
        grow(after, i, score, sample, true)
        return split(ended, after)
      }
      if (current === null) {
        current = begin(i, timeMs)
        segments.begin(now.over)
      }
      const counts = step !== 'waiting'
      grow(current, i, score, sample, counts)
      if (parts !== null) grow(parts.after, i, score, sample, counts)
      if (!counts || step === 'pending') return undefined
      if (step === 'opened') return { type: 'opened', event: eventNow(current) }
      const risen = height && climbOn(i, sample, score, height)
      if (risen) return risen
      const next = segments.next()
      const isLong = next !== undefined && next.end - next.start >= rules.minLength
      const isOwn = isLong && !isLasting(parts, segments.best(), next, eventLength)
      if (!isOwn || parts === null) return 'updated'
      // What is clear after the first segment may be the echo of the second.
      return split(eventNow({ ...parts.before, lastClear: Number.NaN }), parts.after)
    },
    finish() {
      isOver = true
      return end(gate.finish())
    },
    current: () => (current !== null && gate.state.current?.open ? eventNow(current) : undefined),
    span: () => (current === null ? 0 : current.end - current.start),
    settled() {
      const { samples } = gate.state
      if (isOver) return samples
      const best = current ? segments.best()?.start : undefined
      return Math.min(current?.start ?? samples, best ?? samples, segments.since() ?? samples)
    },
    suppressed() {
      const { inMaintenance, inCoolDown } = gate.state
      return { inMaintenance, inCoolDown }
    },
    state: () =>
      writeState(now, { current, parts, climb }, gate.state, {
        segments: segments.state(),
        standing: standing.state(),
      }),
  }
}

/** Takes a sample into an event. @param counts whether it is part of it, or only lies between samples that are */
function grow(
  event: Candidate,
  i: number,
  score: number,
  { timeMs, residual, sharp = Number.NaN }: EventSample,
  counts: boolean,
): void {
  addPositive(event.running, residual)
  if (!counts) return
  event.end = i + 1
  event.lastMs = timeMs
  event.sums = event.running.slice()
  if (score > event.score || Number.isNaN(event.score)) {
    event.peak = i
    event.peakMs = timeMs
    event.score = score
  }
  const half = Math.sqrt(event.score)
  if (!(score > Math.max(1, half) && sharp > 0)) return
  if (!(event.firstScore > half)) {
    event.firstClear = i
    event.firstClearMs = timeMs
    event.firstScore = score
  }
  event.lastClear = i
  event.lastClearMs = timeMs
  event.lastScore = score
}

/** Whether the score between two segments is higher than the echo of both: that of one fault, which single samples show here and there. */
function isLasting(
  parts: EventParts | null,
  first: Segment | undefined,
  second: Segment,
  eventLength: number | undefined,
): boolean {
  if (parts === null || first === undefined) return false
  const { before, after } = parts
  const lower = Math.min(before.score, after.score)
  return before.low > Math.max(1, echoAt(lower, (second.start - first.end) / 2, eventLength))
}

/** The score of a sample without the channels that break their rule, and whether it is still a flag. */
export function countedScore(
  { score: whole, flag }: EventSample,
  keptShare: number,
): { readonly score: number; readonly flag: boolean } {
  const score = whole * keptShare
  return { score, flag: (flag ?? whole > 1) && (score > 1 || score === whole) }
}

/**
 * The rules of events with every default filled in.
 *
 * @throws OptionError `option-invalid` naming the first that is out of range
 */
export function checkEventOptions(options: EventOptions): EventRules {
  const result = eventOptions.safeParse(options)
  if (result.success) return result.data
  const [{ path, message }] = result.error.issues
  let got: unknown = options
  for (const key of path) got = (got as Record<PropertyKey, unknown> | undefined)?.[key]
  throw createError('option-invalid', {
    name: path.join('.'),
    got: JSON.stringify(got) ?? 'not given',
    where: 'the rules of events',
    wanted: message,
  })
}

function eventId(timeKind: Frame['timeKind'], timeMs: number): string {
  return timeKind === 'utc'
    ? `e${new Date(timeMs).toISOString().replace(/[-:.Z]/g, '')}`
    : `e${String(timeMs).padStart(6, '0')}`
}

/** @param segment what stands out most within it; the end of the event before stays its border @param until where the next one begins */
function eventOf(
  candidate: Candidate,
  channels: readonly string[],
  segment: Segment | undefined,
  now: MachineState & Pick<EventRules, 'eventLength'>,
  until = Number.POSITIVE_INFINITY,
): AnomalyEvent {
  const { id, score, sums } = candidate
  // What begins after its flags belongs to the next event.
  const last = Math.min(candidate.end, until)
  const isOther = segment === undefined || segment.end <= now.lastEnd || segment.start >= last
  const { start, end, onset, peak, startMs, lastMs, onsetMs, peakMs } = isOther
    ? candidate
    : placed(endingBefore(segment, candidate, until), candidate, now)
  const total = sums.reduce((sum, value) => sum + value, 0)
  const shares = channels.map((name, c) => ({ name, share: total > 0 ? sums[c] / total : 0 }))
  return {
    id,
    start,
    end,
    onset,
    peak,
    times: { startMs, lastMs, onsetMs, peakMs },
    score,
    severity: severity(score, end - start),
    channels: shares.sort((a, b) => b.share - a.share),
  }
}

/** The part of a segment before a sample at which an event ends. */
function endingBefore(segment: Segment, { lastMs, peak, peakMs }: Candidate, until: number): Segment {
  if (segment.end <= until) return segment
  const own = segment.peak < until ? segment : { peak, peakMs }
  return { ...segment, end: until, lastMs, peak: own.peak, peakMs: own.peakMs }
}

/**
 * Borders of an event by its segment; of one that continues the segment of the event before, the first flag is its start. Where the score stays above the threshold further from the segment than its
 * echo reaches, the event reaches to the clear samples there.
 */
function placed(
  segment: Segment,
  candidate: Candidate,
  { lastEnd, lastEndMs, eventLength }: MachineState & Pick<EventRules, 'eventLength'>,
) {
  const [from, fromMs] =
    segment.start >= lastEnd
      ? [segment.start, segment.startMs]
      : segment.since >= lastEnd
        ? [lastEnd, lastEndMs]
        : [candidate.start, candidate.startMs]
  if (segment.end <= from) return candidate
  const { firstClear, firstClearMs, firstScore, lastClear, lastClearMs, lastScore, score } = candidate
  const isBeyond = (clear: number, distance: number) => clear > echoAt(score, distance, eventLength)
  const isEarlier = firstClear < from && isBeyond(firstScore, from - firstClear)
  const [start, startMs] = isEarlier ? [firstClear, firstClearMs] : [from, fromMs]
  const isLonger = lastClear >= segment.end && isBeyond(lastScore, lastClear + 1 - segment.end)
  const [end, lastMs] = isLonger ? [lastClear + 1, lastClearMs] : [segment.end, segment.lastMs]
  // Of a segment that began in the event before, the highest score is the peak.
  const { peak, peakMs } = segment.peak < start && candidate.peak >= start ? candidate : segment
  const isBefore = peak < start
  return {
    start,
    startMs,
    end,
    lastMs,
    onset: start,
    onsetMs: startMs,
    peak: isBefore ? start : peak,
    peakMs: isBefore ? startMs : peakMs,
  }
}

function addPositive(sums: Float64Array, values: ArrayLike<number>): void {
  for (let c = 0; c < sums.length; c++) if (values[c] > 0) sums[c] += values[c]
}
