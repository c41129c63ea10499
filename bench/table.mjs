// Numbers of a run -> Markdown.

/** best, median and min of rates. */
export function summary(rates) {
  const sorted = [...rates].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  return { best: sorted.at(-1), median, min: sorted[0] }
}

const count = value => Math.round(value).toLocaleString('en-US')
const ratio = value => (Number.isFinite(value) ? `${value.toFixed(2)} x` : '')

function row(cells) {
  return `| ${cells.join(' | ')} |`
}

/** One measurement: `rows` = [{name, version, threads, batch, rates | error}]. Ratios compare best with best. */
export function measurementTable({ title, rows }) {
  const own = rows.filter(({ name, rates }) => name === 'telltale' && rates?.length)
  const head = ['engine', 'threads', 'batch', 'best', 'median', 'min']
  const heads = [
    ...head,
    ...own.map(({ threads }) => `telltale (${threads} thread${threads > 1 ? 's' : ''}) is`),
  ]
  const body = rows.map(({ name, version, threads, batch, rates, error }) => {
    const label = `${name} ${version ?? ''}`.trim()
    if (!rates?.length)
      return row([label, threads ?? '', batch ?? '', error ?? 'no result', ...heads.slice(4).map(() => '')])
    const { best, median, min } = summary(rates)
    const ratios = own.map(mine => ratio(summary(mine.rates).best / best))
    return row([label, threads, batch, ...[best, median, min].map(count), ...ratios])
  })
  return [`### ${title}`, '', row(heads), row(heads.map(() => '---')), ...body, ''].join('\n')
}

/** `{rows, epochs, results}` of command-line.mjs. */
export function commandLineTable({ rows, epochs, results }) {
  const [own] = results
  const heads = [
    'program',
    'seconds',
    'peak memory, MB',
    'telltale is faster by',
    'telltale takes of its memory',
  ]
  const body = results.map(({ name, seconds, peakBytes, error }) =>
    error
      ? row([name, error, '', '', ''])
      : row([
          name,
          seconds.toFixed(1),
          count(peakBytes / 1e6),
          ratio(seconds / own.seconds),
          ratio(own.peakBytes / peakBytes),
        ]),
  )
  const title = `### Whole program: CSV of ${count(rows)} x 3 -> model (${epochs} epochs, batch 32) -> flags`
  return [title, '', row(heads), row(heads.map(() => '---')), ...body, ''].join('\n')
}
