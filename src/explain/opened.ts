import { eventChanges } from '../events/index.js'
import type { Model } from '../model/index.js'
import {
  expectedReadings,
  resolveSettings,
  type ScoredSamples,
  type SessionSettings,
} from '../session/index.js'

/**
 * When each event opened, by its id: the time of the sample that made the rules open it, which is later than its start where several flags are needed. A
 * two-sided score is known only after the lookahead of the detector. Cost O(N C).
 */
export function openedAt(
  model: Model,
  scored: ScoredSamples,
  settings: SessionSettings,
): Map<string, number> {
  const { rules, usual } = resolveSettings(model, settings)
  const opened = new Map<string, number>()
  // Channels count only for the rules of channels: without them it is quick.
  const empty = { ...scored.frame, channels: [] }
  const [frame, columns] = usual
    ? [scored.frame, { ...scored, expected: expectedReadings(model, scored) }]
    : [empty, { ...scored, residual: new Float32Array(0), expected: undefined }]
  for (const { type, event, timeMs } of eventChanges(frame, columns, rules))
    if (type === 'opened') opened.set(event.id, timeMs)
  return opened
}
