import type { EventChange } from '../core/contracts.js'
import { counted } from '../core/counted.js'
import { type Frame, type Interval, sampleCount } from '../core/frame.js'
import { createDriftCheck } from './check.js'
import type { DriftReference } from './reference.js'
import { residualFrame } from './residual-frame.js'
import { type DriftVerdict, driftVerdict } from './verdict.js'

/** What rows are compared with: readings, scores, and standardised errors where a model keeps them. */
export interface RowReferences {
  readonly readings: DriftReference
  readonly score: DriftReference
  readonly residuals?: DriftReference
}

/** Rows with their scores, final, in order. */
export interface ScoredRows {
  readonly frame: Frame
  readonly score: Float32Array
  /** `[N * C]` in the unit of the reference. */
  readonly residual: Float32Array
}

/** Rows that wait for the end of an event at most: where one is longer, drift is no matter of a few events. */
const MOST_WAITING = 100_000
/** Events that explain a drift cover this share of the rows at most. */
const MOST_SHARE = 1 / 3
/** Rows beside an event that smooth scores raise: the longest scale of the smoothing. */
const SMOOTH = 64
/** Advice that a few faults do not call for. */
const LASTING: ReadonlySet<string> = new Set(['retrain', 'recalibrate'])

/** Compares the rows of a table that are in no event, as they come. */
export interface RowsBesideEvents {
  /**
   * @param events what became of the events with these rows
   * @param settled no event that is still to come has a row before this one, counted from the first of the table
   */
  push(rows: ScoredRows, events: readonly EventChange[], settled: number): void
  /** The advice for the whole table; `ok` where it is to retrain or to recalibrate, events cover at most a third of the rows, and those beside them call for nothing; `unknown` where their readings do and their scores are too few for a test. */
  verdict(whole: DriftVerdict, alpha: number): DriftVerdict
}

/**
 * @param window of the model: scores of its rows depend on each other, as do those of smooth scores
 * Memory: the rows of an event that is open, at most 100,000. Cost O(N C).
 */
export function rowsBesideEvents(references: RowReferences, window: number): RowsBesideEvents {
  const margin = Math.max(window, SMOOTH)
  const readings = createDriftCheck(references.readings)
  const score = createDriftCheck(references.score)
  const residuals = references.residuals && createDriftCheck(references.residuals)
  let waiting: { readonly start: number; readonly rows: ScoredRows }[] = []
  let out: Interval[] = []
  let [count, done, events, inEvents] = [0, 0, 0, 0]
  let isGivenUp = false

  const compare = (until: number) => {
    const isOut = (row: number) => out.some(({ start, end }) => row >= start && row < end)
    for (const { start, rows } of waiting) {
      const picked: number[] = []
      const end = Math.min(until, start + sampleCount(rows.frame))
      for (let row = Math.max(start, done); row < end; row++) if (!isOut(row)) picked.push(row - start)
      if (picked.length === 0) continue
      const some = pick(rows, picked)
      readings.push(some.frame)
      score.push(scoreFrame(some.score))
      residuals?.push(residualFrame(rows.frame.channels, some.residual))
    }
    done = Math.max(done, until)
    waiting = waiting.filter(({ start, rows }) => start + sampleCount(rows.frame) > done)
    out = out.filter(({ end }) => end > done)
  }

  return {
    push(rows, changes, settled) {
      for (const { type, event } of changes) {
        if (type !== 'closed') continue
        out.push({ start: event.start - margin, end: event.end + margin })
        events++
        inEvents += event.end - event.start
      }
      if (isGivenUp) return
      waiting.push({ start: count, rows })
      count += sampleCount(rows.frame)
      compare(Math.min(count, settled - margin))
      isGivenUp = count - done > MOST_WAITING
      if (isGivenUp) waiting = []
    },
    verdict(whole, alpha) {
      if (isGivenUp || events === 0 || !LASTING.has(whole.verdict) || inEvents > MOST_SHARE * count)
        return whole
      compare(count)
      const [channels, scores] = [readings.report(alpha), score.report(alpha)]
      const errors = residuals?.report(alpha)
      const rest = driftVerdict(references.readings, channels, scores.channels[0], errors)
      if (rest.verdict !== 'ok' || channels.channels.some(({ level }) => level === 'unknown')) return whole
      const part = `${percent(inEvents / count)} of the rows are in ${counted(events, 'event')}`
      const isTested = [scores, errors].every(
        report => report?.channels.every(({ level }) => level !== 'unknown') ?? true,
      )
      if (!isTested) {
        const reason = `${part}, and too few independent scores beside them to say whether the model still fits. Give more rows.`
        return { verdict: 'unknown', reason, channels: [], drifted: false }
      }
      const reason = rest.channels.length === 0 ? 'nothing differs from the history.' : rest.reason
      return { ...rest, reason: `${part}; without them ${reason}` }
    },
  }
}

const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`

/** Scores as a frame to compare with those of the calibration. @param scores `[N]` NaN = not scored */
export function scoreFrame(scores: Float32Array): Frame {
  const timeMs = Float64Array.from(scores.keys())
  return { timeMs, timeKind: 'index', values: scores, channels: ['score'] }
}

function pick({ frame, score, residual }: ScoredRows, rows: readonly number[]): ScoredRows {
  const width = frame.channels.length
  const cells = <T extends Float32Array | Float64Array>(from: T, to: T): T => {
    rows.forEach((row, k) => {
      for (let c = 0; c < width; c++) to[k * width + c] = from[row * width + c]
    })
    return to
  }
  const size = rows.length * width
  return {
    frame: {
      ...frame,
      timeMs: Float64Array.from(rows, row => frame.timeMs[row]),
      values: cells(
        frame.values,
        frame.values instanceof Float32Array ? new Float32Array(size) : new Float64Array(size),
      ),
    },
    score: Float32Array.from(rows, row => score[row]),
    residual: cells(residual, new Float32Array(size)),
  }
}
