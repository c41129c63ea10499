/** Rows of cells as a table in Markdown; numbers with three decimals, nothing for what has no value. */
export function table(header, rows) {
  const line = cells => `| ${cells.map(cell).join(' | ')} |`
  return `${[line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')}\n`
}

function cell(value) {
  if (typeof value !== 'number') return value ?? ''
  if (!Number.isFinite(value)) return ''
  if (Number.isInteger(value)) return String(value)
  return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(1) : value.toFixed(3)
}

/** Mean of what is a number; NaN when nothing is. */
export function meanOf(values) {
  const known = values.filter(value => Number.isFinite(value))
  return known.length === 0 ? Number.NaN : known.reduce((sum, value) => sum + value, 0) / known.length
}
