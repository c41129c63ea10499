import type { Json } from '../core/state.js'
import type { Sink } from '../emit/index.js'
import { durationMs } from '../ingest/index.js'
import { memoryStore, type OpenNews, openStateFolder, runStream, type StreamCounts } from '../live/index.js'
import { createMetrics, NO_METRICS } from '../observe/index.js'
import { safeUrl } from '../sources/index.js'
import { acknowledgementsIn } from './acknowledgements.js'
import { checkScored } from './check-scored.js'
import { coldStart } from './cold-start.js'
import type { Call } from './command.js'
import type { Io } from './io.js'
import { isKafka } from './kafka-address.js'
import { createLackNotes } from './lack-notes.js'
import { printNotes } from './notes.js'
import { pathIn } from './paths.js'
import { createSeldomNotes } from './seldom-notes.js'
import { openStreamHealth } from './stream-health.js'
import { streamKafka } from './stream-kafka.js'
import { measureStream } from './stream-metrics.js'
import type { StreamCommandOptions } from './stream-options.js'
import { changeableOf, StreamReloader, type StreamSetting } from './stream-reload.js'
import { streamSinks } from './stream-sinks.js'
import { isBroker, openStreamSource, type StreamHints } from './stream-source.js'
import { createStats } from './stream-stats.js'
import { createStreamStatus } from './stream-status.js'

const NO_SINKS: ReadonlyMap<string, Sink> = new Map()

/** Runs a stream until its source ends or the signal stops it. Errors: those of `runStream` and `runGroup`; `stream-unscored`. */
export async function streamMessages(
  given: Call<StreamCommandOptions>,
  setting: StreamSetting,
): Promise<void> {
  const { options } = given
  const hasOwnMetrics = options.healthPort !== undefined && given.io.metrics === NO_METRICS
  const metrics = hasOwnMetrics ? createMetrics({ now: given.io.now }) : given.io.metrics
  const io: Io = { ...given.io, metrics }
  const watch = await openWatch(io, options)
  const reloader = new StreamReloader({ ...given, io }, setting)
  let before: StreamCounts | undefined
  let after: StreamCounts | undefined
  const hints: StreamHints = {}
  const lookBack = createStateNote(io, options.state)
  const onProgress: Watch['progress'] = (counts, ...rest) => {
    before ??= structuredClone(counts)
    after = counts
    lookBack(before, counts)
    watch.progress(counts, ...rest)
  }
  try {
    await run(io, setting, reloader, onProgress, hints)
    watch.end()
  } catch (error) {
    watch.end((error as Error).message)
    throw error
  } finally {
    reloader.stop()
    await watch.close()
  }
  if (before && after && !io.signal.aborted) checkScored(nameOf(options.source), before, after, hints)
}

const nameOf = (source: string) => (source === '-' ? 'standard input' : safeUrl(source))

async function run(
  io: Io,
  setting: StreamSetting,
  { current }: StreamReloader,
  onProgress: Watch['progress'],
  hints: StreamHints,
): Promise<void> {
  const { options, models } = setting
  const sinks = streamSinks(io, options)
  const running = {
    ...changeableOf(setting),
    current,
    resident: options.resident,
    explain: options.explain,
    ...coldStart(io, setting),
    unfit: 'restart' as const,
    onRestart: restartNote(io),
    ignoreWhere: options.ignoreWhere,
    mostDevices: options.maxDevices,
    aheadMs: durationMs(options.maxAhead),
    ratePerSecond: options.maxRate ?? Number.POSITIVE_INFINITY,
    now: () => Date.now(),
    signal: io.signal,
    checkpointMs: durationMs(options.checkpointEvery),
    time: io.metrics.time,
    onOutputs: createLackNotes(
      text => printNotes(io, [text]),
      channel => models.computed.get(channel)?.from ?? channel,
    ),
  }
  if (isKafka(options.source)) {
    const sinksOf = (partition: number) => streamSinks(io, options, partition)
    await streamKafka(io, options, models, { ...running, sinksOf, onProgress: counts => onProgress(counts) })
    return
  }
  const store = options.state === undefined ? memoryStore() : await openStateFolder(pathIn(io, options.state))
  const openSource = (from: Json) => openStreamSource(io, options, models, from, hints)
  const acknowledged = options.state === undefined ? undefined : acknowledgementsIn(pathIn(io, options.state))
  await runStream({ ...running, store, openSource, sinks, onProgress, acknowledged })
}

/** Says once why a run that continues from a state refuses its messages, where it has taken none: they are not after those of the run before. */
function createStateNote(io: Io, state: string | undefined) {
  const refusedIn = ({ refused }: StreamCounts) => (refused.late ?? 0) + (refused.duplicate ?? 0)
  let isDone = state === undefined
  return (before: StreamCounts, after: StreamCounts): void => {
    if (isDone || after.received === before.received) return
    const refused = refusedIn(after) - refusedIn(before)
    isDone = refused > 0 || after.taken > before.taken
    if (refused === 0 || after.taken > before.taken || before.newestMs === null) return
    const newest = new Date(before.newestMs).toISOString()
    printNotes(io, [
      `the state in ${state} is that of a run that took messages up to ${newest}: what is not later is refused and counted, and the counts continue those of that run; another recording needs another --state`,
    ])
  }
}

/** Says that a device does not continue from its state, once a minute. */
function restartNote(io: Io): (device: string) => void {
  const note = createSeldomNotes(io)
  return device =>
    note(
      'restart',
      `the state of ${device === '' ? 'the device' : `device ${device}`} is of another model or of other settings: it starts again, with a warm-up`,
    )
}

type Watch = Awaited<ReturnType<typeof openWatch>>

/** What shows how a stream does: lines of statistics, health, metrics and status. */
async function openWatch(io: Io, options: StreamCommandOptions) {
  const { healthPort, source, follow, model = [], state } = options
  const now = () => Date.now()
  const isPast = !follow && source !== '-' && !isBroker(source) && !isKafka(source)
  const stats = createStats(io, durationMs(options.statsEvery), () => (isPast ? undefined : now()))
  let last: Parameters<typeof stats.print> | undefined
  let status: ReturnType<typeof createStreamStatus> | undefined
  const health =
    healthPort === undefined
      ? undefined
      : await openStreamHealth(healthPort, io.metrics, io.signal, () => status?.current())
  if (health) io.stderr(`health and metrics: ${health.url}\n`)
  const folder = state === undefined || isKafka(source) ? undefined : pathIn(io, state)
  status = createStreamStatus({
    source: safeUrl(source),
    model: model.join(', '),
    folder,
    health: health?.url,
    now,
  })
  const own = status
  return {
    progress(
      counts: StreamCounts,
      sinks: ReadonlyMap<string, Sink> = NO_SINKS,
      waiting = 0,
      open?: OpenNews,
    ) {
      last = [counts, sinks]
      own.update({ counts, sinks, waiting, open })
      stats.progress(counts, sinks)
      health?.setReady()
      if (io.metrics !== NO_METRICS) measureStream(io.metrics, counts, sinks, now())
    },
    /** The stream has ended. @param error why, when it failed */
    end(error?: string) {
      own.end(error)
      if (last && error === undefined) stats.print(...last)
    },
    close: async () => health?.close(),
  }
}
