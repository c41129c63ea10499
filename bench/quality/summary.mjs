// Rows of results -> what they come to: per set, per metric, and whether a difference is more than chance.
import { median, wilcoxonSignedRank } from '../../dist/stats/index.js'
import { HALVES, halfOf } from './series.mjs'
import { meanOf, table } from './table.mjs'

const HEADLINE = 'vus-pr'

/** @param against detectors of which the best is what the others are tested against */
export function summary(rows, detectors, against) {
  const byDetector = detectors.map(detector => ({
    detector,
    own: rows.filter(row => row.detector === detector),
  }))
  return [
    '## VUS-PR\n',
    'Mean over the series of each set; over the sets with more than one channel (MV) and over all sets, each counting once; over all series.\n',
    perSet(byDetector, rows),
    ...HALVES.flatMap(half => halfTable(byDetector, rows, half)),
    '## All metrics\n',
    'Mean over the series for which the metric is defined; their number stands behind it when it is not that of the VUS-PR.\n',
    perMetric(byDetector),
    '## Differences\n',
    differences(byDetector, against),
  ].join('\n')
}

/** The half on which settings are chosen, and the half that confirms them. */
function halfTable(byDetector, rows, half) {
  const own = rows.filter(row => halfOf(row) === half)
  if (own.length === 0 || own.length === rows.length) return []
  const ofHalf = byDetector.map(entry => ({ ...entry, own: entry.own.filter(row => halfOf(row) === half) }))
  return [`### ${half} half (by the hash of the name)\n`, perSet(ofHalf, own)]
}

const meansBySet = (own, sets) =>
  new Map(
    sets.map(set => [set, meanOf(own.filter(row => row.dataset === set).map(row => row.metrics[HEADLINE]))]),
  )

function perSet(byDetector, rows) {
  const sets = [...new Set(rows.map(row => row.dataset))].sort()
  const multivariate = sets.filter(set => rows.every(row => row.dataset !== set || row.dims > 1))
  const lines = byDetector.map(({ detector, own }) => {
    const means = meansBySet(own, sets)
    const series = meanOf(own.map(row => row.metrics[HEADLINE]))
    return [
      detector,
      ...means.values(),
      meanOf(multivariate.map(set => means.get(set))),
      meanOf([...means.values()]),
      series,
    ]
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
  const sets = [...new Set(best.own.map(row => row.dataset))]
  const bestMeans = meansBySet(best.own, sets)
  const found = byDetector
    .filter(entry => entry !== best)
    .map(({ detector, own }) => {
      const pairs = own
        .map(row => [row.metrics[HEADLINE], reference.get(`${row.dataset}/${row.name}`)])
        .filter(pair => pair.every(Number.isFinite))
      const means = meansBySet(own, sets)
      const setPairs = sets
        .map(set => [means.get(set), bestMeans.get(set)])
        .filter(pair => pair.every(Number.isFinite))
      const difference = pairs.map(([a, b]) => a - b)
      const count = test => difference.filter(test).length
      const facts = [meanOf(difference), median(difference), count(d => d > 0), count(d => d < 0)]
      return { detector, facts, p: [pValueOf(pairs), pValueOf(setPairs)] }
    })
  const adjusted = [0, 1].map(k => holm(found.map(({ p }) => p[k])))
  const lines = found.map(({ detector, facts, p }, i) => [
    detector,
    ...facts,
    p[0],
    adjusted[0][i],
    p[1],
    adjusted[1][i],
  ])
  const text = `VUS-PR against ${best.detector}, series by series; p: Wilcoxon signed-rank, two-sided, over series and over the means of sets (series of one set are not independent); adjusted for the number of rows by Holm.\n\n`
  return (
    text +
    table(
      [
        'detector',
        'mean difference',
        'median',
        'better',
        'worse',
        'p, series',
        'adjusted',
        'p, sets',
        'adjusted',
      ],
      lines,
    )
  )
}

const pValueOf = pairs =>
  wilcoxonSignedRank(
    pairs.map(([a]) => a),
    pairs.map(([, b]) => b),
  ).pValue

/** P-values that hold for all of them together (Holm, Scandinavian Journal of Statistics 6, 1979). */
export function holm(pValues) {
  const order = [...pValues.keys()].sort((a, b) => pValues[a] - pValues[b])
  const adjusted = []
  let largest = 0
  order.forEach((i, k) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - k) * pValues[i]))
    adjusted[i] = largest
  })
  return adjusted
}
