import type { MetricName } from './catalogue.js'
import type { Series } from './metrics.js'
import type { Snapshot } from './snapshot.js'

/** Something that a snapshot shows: an issue lowers the score, an advice does not. */
export interface Finding {
  readonly level: 'issue' | 'advice'
  readonly text: string
}

export interface Assessment {
  /** 100, less 15 for each issue and 10 more for each kind of error; at least 0. */
  readonly score: number
  readonly verdict: 'excellent' | 'good' | 'fair' | 'poor'
  readonly findings: readonly Finding[]
  /** What could not be assessed, because the snapshot says nothing of it. */
  readonly unseen: readonly string[]
}

/** Spans that a mean is assessed from. */
const FEWEST_SPANS = 20

/**
 * Assesses a snapshot by fixed rules (docs/observe.md lists them). What it does not hold is not assessed, and named.
 *
 * @param nowMs ms since the epoch
 * @param isAlive whether the process of the job exists; undefined when it cannot be known, as on another machine
 */
export function assess(snapshot: Snapshot, nowMs: number, isAlive?: boolean): Assessment {
  const series = (name: MetricName): readonly Series[] =>
    snapshot.metrics.find(family => family.name === name)?.series ?? []
  const total = (name: MetricName) => series(name).reduce((sum, { value = 0 }) => sum + value, 0)
  const findings: Finding[] = []
  const say = (level: Finding['level'], text: string) => void findings.push({ level, text })
  const unseen = ['GPU: none is used']
  const rules: Readonly<Record<string, () => boolean>> = {
    job: () => assessJob(snapshot.job, nowMs, isAlive, say),
    memory: () => assessMemory(total('telltale_peak_memory_bytes'), snapshot.job.totalMemoryBytes, say),
    stages: () => assessStages(series('telltale_stage_duration_seconds'), say),
    'event loop': () => assessLag(series('nodejs_eventloop_lag_p99_seconds')[0]?.value, say),
    coverage: () => assessCoverage(series('telltale_coverage_ratio'), say),
    queues: () => assessQueues(series('telltale_queue_depth'), say),
  }
  for (const [name, rule] of Object.entries(rules)) if (!rule()) unseen.push(name)
  for (const { labels, value = 0 } of series('telltale_slow_operations_total'))
    if (value > 0) say('issue', `${labels.stage} took longer than its limit ${value} times`)
  const errors = series('telltale_errors_total').filter(({ value = 0 }) => value > 0)
  for (const { labels, value } of errors) say('issue', `error ${labels.code}: ${value}`)
  const issues = findings.filter(({ level }) => level === 'issue').length
  const score = Math.max(0, 100 - 15 * issues - 10 * errors.length)
  const verdict = score >= 90 ? 'excellent' : score >= 75 ? 'good' : score >= 60 ? 'fair' : 'poor'
  return { score, verdict, findings, unseen }
}

type Say = (level: Finding['level'], text: string) => void

function assessJob(job: Snapshot['job'], nowMs: number, isAlive: boolean | undefined, say: Say): true {
  if (job.state !== 'running') return true
  const silentSeconds = (nowMs - Date.parse(job.updatedAt)) / 1000
  if (isAlive === false)
    say('issue', `process ${job.pid} is gone without a last snapshot: it was probably killed`)
  else if (silentSeconds > Math.max(3 * job.everySeconds, 10))
    say('issue', `no snapshot for ${silentSeconds.toFixed(0)} s, one every ${job.everySeconds} s was due`)
  return true
}

function assessMemory(peak: number, whole: number, say: Say): boolean {
  if (peak === 0 || whole === 0) return false
  const share = peak / whole
  const text = `memory was at ${(100 * share).toFixed(0)} % of what the machine gives`
  if (share > 0.8) say('issue', text)
  else if (share > 0.6) say('advice', text)
  return true
}

function assessStages(stages: readonly Series[], say: Say): boolean {
  const often = stages.filter(({ summary }) => summary !== undefined && summary.count >= FEWEST_SPANS)
  for (const { labels, summary } of often) {
    const { count, sum, max } = summary as NonNullable<Series['summary']>
    const mean = sum / count
    if (mean > 1) say('issue', `${labels.stage} takes ${mean.toFixed(1)} s on average`)
    if (max > 1 && max > 5 * mean)
      say('issue', `${labels.stage} once took ${max.toFixed(1)} s, ${(max / mean).toFixed(0)} times the mean`)
  }
  return often.length > 0
}

function assessLag(seconds: number | undefined, say: Say): boolean {
  if (seconds === undefined) return false
  const text = `the event loop was late by ${(1000 * seconds).toFixed(0)} ms (99 % quantile)`
  if (seconds > 1) say('issue', text)
  else if (seconds > 0.1) say('advice', text)
  return true
}

function assessCoverage(ratios: readonly Series[], say: Say): boolean {
  for (const { labels, value = 1 } of ratios)
    if (value < 0.99)
      say(
        'issue',
        `${(100 * (1 - value)).toFixed(1)} % of the samples ${labels.model ? `of ${labels.model} ` : ''}have no score`,
      )
  return ratios.length > 0
}

function assessQueues(queues: readonly Series[], say: Say): boolean {
  for (const { labels, value = 0 } of queues)
    if (value > 1000) say('advice', `${value} messages wait in ${labels.source}`)
  return queues.length > 0
}
