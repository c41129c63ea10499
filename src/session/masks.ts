import { REASONS, type Reason, type Scores } from '../core/contracts.js'

const MISSING = REASONS.indexOf('missing' satisfies Reason)

/** Takes masked readings out of scores, in place: the score is the mean over the other channels. `masked`: `[N * C]`. */
export function leaveOutMasked({ score, residual, reason }: Scores, masked: Uint8Array, c: number): void {
  for (let i = 0; i < score.length; i++) {
    let sum = 0
    let count = 0
    for (let at = i * c; at < (i + 1) * c; at++) {
      if (masked[at]) residual[at] = Number.NaN
      else {
        sum += residual[at]
        count++
      }
    }
    if (count === c || Number.isNaN(score[i])) continue
    score[i] = sum / count
    if (count === 0) reason[i] = MISSING
  }
}
