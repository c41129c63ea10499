// The outlier table of the SKAB leaderboard: counts over all recordings together, then F1, false-alarm rate and missing-alarm rate.
import { HALVES, halfOf } from './series.mjs'
import { table } from './table.mjs'

/** As published in the SKAB repository (waico/SKAB, v0.9, all its recordings); rates in percent. */
const PUBLISHED = [
  ['Conv-AE (published)', 0.78, 13.6, 28, 34],
  ['MSET (published)', 0.78, 39.7, 14.1, 34],
  ['T2+Q PCA (published)', 0.76, 26.6, 24.9, 34],
  ['LSTM-AE (published)', 0.74, 30, 25.9, 34],
]

export function skabSummary(rows, detectors) {
  const parts = [
    { name: '', isIn: () => true },
    ...HALVES.map(half => ({ name: `, ${half} half`, isIn: row => halfOf(row) === half })),
  ]
  const asked = detectors.flatMap(detector => parts.map(part => ({ detector, ...part })))
  const lines = asked.map(({ detector, name, isIn }) => {
    const own = rows.filter(row => row.detector === detector && isIn(row))
    const total = name => own.reduce((sum, { confusion }) => sum + confusion[name], 0)
    const [hits, falseAlarms, missed, quiet] = [
      'truePositives',
      'falsePositives',
      'falseNegatives',
      'trueNegatives',
    ].map(total)
    return [
      `${detector}${name}`,
      (2 * hits) / (2 * hits + falseAlarms + missed),
      (100 * falseAlarms) / (falseAlarms + quiet),
      (100 * missed) / (missed + hits),
      own.length,
    ]
  })
  const text =
    'Fitted on the first 400 rows of each recording, evaluated on the rest; causal; threshold without labels; counts of all recordings pooled.\n'
  const header = ['detector', 'F1', 'false-alarm rate, %', 'missing-alarm rate, %', 'recordings']
  return `## SKAB, outlier detection\n\n${text}\n${table(header, [...lines, ...PUBLISHED])}`
}
