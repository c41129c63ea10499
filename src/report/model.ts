import type { ModelInfo, Recalibration } from '../pipeline/index.js'
import { type AlarmPromise, formatAlarmRate } from '../threshold/index.js'
import { type Cell, formatFacts, formatRows, type ResultFormat, type Row } from './rows.js'
import { formatDuration, formatInstant, formatNumber, formatPercent } from './units.js'

/** What a model says about itself, as name and value, for people. */
export function modelFacts(info: ModelInfo): [name: string, value: Cell][] {
  const { training, calibration, versions } = info
  const parts = Object.entries(training.parts).map(([part, { start, end }]): [string, Cell] => [
    `${part} part`,
    `${training.blocks === undefined ? 'rows' : 'of these, rows'} ${start} to ${end - 1} (${end - start})`,
  ])
  return [
    ['detector', info.parameters === null ? info.kind : `${info.kind}, ${info.parameters} parameters`],
    ...(info.members ?? []).map(({ name, reason }): [string, Cell] => [`member ${name}`, reason]),
    ...(info.architecture === undefined
      ? []
      : [['architecture', info.architecture] satisfies [string, Cell]]),
    ...(info.device === undefined ? [] : [['device', info.device] satisfies [string, Cell]]),
    ['channels', info.channels.join(', ')],
    ['window', `${info.window} samples, stride ${info.stride}`],
    ['history', historyText(training)],
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
    ...promiseFacts(calibration.promise),
    ['seed', info.seed],
    ['trained', `${info.createdAt} in ${formatDuration(training.seconds * 1000)}`],
    ['made by', `telltale ${versions.telltale}, node ${versions.node}, ${versions.kernels} kernels`],
  ]
}

/** Rows and times, and of what they are a part when the history was larger than memory. */
function historyText({ rows, blocks, timeKind, from, to }: ModelInfo['training']): string {
  const span = (first: number, last: number) =>
    `${formatInstant(first, timeKind)} to ${formatInstant(last, timeKind)}`
  return blocks === undefined
    ? `${rows} rows, ${span(from, to)}`
    : `${rows} of ${blocks.ofRows} rows in ${blocks.count} blocks, ${span(blocks.from, blocks.to)}`
}

/** What a threshold promises, in alarms a day, week or month. */
export function promiseFacts(promise: AlarmPromise | null | undefined): [name: string, value: Cell][] {
  if (!promise) return []
  const { expectedPerDay, low, high, horizonDays, confidence } = promise
  const horizon = formatDuration(horizonDays * 86_400_000)
  return [
    [
      'false alarms',
      `about ${formatAlarmRate(expectedPerDay)}; over ${horizon} ${formatAlarmRate(low)} to ${formatAlarmRate(high)} (${100 * confidence} %)`,
    ],
  ]
}

/** The level before and after, on the same scores. */
export function recalibrationRows({ before, after }: Pick<Recalibration, 'before' | 'after'>): Row[] {
  return Object.entries({ before, after }).map(([when, { method, level, promise, flaggedShare }]) => ({
    threshold: when,
    rule: method.replace('threshold:', ''),
    level: formatNumber(level),
    flagged: formatPercent(flaggedShare),
    ...Object.fromEntries(promiseFacts(promise)),
  }))
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
