// Rows of results -> what they come to: per set, per metric, and whether a difference is more than chance.
import { median, wilcoxonSignedRank } from '../../dist/stats/index.js'
import { meanOf, table } from './table.mjs'

/** The sets with more than one channel; "MV" is the mean of their means. */
const MULTIVARIATE = [
  'ASD',
  'BATADAL',
  'CMAPSS',
  'Daphnet',
  'LBNL_HVAC',
  'LWSNDR',
  'MSL',
  'SKAB',
  'SMAP',
  'SMD',
  'TEP',
]
const HEADLINE = 'vus-pr'

/** @param against detectors of which the best is what the others are tested against */
export function summary(rows, detectors, against) {
  const byDetector = detectors.map(detector => ({
    detector,
    own: rows.filter(row => row.detector === detector),
  }))
  return [
    '## VUS-PR\n',
    'Mean over the series of each set; over the multivariate sets (MV) and over all sets, each counting once; over all series.\n',
    perSet(byDetector, [...new Set(rows.map(row => row.dataset))].sort()),
    '## All metrics\n',
    'Mean over the series for which the metric is defined; their number stands behind it when it is not that of the VUS-PR.\n',
    perMetric(byDetector),
    '## Differences\n',
    differences(byDetector, against),
  ].join('\n')
}

function perSet(byDetector, sets) {
  const lines = byDetector.map(({ detector, own }) => {
    const means = new Map(
      sets.map(set => [
        set,
        meanOf(own.filter(row => row.dataset === set).map(row => row.metrics[HEADLINE])),
      ]),
    )
    const multivariate = meanOf(MULTIVARIATE.map(set => means.get(set)))
    const series = meanOf(own.map(row => row.metrics[HEADLINE]))
    return [detector, ...means.values(), multivariate, meanOf([...means.values()]), series]
  })
  return table(['detector', ...sets, 'MV', 'all sets', 'all series'], lines)
}

function perMetric(byDetector) {
  const names = Object.keys(byDetector.find(({ own }) => own.length > 0)?.own[0].metrics ?? {})
  const lines = names.map(name => [name, ...byDetector.map(({ own }) => meanAndCount(own, name))])
  const seconds = byDetector.map(({ own }) => own.reduce((sum, row) => sum + row.seconds, 0))
  const memory = byDetector.map(({ own }) => Math.round(Math.max(...own.map(row => row.peakMemoryMb))))
  return table(
    ['metric', ...byDetector.map(({ detector }) => detector)],
    [...lines, ['seconds, all series', ...seconds], ['peak memory, MB', ...memory]],
  )
}

function meanAndCount(own, name) {
  const defined = metric => own.filter(row => row.metrics[metric] !== null)
  const count = defined(name).length
  if (count === 0) return ''
  const mean = meanOf(defined(name).map(row => row.metrics[name]))
  return count === defined(HEADLINE).length ? mean : `${mean.toFixed(3)} (${count})`
}

/** Each detector against the best of those in `against`, series by series. */
function differences(byDetector, against) {
  const seriesMean = ({ own }) => meanOf(own.map(row => row.metrics[HEADLINE]))
  const [best] = byDetector
    .filter(({ detector, own }) => against.includes(detector) && own.length > 0)
    .sort((a, b) => seriesMean(b) - seriesMean(a))
  if (best === undefined)
    return `None of ${against.join(', ')} was run, so there is nothing to test against.\n`
  const reference = new Map(best.own.map(row => [`${row.dataset}/${row.name}`, row.metrics[HEADLINE]]))
  const lines = byDetector
    .filter(entry => entry !== best)
    .map(({ detector, own }) => {
      const pairs = own
        .map(row => [row.metrics[HEADLINE], reference.get(`${row.dataset}/${row.name}`)])
        .filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b))
      const difference = pairs.map(([a, b]) => a - b)
      const { pValue } = wilcoxonSignedRank(
        pairs.map(([a]) => a),
        pairs.map(([, b]) => b),
      )
      const count = test => difference.filter(test).length
      return [detector, meanOf(difference), median(difference), count(d => d > 0), count(d => d < 0), pValue]
    })
  const text = `VUS-PR against ${best.detector}, series by series; p: Wilcoxon signed-rank, two-sided.\n\n`
  return text + table(['detector', 'mean difference', 'median', 'better', 'worse', 'p'], lines)
}
