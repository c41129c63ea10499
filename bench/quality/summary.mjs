// Rows of results -> tables in Markdown.
/** The eleven sets with more than one channel; "MV" in the tables is the mean of their means. */
const MULTIVARIATE = [
  'SKAB',
  'SMAP',
  'MSL',
  'SMD',
  'ASD',
  'TEP',
  'BATADAL',
  'LBNL_HVAC',
  'Daphnet',
  'LWSNDR',
  'CMAPSS',
]

/** Mean of what is a number; NaN when nothing is. */
function mean(values) {
  const known = values.filter(value => Number.isFinite(value))
  return known.length === 0 ? Number.NaN : known.reduce((sum, value) => sum + value, 0) / known.length
}

function table(header, rows) {
  return [header, header.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

const figure = value => (Number.isFinite(value) ? value.toFixed(3) : '')

export function summary(rows, detectors) {
  const sets = [...new Set(rows.map(row => row.dataset))].sort()
  const lines = detectors.map(detector => {
    const own = rows.filter(row => row.detector === detector)
    const perSet = new Map(
      sets.map(set => [set, mean(own.filter(row => row.dataset === set).map(row => row.metrics['vus-pr']))]),
    )
    const macro = mean(MULTIVARIATE.map(set => perSet.get(set)))
    const micro = mean(own.map(row => row.metrics['vus-pr']))
    return [detector, ...perSet.values(), macro, micro].map(cell =>
      typeof cell === 'string' ? cell : figure(cell),
    )
  })
  return `${table(['VUS-PR', ...sets, 'macro MV', 'all series'], lines)}\n`
}
