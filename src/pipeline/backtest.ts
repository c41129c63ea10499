import { createError } from '../core/errors.js'
import { type Frame, type Interval, sampleCount, sliceFrame } from '../core/frame.js'
import { intervalsOf } from '../evaluate/index.js'
import { detect } from './detect.js'
import type { TrainOptions } from './options.js'
import { type TrainHooks, trainModel } from './train.js'

const DAY_MS = 86_400_000

/** One stretch of live time: scored by a model that had seen only what lies before it. */
export interface BacktestStretch extends Interval {
  /** First and last time; numbers of samples when there are no times. */
  readonly from: number
  readonly to: number
  /** Samples before the stretch that the model was trained on. */
  readonly trainedRows: number
  readonly events: number
  /** Per day of the stretch; null without times. */
  readonly alarmsPerDay: number | null
  /** With labels: events that touch no labelled sample, labelled events, and how many of them hold a flag. */
  readonly falseAlarms: number | null
  readonly labelledEvents: number | null
  readonly foundEvents: number | null
}

export interface Backtest {
  readonly stretches: readonly BacktestStretch[]
  readonly total: Omit<BacktestStretch, 'trainedRows'> & { readonly recall: number | null }
}

export interface BacktestSettings {
  /** Length of a stretch: `7d`, `12h`, `30m` in time, or a number of samples. */
  readonly retrainEvery: string
  /** Samples that the first model is trained on. */
  readonly firstRows: number
}

/**
 * A simulation of live operation in time order: a model is trained on all rows before a stretch, scores the stretch, and is replaced by the
 * next one, which also learns from that stretch. Nothing of a stretch, labels included, reaches the model that scores it; to warm up, the
 * scoring reads the rows just before the stretch, as a live system would.
 *
 * Errors: those of `trainModel` and `detect`, `option-invalid`. Cost: that of one training per stretch.
 */
export async function backtest(
  frame: Frame,
  labels: Uint8Array | undefined,
  options: TrainOptions,
  { retrainEvery, firstRows }: BacktestSettings,
  hooks: TrainHooks & { onStretch?(done: number, total: number): void } = {},
): Promise<Backtest> {
  const places = stretchesOf(frame, retrainEvery, firstRows)
  const stretches: BacktestStretch[] = []
  for (const { start, end } of places) {
    const model = await trainModel(sliceFrame(frame, 0, start), options, hooks)
    // The context of a detector may never end; a calibration part of the past is more than enough to warm up.
    const context = Math.min(
      start,
      Math.max(5 * options.window, model.detector.fewestSamples ?? 0, contextOf(model)),
    )
    const lead = start - context
    const detection = await detect(
      model,
      sliceFrame(frame, lead, end),
      { validationLevel: 'permissive' },
      { signal: hooks.signal },
    )
    const flag = detection.flag.slice(context)
    const events = detection.events
      .map(event => ({ start: event.start + lead, end: event.end + lead }))
      .filter(event => event.end > start)
    stretches.push(judge(frame, { start, end }, flag, events, labels))
    hooks.onStretch?.(stretches.length, places.length)
  }
  return { stretches, total: totalOf(frame, stretches) }

  function contextOf({ detector }: { readonly detector: { readonly contextLength: number } }): number {
    return Number.isFinite(detector.contextLength) ? detector.contextLength : 0
  }
}

function judge(
  frame: Frame,
  place: Interval,
  flag: Uint8Array,
  events: readonly Interval[],
  labels: Uint8Array | undefined,
): BacktestStretch {
  const { start, end } = place
  const any = (marks: Uint8Array, part: Interval) =>
    marks.subarray(part.start, part.end).some(mark => mark !== 0)
  const labelled = labels && intervalsOf(labels.subarray(start, end))
  const days = daysOf(frame, place)
  return {
    ...place,
    from: frame.timeMs[start],
    to: frame.timeMs[end - 1],
    trainedRows: start,
    events: events.length,
    alarmsPerDay: days === null ? null : events.length / days,
    falseAlarms: labels ? events.filter(event => !any(labels, event)).length : null,
    labelledEvents: labelled?.length ?? null,
    foundEvents: labelled?.filter(part => any(flag, part)).length ?? null,
  }
}

function totalOf(frame: Frame, stretches: readonly BacktestStretch[]): Backtest['total'] {
  const place = { start: stretches[0].start, end: stretches[stretches.length - 1].end }
  const sum = (key: 'events' | 'falseAlarms' | 'labelledEvents' | 'foundEvents') =>
    stretches.some(stretch => stretch[key] === null)
      ? null
      : stretches.reduce((total, stretch) => total + (stretch[key] ?? 0), 0)
  const events = sum('events') ?? 0
  const days = daysOf(frame, place)
  const [labelledEvents, foundEvents] = [sum('labelledEvents'), sum('foundEvents')]
  return {
    ...place,
    from: frame.timeMs[place.start],
    to: frame.timeMs[place.end - 1],
    events,
    alarmsPerDay: days === null ? null : events / days,
    falseAlarms: sum('falseAlarms'),
    labelledEvents,
    foundEvents,
    recall: labelledEvents && foundEvents !== null ? foundEvents / labelledEvents : null,
  }
}

function daysOf({ timeMs, timeKind }: Frame, { start, end }: Interval): number | null {
  if (timeKind === 'index') return null
  const after = end < timeMs.length ? timeMs[end] : timeMs[end - 1]
  return after > timeMs[start] ? (after - timeMs[start]) / DAY_MS : null
}

/** Cuts what lies after the first `firstRows` samples into stretches; the last may be shorter. */
function stretchesOf(frame: Frame, every: string, firstRows: number): Interval[] {
  const n = sampleCount(frame)
  const match = /^(\d+(?:\.\d+)?)\s*([mhdw]?)$/.exec(every)
  const unit = { m: 60_000, h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS, '': 1 }[match?.[2] ?? '']
  const length = match && unit ? Number(match[1]) * unit : 0
  const byTime = match?.[2] !== ''
  const refuse = (wanted: string) =>
    createError('option-invalid', { name: '--retrain-every', got: every, where: 'the command', wanted })
  if (!(length > 0) || (!byTime && !Number.isInteger(length)))
    throw refuse('a time such as 7d, 12h or 30m, or a number of samples, is wanted')
  if (byTime && frame.timeKind === 'index') throw refuse('the table has no times: give a number of samples')
  if (firstRows >= n)
    throw createError('data-too-short', {
      rows: n,
      purpose: 'a backtest',
      wanted: firstRows + 1,
      window: firstRows,
    })
  const places: Interval[] = []
  for (let start = firstRows; start < n; ) {
    let end = byTime ? start : Math.min(n, start + length)
    while (byTime && end < n && frame.timeMs[end] < frame.timeMs[start] + length) end++
    places.push({ start, end })
    start = end
  }
  return places
}
