import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { counted } from '../../core/counted.js'
import { formatDuration } from '../../core/duration.js'
import { option } from '../../core/options.js'
import { duration, durationMs } from '../../ingest/index.js'
import { formatNumber, formatSummary } from '../../report/index.js'
import { defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import type { Io } from '../io.js'
import { pathIn } from '../paths.js'
import { askStatus, readStatus, type SeenStatus } from '../stream-status.js'

const schema = z.object({
  follow: option(z.boolean().default(false), 'Print it again and again until the stream ends or Ctrl-C.'),
  interval: option(duration().default('2s'), 'Time between two looks with --follow.', { value: 'TIME' }),
})

export const statusCommand = defineCommand({
  name: 'status',
  summary: 'Shows whether a stream runs, its devices, lag and queues, and what became of every message.',
  description:
    'PLACE is the state folder of the stream, which holds its status of at most a second ago, or the address of its health port. A stream whose process is gone ' +
    'without an orderly end is `killed`: its next start continues from the state.',
  arguments: [
    {
      name: 'place',
      description: 'Folder of --state, or the address of --health-port, http://127.0.0.1:PORT.',
    },
  ],
  schema,
  examples: [
    'telltale status state',
    'telltale status http://127.0.0.1:9464 --format json',
    'telltale status state --follow',
  ],
  async run({ args: [place], options, cli, io }) {
    for (;;) {
      const isUrl = /^https?:\/\//.test(place!)
      const status = isUrl ? await askStatus(place!, io.signal) : readStatus(pathIn(io, place!))
      const savedMs = isUrl ? undefined : await checkpointAge(io, place!)
      const checkpoint = savedMs === undefined ? {} : { checkpointAgeSeconds: savedMs / 1000 }
      io.stdout(
        formatSummary(statusFacts(status, Date.now(), savedMs), { ...status, ...checkpoint }, cli.format),
      )
      if (!options.follow || status.state !== 'running' || io.signal.aborted) return EXIT_OK
      await wait(durationMs(options.interval), undefined, { signal: io.signal }).catch(() => {})
    }
  },
})

/** Ms since the last checkpoint; undefined before the first. */
async function checkpointAge(io: Io, folder: string): Promise<number | undefined> {
  const info = await stat(join(pathIn(io, folder), 'checkpoint.json')).catch(() => undefined)
  return info && Math.max(0, Date.now() - info.mtimeMs)
}

const MOST_DRIFTS = 10

function driftText({
  device,
  signal,
  since,
  before,
  after,
  verdict,
}: SeenStatus['drifting'][number]): string {
  const [from, to] = [before, after].map(value => formatNumber(value))
  return `${device === '' ? '' : `${device}: `}${signal} since ${since}: ${from} before, ${to} now: ${verdict}`
}

function statusFacts(
  status: SeenStatus,
  nowMs: number,
  savedMs: number | undefined,
): [name: string, value: string][] {
  const { state, pid, host, startedAt, at, source, model, waiting, counts, drifting, sinks, error } = status
  const { received, taken, refused, samples, scored, unscored, events, drifts, devices, silent, newestMs } =
    counts
  const text = (n: number) => n.toLocaleString('en')
  const ofReasons = (of: Readonly<Record<string, number>>) =>
    Object.entries(of)
      .map(([reason, n]) => ` + ${text(n)} ${reason}`)
      .join('')
  const isRunning = state === 'running'
  return [
    ['state', error === undefined ? state : `${state}: ${error}`],
    ['process', `${pid} on ${host}, started ${startedAt}`],
    [isRunning ? 'seen' : 'last seen', `${formatDuration(Math.max(0, nowMs - Date.parse(at)))} ago`],
    ['source', source],
    ['model', model || 'none: devices learn their own'],
    ['devices', `${text(devices)}${silent > 0 ? `, ${text(silent)} silent` : ''}`],
    ['messages', `${text(received)} received = ${text(taken)} taken${ofReasons(refused)}`],
    ['samples', `${text(samples)} = ${text(scored)} scored${ofReasons(unscored)}`],
    ['events', text(events)],
    ...(drifts > 0 || drifting.length > 0
      ? ([['drifts', `${text(drifts)}, ${text(drifting.length)} open`]] as [string, string][])
      : []),
    ...drifting.slice(0, MOST_DRIFTS).map((one): [string, string] => ['drift', driftText(one)]),
    ...(drifting.length > MOST_DRIFTS
      ? ([['drift', `${text(drifting.length - MOST_DRIFTS)} more, see --format json`]] as [string, string][])
      : []),
    ['last sample', newestMs === null ? 'none' : new Date(newestMs).toISOString()],
    ...(isRunning && newestMs !== null
      ? ([['lag', formatDuration(Math.max(0, nowMs - newestMs))]] as [string, string][])
      : []),
    ['queue', `${counted(waiting, 'message', text(waiting))} ${waiting === 1 ? 'waits' : 'wait'}`],
    ...sinks.map(({ name, waiting, lost, heldBack = 0 }): [string, string] => [
      'sink',
      `${name}: ${text(waiting)} waiting, ${text(lost)} lost${heldBack > 0 ? `, ${text(heldBack)} held back` : ''}`,
    ]),
    ...(savedMs === undefined
      ? []
      : ([['checkpoint', `${formatDuration(savedMs)} ago`]] as [string, string][])),
  ]
}
