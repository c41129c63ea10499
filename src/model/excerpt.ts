import { z } from 'zod'
import { type Frame, sampleCount } from '../core/frame.js'
import type { State } from '../core/state.js'
import { size } from './ranges.js'
import { checkStage, type StageContext, type StateRules } from './state-rule.js'

/** Segments of the history that a model keeps: how the machine looks in normal operation. */
export interface Excerpt {
  /** One segment after the other, in the order of time. */
  readonly frame: Frame
  /** Samples of each segment. */
  readonly segment: number
  state(): State
}

const KIND = 'excerpt'
const VERSION = 1
/** 32 segments of 32 samples: 4 kB per channel. */
const SEGMENTS = 32
const SEGMENT = 32

const EXCERPT_RULES: Readonly<Record<string, StateRules>> = {
  [KIND]: {
    [VERSION]: {
      options: z.strictObject({ segment: size(), timeKind: z.enum(['utc', 'index']) }),
      arrays: { timeMs: ['N'], values: ['N', 'C'] },
      check({ options, arrays }) {
        const { segment } = options as { readonly segment: number }
        const [samples] = arrays.timeMs.shape
        if (samples % segment !== 0) return `timeMs: a multiple of ${segment} samples is expected`
        const at = arrays.timeMs.data.findIndex(time => !(Math.abs(time) <= 8.64e15))
        return at < 0 ? undefined : `timeMs[${at}] is ${arrays.timeMs.data[at]}`
      },
    },
  },
}

/**
 * Takes 32 segments of 32 consecutive samples from a history, evenly spaced; the whole of a history that is shorter. Readings are kept in single precision.
 * Cost O(C).
 */
export function takeExcerpt(history: Frame): Excerpt {
  const n = sampleCount(history)
  const width = history.channels.length
  const segment = n < SEGMENTS * SEGMENT ? Math.max(1, n) : SEGMENT
  const count = n < SEGMENTS * SEGMENT ? 1 : SEGMENTS
  const rows = Int32Array.from({ length: n === 0 ? 0 : count * segment }, (_, k) => {
    const start = Math.floor((Math.floor(k / segment) * (n - segment)) / Math.max(1, count - 1))
    return start + (k % segment)
  })
  const values = new Float64Array(rows.length * width)
  rows.forEach((row, k) => {
    for (let c = 0; c < width; c++) values[k * width + c] = Math.fround(history.values[row * width + c])
  })
  const timeMs = Float64Array.from(rows, row => history.timeMs[row])
  return excerptOf({ ...history, timeMs, values }, segment)
}

/** Restores the excerpt of a model. Errors: as `checkStage`. */
export function loadExcerpt(state: State, channels: readonly string[], context: StageContext): Excerpt {
  checkStage(state, EXCERPT_RULES, context)
  const { segment, timeKind } = state.options as { segment: number; timeKind: Frame['timeKind'] }
  const { timeMs, values } = state.arrays
  const frame = {
    timeMs: Float64Array.from(timeMs.data),
    timeKind,
    values: Float64Array.from(values.data),
    channels,
  }
  return excerptOf(frame, segment)
}

function excerptOf(frame: Frame, segment: number): Excerpt {
  const { timeMs, timeKind, values, channels } = frame
  return {
    frame,
    segment,
    state: () => ({
      kind: KIND,
      version: VERSION,
      options: { segment, timeKind },
      arrays: {
        timeMs: { shape: [timeMs.length], data: Float64Array.from(timeMs) },
        values: { shape: [timeMs.length, channels.length], data: Float32Array.from(values) },
      },
    }),
  }
}
