import { REASONS, type Reason, type Scores } from '../core/contracts.js'

const MISSING = REASONS.indexOf('missing' satisfies Reason)

/**
 * Takes masked readings out of scores, in place. A channel that is filled counts as it would with the reading that the others call for, and never more
 * than they do on average: what is missing raises no alarm, and a swing that the channels share is not taken for one. `masked`: `[N * C]`.
 */
export function leaveOutMasked({ score, residual, reason }: Scores, masked: Uint8Array, c: number): void {
  for (let i = 0; i < score.length; i++) {
    let sum = 0
    let count = 0
    for (let at = i * c; at < (i + 1) * c; at++) {
      if (masked[at]) continue
      sum += residual[at]
      count++
    }
    if (count === c || Number.isNaN(score[i])) continue
    const mean = sum / count
    for (let at = i * c; at < (i + 1) * c; at++) {
      if (!masked[at]) continue
      sum += Math.min(mean, residual[at])
      residual[at] = Number.NaN
    }
    score[i] = sum / c
    if (count === 0) reason[i] = MISSING
  }
}
