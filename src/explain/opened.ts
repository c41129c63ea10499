import { createEventMachine } from '../events/index.js'
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
  const { frame, score, flag, residual } = scored
  const { channels, timeMs, timeKind } = frame
  const width = channels.length
  const machine = createEventMachine(channels, timeKind, rules)
  const expected = usual && expectedReadings(model, scored)
  const opened = new Map<string, number>()
  for (let i = 0; i < score.length; i++) {
    const row = expected?.subarray(i * width, (i + 1) * width)
    const step = machine.push({
      timeMs: timeMs[i],
      score: score[i],
      flag: flag[i] !== 0,
      residual: residual.subarray(i * width, (i + 1) * width),
      ...(row && { expected: row, deviation: row.map((value, c) => frame.values[i * width + c] - value) }),
    })
    if (step !== undefined && step !== 'updated' && step.type === 'opened')
      opened.set(step.event.id, timeMs[i])
  }
  return opened
}
