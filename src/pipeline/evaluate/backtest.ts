import { z } from 'zod'
import { checkFrame } from '../../core/check-input.js'
import { ALIGNMENTS, type Alignment, type AnomalyEvent } from '../../core/contracts.js'
import { counted } from '../../core/counted.js'
import { createError } from '../../core/errors.js'
import { type Frame, type Interval, sampleCount, sliceFrame } from '../../core/frame.js'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/milliseconds.js'
import { parseKnown, parseOptions, refuseUnknown } from '../../core/parse-options.js'
import { intervalsOf } from '../../evaluate/index.js'
import { findEvents, resolveEventRules } from '../../events/index.js'
import { expectedReadings } from '../../session/index.js'
import { medianStepMs } from '../plan/cadence.js'
import { detect } from '../score/detect.js'
import { warmUpOf } from '../score/warm-up.js'
import { trainOptions, trainSettings } from '../settings/train-options.js'
import type { TrainSettings } from '../settings/train-settings.generated.js'
import { type TrainHooks, trainModel } from '../train/train.js'
import { raisedFlags } from './raised.js'

/** What happened in a period of live time. An event, found or labelled, belongs to the period in which it starts. */
interface Counts extends Interval {
  /** First and last time; numbers of samples when there are no times. */
  readonly from: number
  readonly to: number
  /** Length, up to the end of its last sample; null without times. */
  readonly days: number | null
  readonly events: number
  /** null without times. */
  readonly alarmsPerDay: number | null
  /** With labels: events that touch no labelled sample, labelled events, and how many of them hold a flagged sample of an event. */
  readonly falseAlarms: number | null
  readonly labelledEvents: number | null
  readonly foundEvents: number | null
}

/** One period of live time: scored by a model that had seen only what lies before it. */
export interface BacktestPeriod extends Counts {
  /** Samples before the period that the model was trained on. */
  readonly trainedRows: number
}

export interface Backtest {
  readonly periods: readonly BacktestPeriod[]
  readonly total: Counts & { readonly recall: number | null }
  /** Of all periods, in samples of the frame: one that continues in the next period is one event. */
  readonly events: readonly AnomalyEvent[]
}

export interface BacktestSettings {
  /** Length of a period: `7d`, `12h`, `30m` in time, or a number of samples. */
  readonly retrainEvery: string
  /** Samples that the first model is trained on. */
  readonly firstRows: number
  /** Default `causal`, as in live operation. */
  readonly alignment?: Alignment
}

const backtestSettings = z.object({
  retrainEvery: z.string().min(1).max(100),
  firstRows: z.number().int().min(1),
  alignment: z.enum(ALIGNMENTS).optional(),
})

/**
 * A simulation of live operation in time order: a model is trained on all rows before a period, scores the period, and is replaced by the
 * next one, which also learns from that period. Nothing of a period, labels included, reaches the model that scores it; to warm up, the
 * scoring reads the rows just before the period, as a live system would. The scores of all periods, each in units of the threshold of its
 * model, are joined before events are made of them: a fault that outlasts a model is one event.
 *
 * Within a period scores look back only, unless `alignment` is `two-sided`.
 *
 * Errors: those of `trainModel` and `detect`, `option-invalid`. Cost: that of one training per period.
 *
 * @param labels `[N]` 0 or 1
 */
export async function backtest(
  frame: Frame,
  labels: Uint8Array | undefined,
  options: TrainSettings,
  settings: BacktestSettings,
  hooks: TrainHooks & { onPeriod?(done: number, total: number): void } = {},
): Promise<Backtest> {
  checkFrame(frame, 'the backtest')
  const asked = parseKnown(backtestSettings, settings, 'the backtest')
  refuseUnknown(trainOptions, options, 'the backtest')
  const { retrainEvery, firstRows, alignment = 'causal' } = asked
  parseOptions(trainSettings, options, 'the backtest')
  const places = periodsOf(frame, retrainEvery, firstRows)
  const live = sliceFrame(frame, firstRows)
  const channels = frame.channels.length
  const score = new Float32Array(sampleCount(live))
  const flag = new Uint8Array(score.length)
  const residual = new Float32Array(score.length * channels)
  const rules = resolveEventRules({ ...options, timeZone: hooks.times?.timeZone }, undefined, frame.channels)
  /** What the model of each period expected. */
  const expected = new Float64Array(residual.length).fill(Number.NaN)
  let sharp: Float32Array | undefined
  for (const [done, { start, end }] of places.entries()) {
    const model = await trainModel(sliceFrame(frame, 0, start), options, hooks)
    const lead = Math.min(start, warmUpOf(model))
    const detection = await detect(
      model,
      sliceFrame(frame, start - lead, end),
      { validationLevel: 'permissive', alignment },
      { signal: hooks.signal, time: hooks.time },
    )
    const at = start - firstRows
    score.set(detection.score.subarray(lead), at)
    flag.set(detection.flag.subarray(lead), at)
    residual.set(detection.residual.subarray(lead * channels), at * channels)
    expected.set(expectedReadings(model, detection).subarray(lead * channels), at * channels)
    if (detection.sharp) {
      sharp ??= new Float32Array(score.length).fill(Number.NaN)
      sharp.set(detection.sharp.subarray(lead), at)
    }
    hooks.onPeriod?.(done + 1, places.length)
  }
  const found = findEvents(live, score, flag, residual, rules, expected, sharp)
  const events = found.map(event => ({
    ...event,
    start: event.start + firstRows,
    end: event.end + firstRows,
    onset: event.onset + firstRows,
    peak: event.peak + firstRows,
  }))
  const scoreOf = scoreParts(frame, firstRows, raisedFlags(flag, found), events, labels)
  const total = scoreOf({ start: firstRows, end: sampleCount(frame) })
  const { labelledEvents, foundEvents } = total
  return {
    periods: places.map(place => ({ ...scoreOf(place), trainedRows: place.start })),
    total: {
      ...total,
      recall: labelledEvents && foundEvents !== null ? foundEvents / labelledEvents : null,
    },
    events,
  }
}

