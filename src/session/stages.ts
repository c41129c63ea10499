import type { OnlineOptions } from '../core/contracts.js'
import { asScaled, type Frame, sampleCount } from '../core/frame.js'
import type { StageTimer } from '../core/stage-timer.js'
import { nestedState, type State } from '../core/state.js'
import { fillByComponents } from '../detect/index.js'
import type { Suppressed } from '../events/index.js'
import type { Adaptation } from '../threshold/index.js'
import { BEGINS, createMonitor, createPreparation, LATE } from '../validate/index.js'
import { fitChannels } from './channels.js'
import { trackEvents } from './event-tracker.js'
import { regimeLevelling } from './levelling.js'
import { leaveOutMasked } from './masks.js'
import { scorePublisher } from './publish.js'
import { createQueue, type Ready } from './queue.js'
import { createScoring, joinPieces } from './scoring.js'
import type { ResolvedSettings } from './settings.js'
import type { ScoredSamples, Step } from './step.js'
import { openWatch } from './watch.js'

/** The stages of a session, from samples to events. */
export interface Stages {
  push(samples: Frame): Step
  finish(): Step
  /** By name; undefined for a stage that is not there. */
  states(): Record<string, State | undefined>
  adaptation(): Adaptation | null
  suppressed(): Suppressed
  settled(): number
}

/** Stages at the beginning of a series, or where those of another session were. */
export function openStages(
  settings: ResolvedSettings,
  timeKind: Frame['timeKind'],
  time: StageTimer,
  from?: State,
): Stages {
  const { model, policies, missing, alignment, calibration } = settings
  const { info, regimes, baseline, scaler } = model
  const { channels, schema } = info
  const width = channels.length
  const saved = (name: string) => from && nestedState(from, name)
  const level = settings.validationLevel
  const { maxGap } = missing
  const monitor = createMonitor({ channels, timeKind, schema, maxGap, level }, saved('monitor'))
  const fallback = schema?.channels.map(({ median }) => median ?? 0)
  const preparation = createPreparation(
    {
      channels,
      policies,
      maxGap,
      fallback,
      alignment,
      ...(baseline &&
        policies.includes('mask') && { fill: fillByComponents(baseline, scaler, { channels, timeKind }) }),
    },
    saved('preparation'),
  )
  const scoring = createScoring(model, onlineOptions(settings), saved('scoring'))
  const queue = createQueue(channels, timeKind, policies.includes('mask'), saved('queue'))
  const levelling =
    regimes && calibration.levels && regimeLevelling(regimes, calibration.levels, saved('levelling'))
  const publisher = scorePublisher(settings, saved('publisher'))
  const events = settings.onlyScores ? undefined : trackEvents(settings, timeKind, saved('events'))
  const watch = openWatch(settings, saved('watch'))

  const publish = (ready: Ready): Pick<Step, 'scored' | 'events' | 'drifts'> => {
    const { frame, trust, masked, scores } = ready
    if (masked) leaveOutMasked(scores, masked, width)
    let drifts: Pick<Step, 'drifts'> = {}
    const scored = time('threshold', () => {
      levelling?.apply(frame, scores)
      if (watch) drifts = { drifts: watch.push(frame, scores.score) }
      const flag = publisher.publish(scores, width)
      return { ...columnsOf(settings, ready), flag, trust }
    })
    return { scored, events: time('events', () => events?.push(scored) ?? []), ...drifts }
  }

  return {
    push(samples) {
      const { frame, issues: unfit } = fitChannels(samples, channels, level)
      const { marks, trust, issues } = time('validate', () => monitor.push(frame))
      const prepared = time('prepare', () => preparation.push(...inOrder(frame, marks)))
      const scores = time('detect', () => scoring.push(prepared))
      const isAtOnce = queue.size === 0 && scores.score.length === sampleCount(frame)
      const { masked } = prepared
      const ready = isAtOnce
        ? { frame, trust, masked, scores }
        : queue.pass({ frame, marks, trust }, prepared, scores)
      return { ...publish(ready), issues: [...unfit, ...issues], waiting: queue.size }
    },
    finish() {
      const prepared = preparation.finish()
      const scores = time('detect', () => joinPieces([scoring.push(prepared), scoring.finish()]))
      const { scored, events: changes, drifts } = publish(queue.pass(undefined, prepared, scores))
      return {
        scored,
        events: [...changes, ...(events?.finish() ?? [])],
        ...(watch && { drifts: [...(drifts ?? []), ...watch.finish()] }),
        issues: settings.onlyScores ? [] : monitor.summary(),
        waiting: 0,
      }
    },
    states: () => ({
      monitor: monitor.state(),
      preparation: preparation.state(),
      scoring: scoring.state(),
      queue: queue.state(),
      levelling: levelling?.state(),
      publisher: publisher.state(),
      events: events?.state(),
      watch: watch?.state(),
    }),
    adaptation: publisher.adaptation,
    suppressed: () => events?.suppressed() ?? { inMaintenance: 0, inCoolDown: 0 },
    settled: () => events?.settled() ?? 0,
  }
}

function onlineOptions({ alignment, stride, batchSize, expected }: ResolvedSettings): OnlineOptions {
  return { alignment, stride, batchSize, expected }
}

/** Columns of published scores. */
function columnsOf(
  { model, scale, expected: isAsked }: ResolvedSettings,
  { frame, scores }: Ready,
): Omit<ScoredSamples, 'flag' | 'trust'> {
  const { score, residual, reason, sharp } = scores
  const columns = { frame, score, ...scale.columns(score), residual, reason, ...(sharp && { sharp }) }
  if (!isAsked) return columns
  const expected = scores.expected ?? new Float32Array(residual.length).fill(Number.NaN)
  const { values } = model.scaler.inverse(asScaled(frame, expected))
  return { ...columns, expected: Float64Array.from(values) }
}

/** The samples that are not late, and which of them begin again. */
function inOrder(frame: Frame, marks: Uint8Array): [Frame, Uint8Array] {
  const begins = marks.map(mark => (mark === BEGINS ? 1 : 0))
  if (!marks.includes(LATE)) return [frame, begins]
  const c = frame.channels.length
  const kept = Array.from(marks.keys()).filter(i => marks[i] !== LATE)
  const values = new Float64Array(kept.length * c)
  kept.forEach((from, to) => {
    values.set(frame.values.subarray(from * c, (from + 1) * c), to * c)
  })
  const timeMs = Float64Array.from(kept, i => frame.timeMs[i])
  return [{ ...frame, timeMs, values }, Uint8Array.from(kept, i => begins[i])]
}
