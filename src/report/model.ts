import type { ModelInfo } from '../pipeline/index.js'
import { type Cell, formatFacts, formatRows, type ResultFormat } from './rows.js'
import { formatDuration, formatInstant, formatNumber } from './units.js'

/** What a model says about itself, as name and value, for people. */
export function modelFacts(info: ModelInfo): [name: string, value: Cell][] {
  const { training, calibration, versions } = info
  const instant = (time: number) => formatInstant(time, training.timeKind)
  const parts = Object.entries(training.parts).map(([part, { start, end }]): [string, Cell] => [
    `${part} part`,
    `rows ${start} to ${end - 1} (${end - start})`,
  ])
  return [
    ['detector', info.parameters === null ? info.kind : `${info.kind}, ${info.parameters} parameters`],
    ...(info.members ?? []).map(({ name, reason }): [string, Cell] => [`member ${name}`, reason]),
    ...(info.architecture === undefined
      ? []
      : [['architecture', info.architecture] satisfies [string, Cell]]),
    ['channels', info.channels.join(', ')],
    ['window', `${info.window} samples, stride ${info.stride}`],
    ['history', `${training.rows} rows, ${instant(training.from)} to ${instant(training.to)}`],
    ...parts,
    ...(training.bestValidationLoss === null
      ? []
      : ([
          ['epochs', `${training.epochs}, the best was ${training.bestEpoch}`],
          ['validation loss', formatNumber(training.bestValidationLoss)],
        ] satisfies [string, Cell][])),
    [
      'threshold',
      `${formatNumber(calibration.level)} (${calibration.method.replace('threshold:', '')} of ${calibration.samples} held-back scores)`,
    ],
    ['seed', info.seed],
    ['trained', `${info.createdAt} in ${formatDuration(training.seconds * 1000)}`],
    ['made by', `telltale ${versions.telltale}, node ${versions.node}, ${versions.kernels} kernels`],
  ]
}

/** Facts for people as a table or CSV; for programs `whole`, the object that they come from, as JSON. */
export function formatSummary(
  facts: readonly (readonly [name: string, value: Cell])[],
  whole: object,
  format: ResultFormat,
): string {
  switch (format) {
    case 'table':
      return formatFacts(facts)
    case 'csv':
      return formatRows(
        facts.map(([name, value]) => ({ name, value })),
        'csv',
      )
    case 'json':
      return `${JSON.stringify(whole, null, 2)}\n`
    case 'jsonl':
      return `${JSON.stringify(whole)}\n`
  }
}
