/** When a change of the mean is reported. */
export interface PageHinkleyOptions {
  /** Half of the smallest shift of interest, in the unit of the values. */
  readonly delta: number
  /** Sum of deviations at which a change is reported; larger = later and fewer false alarms. */
  readonly threshold: number
  /** Values before the first report. Default 30. */
  readonly warmUp?: number
}

/** The state of a test: five numbers, however long the stream is. */
export interface PageHinkleyState {
  readonly count: number
  readonly mean: number
  /** Sums of deviations above and below the mean, not below 0. */
  readonly up: number
  readonly down: number
}

export const PAGE_HINKLEY_START: PageHinkleyState = { count: 0, mean: 0, up: 0, down: 0 }

/**
 * One step of the Page-Hinkley test (Page 1954): has the mean of a stream changed, up or down? The mean is that of the stream since the last change; after a
 * change the test starts again. A missing value (NaN) changes nothing. The values are taken to be independent. Cost O(1).
 *
 * @returns the next state, and `up` or `down` when a change is reported
 * @example
 * import { PAGE_HINKLEY_START, pageHinkleyStep } from 'telltale/stats'
 * let state = PAGE_HINKLEY_START
 * const changes = []
 * for (let i = 0; i < 200; i++) {
 *   const step = pageHinkleyStep(state, i < 100 ? 0 : 3, { delta: 0.5, threshold: 8 })
 *   state = step.state
 *   if (step.change) changes.push([i, step.change])
 * }
 * changes[0] // => [103, "up"]
 */
export function pageHinkleyStep(
  state: PageHinkleyState,
  value: number,
  { delta, threshold, warmUp = 30 }: PageHinkleyOptions,
): { readonly state: PageHinkleyState; readonly change?: 'up' | 'down' } {
  if (!Number.isFinite(value)) return { state }
  const count = state.count + 1
  const mean = state.mean + (value - state.mean) / count
  const up = Math.max(0, state.up + value - mean - delta)
  const down = Math.max(0, state.down + mean - value - delta)
  if (count >= warmUp && Math.max(up, down) > threshold)
    return { state: PAGE_HINKLEY_START, change: up > down ? 'up' : 'down' }
  return { state: { count, mean, up, down } }
}
