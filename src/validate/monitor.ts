import type { Frame } from '../core/frame.js'
import { sampleCount } from '../core/frame.js'
import { checkState, type State, vector } from '../core/state.js'
import { createClock, LATE } from './clock.js'
import type { Issue, ValidationLevel } from './issue.js'
import { countChannel, FIELDS, historyFacts, newCounts, snapshot } from './monitor-counts.js'
import {
  cadenceFindings,
  channelFindings,
  copyFindings,
  pushFindings,
  timeFindings,
} from './monitor-findings.js'
import { isSame } from './readings.js'
import type { DataSchema } from './schema.js'
import { gradeIssues } from './validate.js'

/** What was noticed in the samples of one push. */
export interface Observation {
  /** `[n]` how each sample follows on the one before: `FOLLOWS`, `BEGINS` or `LATE`. */
  readonly marks: Uint8Array
  /** `[n]` share of the channels with a reading that the history makes plausible, 0 to 1; 0 for a late sample. */
  readonly trust: Float32Array
  /** What is wrong with these samples, with counts. */
  readonly issues: readonly Issue[]
}

/** Watches the health of data that are being scored, against what the history looked like. */
export interface Monitor {
  push(frame: Frame): Observation
  /** The issues of the whole series so far. */
  summary(): Issue[]
  state(): State
}

export interface MonitorSettings {
  /** Channels of the frames; those of the schema in the same order. */
  readonly channels: readonly string[]
  readonly timeKind: Frame['timeKind']
  /** What the history looked like; without it only order, missing and infinite readings are watched. */
  readonly schema: DataSchema | undefined
  readonly maxGap: number
  readonly level: ValidationLevel
}

const KIND = 'online:monitor'
/**
 * Watches a series that comes in parts, in O(C) memory: order and gaps in time, missing, infinite and implausible readings, frozen channels, another
 * unit or cadence. Pieces of any length give the same summary. What needs the rows themselves (spikes, copies that lie apart, equal channels) is
 * the report of `validateFrame`.
 *
 * Cost O(C) per sample.
 *
 * @param from `state()` of another monitor with the same settings
 */
export function createMonitor(settings: MonitorSettings, from?: State): Monitor {
  const { channels, timeKind, schema, maxGap, level } = settings
  const width = channels.length
  const facts = historyFacts(channels, schema)
  const counts = newCounts(width)
  /** Samples so far, and rows that repeat the row and the time before; the last row and its time. */
  const rows = { samples: 0, copies: 0, firstCopy: -1 }
  let lastRow = new Float64Array(width).fill(Number.NaN)
  let lastMs = Number.NaN
  const cadenceMs = schema?.cadenceMs ?? Number.NaN
  const clock = createClock({ timeKind, cadenceMs, maxGap }, from && restore(from))

  function restore(state: State): State {
    const lengths = { counts: FIELDS.length * width, rows: 4, lastRow: width }
    const { arrays } = checkState(state, KIND, 1, { ...lengths, clock: null })
    FIELDS.forEach((field, f) => {
      counts[field].set(arrays.counts.data.subarray(f * width, (f + 1) * width))
    })
    const [samples, copies, firstCopy, time] = arrays.rows.data
    Object.assign(rows, { samples, copies, firstCopy })
    lastMs = time
    lastRow = Float64Array.from(arrays.lastRow.data)
    return { kind: 'online:clock', version: 1, options: {}, arrays: { fields: arrays.clock } }
  }

  const noteCopy = (frame: Frame, i: number) => {
    const { timeMs, values } = frame
    if (timeKind === 'utc' && timeMs[i] === lastMs) {
      const isCopy = lastRow.every((value, c) => isSame(value, values[i * width + c]))
      if (isCopy && rows.copies++ === 0) rows.firstCopy = rows.samples + i
    }
    lastMs = timeMs[i]
    for (let c = 0; c < width; c++) lastRow[c] = values[i * width + c]
  }

  return {
    push(frame) {
      const n = sampleCount(frame)
      const before = { counts: snapshot(counts), time: clock.counts(), copies: rows.copies }
      const marks = clock.take(frame.timeMs)
      const plausible = new Float32Array(n)
      for (let c = 0; c < width; c++) countChannel(counts, facts, c, frame, rows.samples, plausible)
      for (let i = 0; i < n; i++) {
        noteCopy(frame, i)
        plausible[i] = marks[i] === LATE ? 0 : plausible[i] / width
      }
      const findings = pushFindings(
        before,
        { counts, time: clock.counts(), copies: rows.copies },
        settings,
        rows.samples,
        n,
      )
      rows.samples += n
      return { marks, trust: plausible, issues: gradeIssues(findings, level) }
    },
    summary() {
      const time = clock.counts()
      const findings = [
        ...timeFindings(time, timeKind, cadenceMs),
        ...cadenceFindings(time, cadenceMs),
        ...copyFindings(rows, level),
        ...(schema ? channelFindings(counts, facts, schema, channels, rows.samples) : []),
      ]
      return gradeIssues(findings, level)
    },
    state: () => ({
      kind: KIND,
      version: 1,
      options: {},
      arrays: {
        counts: vector(Float64Array.from(FIELDS.flatMap(field => [...counts[field]]))),
        rows: vector(Float64Array.of(rows.samples, rows.copies, rows.firstCopy, lastMs)),
        lastRow: vector(lastRow.slice()),
        clock: clock.state().arrays.fields,
      },
    }),
  }
}
