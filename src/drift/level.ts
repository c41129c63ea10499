/** How much something has changed: `unknown` when there are too few samples for a test. */
export const DRIFT_LEVELS = ['none', 'moderate', 'large', 'unknown'] as const
export type DriftLevel = (typeof DRIFT_LEVELS)[number]

/** Whether a level counts as drift. */
export function isDrift(level: DriftLevel): boolean {
  return level === 'moderate' || level === 'large'
}
