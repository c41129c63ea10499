import type { Frame } from '../../core/frame.js'
import { sampleCount } from '../../core/frame.js'
import { createRandom } from '../../core/random.js'
import { aucPr } from '../../evaluate/index.js'
import type { Model } from '../../model/index.js'
import { injectFaults, planFaults } from '../../simulate/index.js'
import { detect } from '../score/detect.js'

/** Copies of the held-back rows, each with faults of its own. */
const ROUNDS = 3
/** One fault per this many rows, at least one. */
const ROWS_PER_FAULT = 250

/** The same rows with faults in them, and where they are. */
export interface FaultyRows {
  readonly frame: Frame
  readonly labels: Uint8Array
}

/** Copies of normal rows with medium faults of all kinds injected. The same seed gives the same faults, so that all trials meet the same. */
export function faultyRows(frame: Frame, seed: number): FaultyRows[] {
  const n = sampleCount(frame)
  return Array.from({ length: ROUNDS }, (_, round) => {
    const random = createRandom(seed).fork(`faults ${round}`)
    const count = Math.max(1, Math.round(n / ROWS_PER_FAULT))
    const labels = new Uint8Array(n)
    const faults = planFaults(n, frame.channels, count, 'medium', random.fork('plan'))
    for (const { start, end } of faults) labels.fill(1, start, end)
    return { frame: injectFaults(frame, faults, random), labels }
  })
}

/** How well the scores of a model distinguish injected faults from normal rows: mean area under the precision-recall curve. */
export async function faultSkill(
  model: Model,
  rows: readonly FaultyRows[],
  signal?: AbortSignal,
): Promise<number> {
  let sum = 0
  for (const { frame, labels } of rows) {
    const { score } = await detect(model, frame, { validationLevel: 'permissive' }, { signal })
    sum += (aucPr(score, labels).value ?? 0) / rows.length
  }
  return sum
}
