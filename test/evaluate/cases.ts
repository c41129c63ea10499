import { readFileSync } from 'node:fs'
import { createRandom } from '../../src/core/random.js'

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

/** The flags that the reference values belong to. */
export function flagsOf({ scores, threshold }: MetricCase): number[] {
  return scores.map(score => (score >= threshold ? 1 : 0))
}

/** Labels in events of a few samples, with both classes, and scores that find them more or less. */
export function randomCase(
  seed: number,
  samples = 200,
): { scores: number[]; labels: number[]; flags: number[] } {
  const random = createRandom(seed)
  const labels = new Array<number>(samples).fill(0)
  for (let event = 0; event < 4; event++) {
    const start = 1 + random.integer(samples - 20)
    labels.fill(1, start, start + 1 + random.integer(12))
  }
  const scores = labels.map(label => random.normal() + label)
  return { scores, labels, flags: scores.map(score => (score > 1.2 ? 1 : 0)) }
}