/** Counts what starts in a part of the live time, which begins at sample `first`; `raised` is counted from there. */
function scoreParts(
  frame: Frame,
  first: number,
  raised: Uint8Array,
  events: readonly Interval[],
  labels: Uint8Array | undefined,
): (place: Interval) => Counts {
  const { timeMs } = frame
  const labelled = labels && intervalsOf(labels.map((label, i) => (i < first ? 0 : label)))
  const stepMs = medianStepMs(frame)
  const any = (marks: Uint8Array, { start, end }: Interval) =>
    marks.subarray(start, end).some(mark => mark !== 0)
  return place => {
    const { start, end } = place
    const here = (part: Interval) => part.start >= start && part.start < end
    const own = events.filter(here)
    const ownLabelled = labelled?.filter(here)
    const endMs = end < timeMs.length ? timeMs[end] : timeMs[end - 1] + (stepMs ?? Number.NaN)
    const days = stepMs === null ? null : (endMs - timeMs[start]) / DAY_MS
    return {
      ...place,
      from: timeMs[start],
      to: timeMs[end - 1],
      days,
      events: own.length,
      alarmsPerDay: days ? own.length / days : null,
      falseAlarms: labels ? own.filter(event => !any(labels, event)).length : null,
      labelledEvents: ownLabelled?.length ?? null,
      foundEvents:
        ownLabelled?.filter(part => any(raised, { start: part.start - first, end: part.end - first }))
          .length ?? null,
    }
  }
}

/** A last period of less than a tenth of the one before joins it: it is too short to be one. */
function withoutRest(places: Interval[]): Interval[] {
  const [before, last] = [places.at(-2), places.at(-1)]
  if (!before || !last || 10 * (last.end - last.start) >= before.end - before.start) return places
  return [...places.slice(0, -2), { start: before.start, end: last.end }]
}

/** Cuts what lies after the first `firstRows` samples into periods; the last may be shorter, down to a tenth of the others. */
function periodsOf(frame: Frame, every: string, firstRows: number): Interval[] {
  const n = sampleCount(frame)
  const match = /^(\d+(?:\.\d+)?)\s*([mhdw]?)$/.exec(every)
  const unit = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS, w: 7 * DAY_MS, '': 1 }[match?.[2] ?? '']
  const length = match && unit ? Number(match[1]) * unit : 0
  const byTime = match?.[2] !== ''
  const refuse = (wanted: string) =>
    createError('option-invalid', { name: '--retrain-every', got: every, where: 'the command', wanted })
  if (!(length > 0) || (!byTime && !Number.isInteger(length)))
    throw refuse('it must be a time such as 7d, 12h or 30m, or a number of samples')
  if (byTime && frame.timeKind === 'index') throw refuse('the table has no times: give a number of samples')
  if (firstRows >= n)
    throw createError('data-too-short', {
      rows: n,
      purpose: 'a backtest',
      wanted: firstRows + 1,
      window: '',
      remedy: `Give at least ${counted(firstRows + 1, 'sample')}, or start with fewer: --first-rows`,
    })
  const places: Interval[] = []
  for (let start = firstRows; start < n; ) {
    let end = byTime ? start : Math.min(n, start + length)
    while (byTime && end < n && frame.timeMs[end] < frame.timeMs[start] + length) end++
    places.push({ start, end })
    start = end
  }
  return withoutRest(places)
}
