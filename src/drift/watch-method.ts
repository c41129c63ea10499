import { normalQuantile } from '../stats/index.js'
import { type AdwinState, adwinStep } from './adwin.js'
import { type KswinState, kswinStep } from './kswin.js'
import { PAGE_HINKLEY_START, type PageHinkleyState, pageHinkleyStep } from './page-hinkley.js'

/** The online tests for a change. */
export const WATCH_METHODS = ['page-hinkley', 'adwin', 'kswin'] as const
export type WatchMethod = (typeof WATCH_METHODS)[number]

/** With the number of values since each of its sums was last 0: the change is older than none of them. */
interface PageHinkleyRuns extends PageHinkleyState {
  readonly upRun: number
  readonly downRun: number
}

/** Where a test is, as JSON. */
export type WatchTestState = PageHinkleyRuns | AdwinState | KswinState

/** One test as it is used on a stream. */
export interface WatchTest {
  /** @param values independent values that the history is worth */
  start(values: number): WatchTestState
  /** @returns `since`: how many of the newest values lie after the change; 0 without one */
  step(state: WatchTestState, value: number): { readonly state: WatchTestState; readonly since: number }
}

/** Values of the history that count at most: more, and a mean could not follow. */
const MOST_HISTORY = 30
const WINDOW = 100
const NEWEST = 30
/** Values between two checks of ADWIN. */
const EVERY = 4
/** Shift of half a standard deviation of independent values: twice that is found fastest. */
const DELTA = 0.5

/**
 * A test for changes of values that are standard normal and independent as long as nothing changes. It starts as if it had seen up to 30 values of the history, so that a
 * difference from the history is a change, too.
 *
 * @param runLength independent values between two false alarms, on average
 */
export function watchTest(method: WatchMethod, runLength: number): WatchTest {
  return TESTS[method](runLength)
}

/**
 * Each limit follows from the run length by a fit to simulated ones, see `bench/watch.mjs`. Those of adwin and kswin leave room for what is left of the correlation between blocks: they measure the
 * spread of the values themselves.
 */
const TESTS: Readonly<Record<WatchMethod, (runLength: number) => WatchTest>> = {
  'page-hinkley': runLength => {
    const options = { delta: DELTA, threshold: 1.02 * Math.log(runLength) - 1.3 }
    return {
      start: values => ({
        ...PAGE_HINKLEY_START,
        count: Math.min(MOST_HISTORY, values),
        upRun: 0,
        downRun: 0,
      }),
      step(from, value) {
        const { upRun, downRun } = from as PageHinkleyRuns
        const { state, change } = pageHinkleyStep(from as PageHinkleyState, value, options)
        if (change !== undefined)
          return {
            state: { ...state, upRun: 0, downRun: 0 },
            since: 1 + (change === 'up' ? upRun : downRun),
          }
        const runs = { upRun: state.up > 0 ? upRun + 1 : 0, downRun: state.down > 0 ? downRun + 1 : 0 }
        return { state: { ...state, ...runs }, since: 0 }
      },
    }
  },
  adwin: runLength => {
    const options = { delta: Math.min(1, (200 / runLength) ** 0.763), every: EVERY }
    return {
      start(values) {
        const known = 2 ** Math.floor(Math.log2(Math.max(1, Math.min(MOST_HISTORY, values))))
        return { buckets: [[0, known, known]], count: 0 }
      },
      step(from, value) {
        const { state, change } = adwinStep(from as AdwinState, value, options)
        return { state, since: change ? state.buckets.reduce((sum, [, , count]) => sum + count, 0) : 0 }
      },
    }
  },
  kswin: runLength => {
    const options = { alpha: Math.min(0.5, 0.6 / runLength), window: WINDOW, newest: NEWEST }
    const older = WINDOW - NEWEST
    const history = Array.from({ length: older }, (_, i) => normalQuantile((i + 0.5) / older))
    return {
      start: values => ({ values: values < older ? [] : history }),
      step(from, value) {
        const { state, change } = kswinStep(from as KswinState, value, options)
        return { state, since: change ? NEWEST : 0 }
      },
    }
  },
}
