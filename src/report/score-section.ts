import { agreementOf } from './agreement.js'
import { section } from './page.js'
import { curvePlot, histogramPlot } from './plots/index.js'
import { formatPercent } from './units.js'

/**
 * How the scores are distributed, beside those of the calibration: where both agree the threshold raises as many false alarms as it was calibrated for.
 *
 * @param score `[N]` 1.0 = threshold
 * @param calibration of held-back normal data, in the same unit
 */
export function scoreSection(score: Float32Array, calibration: ArrayLike<number>): string {
  const count = calibration.length
  const set = { name: 'calibration', scores: calibration }
  const sets = [{ name: 'scores', scores: score }, ...(count > 0 ? [set] : [])] as const
  const [bars, line] = sets
  const share = (scores: ArrayLike<number>) => formatPercent(shareAbove(scores))
  return section(
    'Score distribution and calibration',
    `<div class="plots"><figure><figcaption>Bars: these data; dashed line: held-back normal data that the threshold was calibrated on</figcaption>${histogramPlot([bars, line], 'distribution of the scores and of the calibration')}</figure>
<div class="wide" tabindex="0" role="region" aria-label="scrollable table"><table><thead><tr><th></th><th class="number">scores</th><th class="number">above the threshold</th></tr></thead><tbody>
<tr><th scope="row">these data</th><td class="number">${countOf(score)}</td><td class="number">${share(score)}</td></tr>
<tr><th scope="row">calibration</th><td class="number">${countOf(calibration)}</td><td class="number">${share(calibration)}</td></tr>
</tbody></table></div></div>`,
  )
}

function countOf(scores: ArrayLike<number>): number {
  let count = 0
  for (let i = 0; i < scores.length; i++) if (!Number.isNaN(scores[i])) count++
  return count
}

/** Share of the scored samples above the threshold. */
export function shareAbove(scores: ArrayLike<number>): number {
  let above = 0
  for (let i = 0; i < scores.length; i++) if (scores[i] > 1) above++
  return above / countOf(scores)
}

/**
 * How the scores agree with labels: confusion matrix at the threshold, precision over recall, and the ROC curve. Empty where one of both classes is absent.
 *
 * @param labels `[N]` 0 or 1
 */
export function labelSection(score: Float32Array, flag: Uint8Array, labels: Uint8Array): string {
  const agreement = agreementOf(score, flag, labels)
  if (agreement === undefined)
    return section('Agreement with labels', '<p>All labels are equal: there is nothing to compare.</p>')
  const { counts, precision, recall, pr, roc } = agreement
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = counts
  const rocTitle = 'ROC curve: share of anomalous samples found, over share of normal samples flagged'
  const prTitle = 'precision over recall'
  return section(
    'Agreement with labels',
    `<div class="wide" tabindex="0" role="region" aria-label="scrollable table"><table><caption>Samples, at the threshold</caption><thead><tr><th></th><th class="number">flagged</th><th class="number">not flagged</th></tr></thead><tbody>
<tr><th scope="row">anomalous</th><td class="number">${truePositives}</td><td class="number">${falseNegatives}</td></tr>
<tr><th scope="row">normal</th><td class="number">${falsePositives}</td><td class="number">${trueNegatives}</td></tr>
</tbody></table><p class="aside">Precision ${formatPercent(precision)}, recall ${formatPercent(recall)}. The dots mark the threshold; the dashed lines are scores without skill.</p></div>
<div class="plots"><figure class="square"><figcaption>Precision over recall</figcaption>${curvePlot(pr, prTitle)}</figure>
<figure class="square"><figcaption>True over false positive rate (ROC)</figcaption>${curvePlot(roc, rocTitle)}</figure></div>`,
  )
}
