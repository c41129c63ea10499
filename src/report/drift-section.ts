import { counted } from '../core/counted.js'
import { htmlText as text } from '../core/safe-text.js'
import type { DriftReport } from '../drift/index.js'
import { section } from './page.js'
import { formatNumber, formatPercent } from './units.js'

/** Channels beyond those that drifted that are listed. */
const MOST_ROWS = 30

/** How the readings differ from the history of the model, those that changed most first. */
export function driftSection({ channels, drifted }: DriftReport): string {
  const ranks = ['large', 'moderate', 'small', 'none', 'unknown']
  const rows = channels
    .toSorted((a, b) => ranks.indexOf(a.level) - ranks.indexOf(b.level) || b.wasserstein - a.wasserstein)
    .slice(0, MOST_ROWS)
    .map(
      ({ channel, level, psi, wasserstein, meanShift, missingShare }) =>
        `<tr><th scope="row">${text(channel).replaceAll('_', '_<wbr>')}</th><td>${level}</td>${[formatNumber(psi, 3), formatNumber(wasserstein, 3), formatNumber(meanShift, 3), formatPercent(missingShare)].map(cell => `<td class="number">${cell}</td>`).join('')}</tr>`,
    )
  return section(
    'Drift',
    `<p>${summaryOf(channels, drifted)}</p>
<div class="wide" tabindex="0" role="region" aria-label="scrollable table"><table><thead><tr><th>channel</th><th>drift</th><th class="number">PSI</th><th class="number">distance (sd)</th><th class="number">mean shift</th><th class="number">missing</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>
<p class="aside">A channel drifts where its change is large enough, and more than the history itself changes in as many samples; it is unknown where these are too few for a test.</p>`,
  )
}

function summaryOf(channels: DriftReport['channels'], drifted: boolean): string {
  if (drifted) return 'Readings differ from the history of the model.'
  const untested = channels.filter(({ level }) => level === 'unknown').length
  if (untested === channels.length)
    return 'There are too few independent samples to say whether readings are distributed as in the history of the model.'
  const rest =
    untested > 0 ? `, as far as they could be tested: ${counted(untested, 'channel')} could not` : ''
  return `Readings are distributed as in the history of the model${rest}.`
}
