import { formatDuration } from '../core/duration.js'
import type { Assessment, MetricFamily, Series, Snapshot } from '../observe/index.js'
import { formatFacts, formatRows, type Row } from './rows.js'
import { formatBytes, formatNumber, formatPercent } from './units.js'

/** What a snapshot says of a job, and the assessment, as text for a terminal. */
export function formatSnapshot(snapshot: Snapshot, { score, verdict, findings, unseen }: Assessment): string {
  const stages = stageRows(snapshot)
  const findingLines = findings.map(({ level, text }) => `${level}: ${text}\n`).join('')
  return [
    formatFacts(facts(snapshot)),
    ...(stages.length > 0 ? [formatRows(stages, 'table')] : []),
    `${verdict} (${score} of 100)\n${findingLines}not assessed: ${unseen.join(', ')}\n`,
  ].join('\n')
}

/** Rows of the stages of a snapshot: how often, how long, at most. */
export function stageRows({ metrics }: Pick<Snapshot, 'metrics'>): Row[] {
  return seriesOf(metrics, 'telltale_stage_duration_seconds').flatMap(({ labels, summary }): Row[] => {
    if (summary === undefined) return []
    const { count, sum, p50, p95, p99, max } = summary
    const took = (seconds: number) =>
      seconds < 0.001 ? `${formatNumber(1e6 * seconds, 3)} us` : formatDuration(1000 * seconds)
    return [
      {
        stage: labels.stage,
        count,
        total: took(sum),
        p50: took(p50),
        p95: took(p95),
        p99: took(p99),
        max: took(max),
      },
    ]
  })
}

function facts({ job, metrics }: Snapshot): [string, string | number][] {
  const total = (name: string) => seriesOf(metrics, name).reduce((sum, { value = 0 }) => sum + value, 0)
  const has = (name: string) => seriesOf(metrics, name).length > 0
  const scored = total('telltale_samples_scored_total')
  const scoring = seriesOf(metrics, 'telltale_stage_duration_seconds').find(
    ({ labels }) => labels.stage === 'score',
  )
  const busy = scoring?.summary?.sum ?? 0
  return [
    [
      'job',
      `telltale ${job.command} (${job.state}${job.exitCode === null ? '' : `, exit code ${job.exitCode}`})`,
    ],
    ['process', `${job.pid} on ${job.host}, telltale ${job.version}`],
    ['started', job.startedAt],
    ['running for', formatDuration(1000 * job.seconds)],
    ['last snapshot', job.updatedAt],
    [
      'memory',
      `${formatBytes(total('process_resident_memory_bytes'))}, at most ${formatBytes(total('telltale_peak_memory_bytes'))}`,
    ],
    ['processor time', formatDuration(1000 * total('process_cpu_seconds_total'))],
    ...(has('nodejs_eventloop_lag_p99_seconds')
      ? ([
          [
            'event loop lag',
            `p50 ${formatDuration(1000 * total('nodejs_eventloop_lag_p50_seconds'))}, p99 ${formatDuration(1000 * total('nodejs_eventloop_lag_p99_seconds'))}`,
          ],
        ] as [string, string][])
      : []),
    ...(scored > 0
      ? ([
          [
            'samples scored',
            `${scored}${busy > 0 ? ` (${formatNumber(scored / busy, 3)}/s while scoring)` : ''}`,
          ],
          ['coverage', formatPercent(seriesOf(metrics, 'telltale_coverage_ratio')[0]?.value ?? Number.NaN)],
        ] as [string, string][])
      : []),
    ...(has('telltale_events_total')
      ? ([['events', total('telltale_events_total')]] as [string, number][])
      : []),
    ...seriesOf(metrics, 'telltale_queue_depth').map(({ labels, value = 0 }): [string, number] => [
      `waiting in ${labels.source}`,
      value,
    ]),
  ]
}

function seriesOf(metrics: readonly MetricFamily[], name: string): readonly Series[] {
  return metrics.find(family => family.name === name)?.series ?? []
}
