import { counted } from '../core/counted.js'
import type { ChannelImportance, MethodComparison } from '../explain/index.js'
import { formatRows, type ResultFormat, type Row } from './rows.js'
import { rounded } from './units.js'

/** What channels mean to a model and to a set of events, in a format of results. */
export function importanceText(
  channels: readonly ChannelImportance[],
  events: number,
  format: ResultFormat,
): string {
  const shown = numberFor(format)
  const rows = channels.map(
    ({ name, unit, model, events, share, rank }): Row => ({
      channel: name,
      ...(unit !== undefined && format === 'json' && { unit }),
      model: shown(model),
      share: shown(share),
      explains: events,
      'mean rank': shown(rank),
    }),
  )
  if (format === 'json') return `${JSON.stringify({ events, channels: rows.map(jsonRow) }, null, 2)}\n`
  const table = formatRows(rows, format)
  if (format !== 'table') return table
  const lines = [
    `of ${counted(events, 'event')}: share in the score, events that the channel explains, mean rank`,
    'model: rise of the score of normal operation when the channel reads as at another time, in thresholds',
  ]
  return `${table}\n${lines.join('\n')}\n`
}

/** Numbers as text have three digits. */
function numberFor(format: ResultFormat): (value: number) => number | null {
  if (format !== 'table' && format !== 'md') return rounded
  return value => (Number.isFinite(value) ? Number(value.toPrecision(3)) : null)
}

function jsonRow({ 'mean rank': meanRank, ...row }: Row): Row {
  return { ...row, meanRank }
}

/** How methods rank the channels of a set of events, in a format of results. */
export function methodText(comparison: MethodComparison, format: ResultFormat): string {
  const { events, methods, correlation, random } = comparison
  const shown = numberFor(format)
  const leftOf = (left: readonly number[]) =>
    Object.fromEntries(left.map((value, k) => [`left after ${k + 1}`, shown(value)]))
  const rows = methods.map(
    ({ method, scorings, left, deletion, gain, better, pValue }): Row => ({
      method,
      scorings: shown(scorings),
      ...leftOf(left),
      deletion: shown(deletion),
      gain: shown(gain),
      better: `${better} of ${events}`,
      'p-value': shown(pValue),
    }),
  )
  const chance: Row = {
    method: 'random order',
    scorings: null,
    ...leftOf(random.left),
    deletion: shown(random.deletion),
    gain: null,
    better: null,
    'p-value': null,
  }
  const pairs = methods.map(
    ({ method }, a): Row => ({
      'rank correlation': method,
      ...Object.fromEntries(methods.map(({ method }, b) => [method, shown(correlation[a][b])])),
    }),
  )
  if (format === 'json') return `${JSON.stringify(methodJson(comparison), null, 2)}\n`
  if (format === 'csv' || format === 'jsonl') return formatRows([...rows, chance], format)
  const lines = [
    `${counted(events, 'event')} compared`,
    'left after K: share of the score that is left when the first K channels read as the others call for; deletion: their mean',
    'gain: deletion of random orders minus that of the method; better: events with a gain, and the p-value of a sign test',
  ]
  const text = lines.join(format === 'md' ? '  \n' : '\n')
  return [formatRows([...rows, chance], format), formatRows(pairs, format), `${text}\n`].join('\n')
}

function methodJson({ events, methods, correlation, random }: MethodComparison): object {
  const curve = (left: readonly number[], deletion: number) => ({
    left: left.map(rounded),
    deletion: rounded(deletion),
  })
  return {
    events,
    methods: methods.map(({ method, scorings, left, deletion, gain, better, pValue }, a) => ({
      method,
      scorings: rounded(scorings),
      ...curve(left, deletion),
      gain: rounded(gain),
      better,
      pValue: rounded(pValue),
      rankCorrelation: Object.fromEntries(
        methods.map(({ method }, b) => [method, rounded(correlation[a][b])]),
      ),
    })),
    random: curve(random.left, random.deletion),
  }
}
