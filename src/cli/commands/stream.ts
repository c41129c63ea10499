import { knownOnly } from '../../core/parse-options.js'
import type { Json } from '../../core/state.js'
import type { Sink } from '../../emit/index.js'
import { durationMs } from '../../ingest/index.js'
import { memoryStore, openStateFolder, runStream, type StreamCounts } from '../../live/index.js'
import { createMetrics, NO_METRICS } from '../../observe/index.js'
import { createRuntime } from '../../runtime/index.js'
import { sessionSettings } from '../../session/index.js'
import { checkThresholdOptions } from '../../threshold/index.js'
import { defineCommand } from '../command.js'
import { dryRun } from '../dry-run.js'
import { EXIT_OK } from '../exit-codes.js'
import { isKafka } from '../kafka-address.js'
import { modelIn } from '../model-place.js'
import { printNotes } from '../notes.js'
import { pathIn } from '../paths.js'
import { openStreamHealth } from '../stream-health.js'
import { openKafkaPreview, streamKafka } from '../stream-kafka.js'
import { measureStream } from '../stream-metrics.js'
import { openStreamModels } from '../stream-models.js'
import { streamOptions } from '../stream-options.js'
import { streamSinks } from '../stream-sinks.js'
import { hasOneReading, openStreamSource, streamNotes } from '../stream-source.js'
import { createStats } from '../stream-stats.js'

export const streamCommand = defineCommand({
  name: 'stream',
  summary: 'Scores live messages of any number of devices and raises events as they happen.',
  description:
    'Messages come from standard input, a file that grows, an MQTT broker or a topic of Kafka; each device has its own state. Events are CloudEvents: an anomaly opened, continued or closed, ' +
    'a device or channel fell silent. With --state a run continues where the last one was, also when it was killed. Ctrl-C and SIGTERM stop in order.',
  arguments: [],
  schema: streamOptions,
  examples: [
    'tail -f today.ndjson | telltale stream --model model',
    'telltale stream --model model --source today.csv --events events.jsonl --scores scores.jsonl --state state',
    'telltale stream --model model --source mqtt://broker --topics plant/{area}/{device}/telemetry --map time=ts --dry-run',
    'telltale stream --model fleet --source mqtts://broker --topics plant/{device}/{channel} --map time=ts --join 1s --state state',
    'telltale stream --model model --source kafka://broker:9092/readings --group plant --map time=ts --sink kafka://broker:9092/alarms',
    'telltale stream --model model --state state --sink https://alarms.example/hook,mqtt://broker/telltale',
    'telltale stream --model model --state state --sink alertmanager+http://localhost:9093 --health-port 9464',
  ],
  async run({ options, cli, io }) {
    checkThresholdOptions(options)
    const sinks = streamSinks(io, options)
    const runtime = createRuntime(1)
    const shared = options.sharedModel === undefined ? undefined : await modelIn(io, cli, options.sharedModel)
    const models = await openStreamModels(await modelIn(io, cli, options.model), shared, runtime, io.trusted)
    printNotes(io, streamNotes(models))
    if (options.dryRun) {
      const open = isKafka(options.source) ? openKafkaPreview : openStreamSource
      io.stdout(await dryRun(await open(io, options, models), models.channels, io.signal, cli.format))
      return EXIT_OK
    }
    const { join = hasOneReading(options, models) ? '0ms' : undefined } = options
    const now = () => Date.now()
    const stats = createStats(io, durationMs(options.statsEvery), now)
    let last: Parameters<typeof stats.print> | undefined
    const { healthPort } = options
    const hasOwnMetrics = healthPort !== undefined && io.metrics === NO_METRICS
    const metrics = hasOwnMetrics ? createMetrics({ now: io.now }) : io.metrics
    const health =
      healthPort === undefined ? undefined : await openStreamHealth(healthPort, metrics, io.signal)
    if (health) io.stderr(`health and metrics: ${health.url}\n`)
    const progress = (counts: StreamCounts, sinks: ReadonlyMap<string, Sink> = new Map()) => {
      last = [counts, sinks]
      stats.progress(counts, sinks)
      health?.setReady()
      if (metrics !== NO_METRICS) measureStream(metrics, counts, sinks, now())
    }
    const running = {
      modelOf: models.modelOf,
      settings: knownOnly(sessionSettings, options),
      sampling: {
        joinMs: join === undefined ? null : durationMs(join),
        waitMs: durationMs(options.wait),
        maxAgeMs: durationMs(options.maxAge),
        silentAfterMs: durationMs(options.silentAfter),
      },
      resident: options.resident,
      mostDevices: options.maxDevices,
      aheadMs: durationMs(options.maxAhead),
      ratePerSecond: options.maxRate ?? Number.POSITIVE_INFINITY,
      now,
      signal: io.signal,
      checkpointMs: durationMs(options.checkpointEvery),
      time: metrics.time,
    }
    try {
      if (isKafka(options.source)) {
        const sinksOf = (partition: number) => streamSinks(io, options, partition)
        await streamKafka(io, options, models, {
          ...running,
          sinksOf,
          onProgress: counts => progress(counts),
        })
      } else {
        const store =
          options.state === undefined ? memoryStore() : await openStateFolder(pathIn(io, options.state))
        const openSource = (from: Json) => openStreamSource(io, options, models, from)
        await runStream({ ...running, store, openSource, sinks, onProgress: progress })
      }
    } finally {
      await health?.close()
    }
    if (last) stats.print(...last)
    return EXIT_OK
  },
})
