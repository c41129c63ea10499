import { counted } from '../../core/counted.js'
import type { Model } from '../../model/index.js'
import { alignmentOf, calibrationOf, fittedThreshold, type SessionSettings } from '../../session/index.js'
import { FEWEST_PEAKS } from '../../threshold/index.js'

/**
 * Why the rule of a threshold is not fit for the scores that it was found from, if so: each a sentence as text.
 *
 * @param options as `detect` takes them: another rule than the stored one, and whether the level adapts
 */
export function thresholdNotes(model: Model, options: SessionSettings = {}): string[] {
  const alignment = alignmentOf(model, options.alignment, 'two-sided')
  const threshold = fittedThreshold(model, { ...options, alignment })
  const { kind, options: rule } = threshold.state()
  const scores = calibrationOf(model, alignment).scores.filter(score => !Number.isNaN(score))
  const { level } = threshold
  const notes: string[] = []
  if (scores.every(score => score === scores[0]))
    notes.push('all calibration scores are equal: no rule can estimate how far normal scores reach')
  else if (kind === 'threshold:pot' || kind === 'threshold:spot') {
    const { peaks } = rule as { peaks: number }
    if (peaks < FEWEST_PEAKS)
      notes.push(
        `the tail of ${scores.length} calibration scores has ${counted(peaks, 'peak')}, fewer than the ${FEWEST_PEAKS} that a fit needs: the threshold is their highest quantile; calibrate on more normal data, or use --quantile`,
      )
  } else if (kind === 'threshold:dynamic') {
    const above = scores.filter(score => score > level).length
    notes.push(
      above > 0
        ? `the dynamic rule looks for anomalies in the scores that it is given and took ${above} of ${scores.length} calibration scores for such: right when the history holds faults, too low a threshold when all of it was normal`
        : 'nothing stands out in the calibration scores: the dynamic rule then takes what is higher, mean + 10 standard deviations or the largest score',
    )
  }
  const { quantile: asked } = rule as { quantile?: unknown }
  if (
    kind === 'threshold:quantile' &&
    typeof asked === 'number' &&
    (1 - asked) * (scores.length + 1) < 1 - 1e-9
  ) {
    const supported = (1 - 1 / (scores.length + 1)).toPrecision(4)
    notes.push(
      `${counted(scores.length, 'calibration score')} support a quantile of up to ${supported}, not ${asked}: the threshold is their highest, and about 1 of ${scores.length + 1} normal samples lies above it; give more normal data`,
    )
  }
  const { depth = 0 } = ((rule as { options?: unknown }).options ?? {}) as { depth?: number }
  if (depth > 0 && !(options.adapt ?? model.info.settings.adapt.adapt))
    notes.push(
      `dspot compares scores with the mean of the last ${depth}: without --adapt it stays at that of the end of the calibration`,
    )
  return notes
}
