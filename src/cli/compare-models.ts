import { counted } from '../core/counted.js'
import { scoredCount } from '../detect/index.js'
import type { Table } from '../ingest/index.js'
import type { Model } from '../model/index.js'
import { detect } from '../pipeline/index.js'
import { formatNumber, formatPercent, type Row } from '../report/index.js'

/** How two models score the same table. */
export interface ScoreComparison {
  /** One per figure. */
  readonly rows: readonly Row[]
  /** How many events each finds, and how far both agree, as a clause. */
  readonly summary: string
}

/** Compares how two models score the same table. Errors: those of `detect`. */
export async function compareScores(
  models: readonly [Model, Model],
  tables: readonly [Table, Table],
  names: readonly [string, string],
  signal: AbortSignal,
): Promise<ScoreComparison> {
  const [a, b] = [
    await detect(models[0], tables[0].frame, {}, { signal }),
    await detect(models[1], tables[1].frame, {}, { signal }),
  ]
  const figures = (result: typeof a) => ({
    scored: scoredCount(result.score),
    flagged: result.flag.reduce((sum, flag) => sum + flag, 0),
    'mean score': formatNumber(meanOf(result.score)),
    'largest score': formatNumber(largestOf(result.score)),
    events: result.events.length,
    'events that the other finds too': overlapping(result.events, (result === a ? b : a).events),
  })
  const [first, second] = [figures(a), figures(b)]
  const both = a.flag.length === b.flag.length
  const rows = Object.keys(first).map(fact => ({
    fact,
    [names[0]]: first[fact as keyof typeof first],
    [names[1]]: second[fact as keyof typeof second],
  }))
  const equal = a.flag.reduce((sum, flag, i) => sum + (flag === b.flag[i] ? 1 : 0), 0)
  const share = both ? formatPercent(equal / Math.max(1, a.flag.length)) : null
  const found = `${names[0]} finds ${counted(first.events, 'event')}, ${names[1]} ${second.events}`
  return {
    rows: [...rows, { fact: 'samples with the same flag', [names[0]]: share, [names[1]]: share }],
    summary: share === null ? found : `${found}; ${share} of the samples have the same flag`,
  }
}

/** Samples of an event, as a half-open range. */
interface Span {
  readonly start: number
  readonly end: number
}

function overlapping(events: readonly Span[], others: readonly Span[]): number {
  return events.filter(event => others.some(other => event.start < other.end && other.start < event.end))
    .length
}

/** NaN is left out. */
function largestOf(scores: Float32Array): number {
  return scores.reduce((most, score) => (Number.isNaN(score) ? most : Math.max(most, score)), 0)
}

function meanOf(scores: Float32Array): number {
  let sum = 0
  let count = 0
  for (const score of scores) {
    if (Number.isNaN(score)) continue
    sum += score
    count++
  }
  return sum / count
}
