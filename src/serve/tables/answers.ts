import type { DetectResult, ScoreResult } from '../contract/index.js'
import type { AnswerTable } from './encode.js'

/** The samples of a series with their scores. @param timeMs `[N]`; absent where samples are known by their number */
export function detectTable({ score, reason }: DetectResult, timeMs: Float64Array | undefined): AnswerTable {
  const first = timeMs
    ? ({ name: 'time', type: 'time', values: Array.from(timeMs) } as const)
    : ({ name: 'row', type: 'number', values: score.map((_, i) => i) } as const)
  return [
    first,
    { name: 'score', type: 'number', values: score },
    { name: 'flag', type: 'boolean', values: score.map(value => value !== null && value > 1) },
    { name: 'reason', type: 'text', values: reason },
  ]
}

/** The windows of a request with their scores; `error` says why there is none. */
export function scoreTable({ results }: ScoreResult): AnswerTable {
  const column = (name: 'score' | 'severity' | 'pValue', shown: string) => ({
    name: shown,
    type: 'number' as const,
    values: results.map(one => ('error' in one ? null : one[name])),
  })
  return [
    { name: 'window', type: 'number', values: results.map((_, i) => i) },
    column('score', 'score'),
    { name: 'flag', type: 'boolean', values: results.map(one => ('error' in one ? null : one.flag)) },
    column('severity', 'severity'),
    column('pValue', 'p_value'),
    { name: 'error', type: 'text', values: results.map(one => ('error' in one ? one.error.detail : null)) },
  ]
}
