import { readFileSync } from 'node:fs'

export interface MetricCase {
  readonly name: string
  readonly labels: readonly number[]
  readonly scores: readonly number[]
  readonly threshold: number
  readonly threshold_free: Readonly<Record<string, number>>
  readonly at_threshold: Readonly<Record<string, number>> & {
    readonly detection_delay_points: readonly (number | null)[]
  }
}

/** Reference values of other implementations; test/fixtures/evaluate/README.md says how they were made. */
export const CASES: readonly MetricCase[] = JSON.parse(
  readFileSync(new URL('../fixtures/evaluate/metrics.json', import.meta.url), 'utf8'),
).cases
