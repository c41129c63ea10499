import { createError } from '../../core/errors.js'
import { type Call, defineCommand } from '../command.js'
import { dryRun } from '../dry-run.js'
import { EXIT_OK } from '../exit-codes.js'
import { runInteractive } from '../interactive.js'
import { isKafka } from '../kafka-address.js'
import { printNotes } from '../notes.js'
import { openKafkaPreview } from '../stream-kafka.js'
import { streamMessages } from '../stream-messages.js'
import { streamOptions } from '../stream-options.js'
import { changeableOf, openSetting } from '../stream-reload.js'
import { openStreamSource, streamNotes } from '../stream-source.js'
import { watchNotes } from '../watch-notes.js'

export const streamCommand = defineCommand({
  name: 'stream',
  summary: 'Scores live messages of any number of devices and raises events as they happen.',
  description:
    'Messages come from standard input, a file that grows, an MQTT broker or a topic of Kafka; each device has its own state. Events are CloudEvents: an anomaly opened, continued or closed, ' +
    'a device or channel fell silent. With --state a run continues where the last one was, also when it was killed. Ctrl-C and SIGTERM stop in order; SIGHUP, and an alias such as pump@champion that ' +
    'names another version, replace model and settings without losing a message.',
  arguments: [],
  schema: streamOptions,
  instead: {
    '--group-by': '--map device=COLUMN',
    '--time-column': '--map time=COLUMN',
    '--sensor-column': '--map channel=COLUMN',
    '--value-column': '--map value=COLUMN',
    '--rename': '--map CHANNEL=COLUMN',
  },
  examples: [
    'tail -f today.ndjson | telltale stream --model model',
    'telltale stream --model model --source today.csv --events events.jsonl --scores scores.jsonl --state state',
    'telltale stream --model model --source mqtt://broker --topics plant/{area}/{device}/telemetry --map time=ts --dry-run',
    'telltale stream --learn 10000 --state state --source mqtt://broker --topics plant/{device}/telemetry --map time=ts',
    'telltale stream --model fleet,pump-*=models/pump --calibrate-devices 5000 --state state',
    'telltale stream --model fleet --source mqtts://broker --topics plant/{device}/{channel} --map time=ts --join 1s --state state',
    'telltale stream --model model --source kafka://broker:9092/readings --group plant --map time=ts --sink kafka://broker:9092/alarms',
    'telltale stream --model model --state state --sink https://alarms.example/hook,mqtt://broker/telltale',
    'telltale stream --model model --state state --sink alertmanager+http://localhost:9093 --health-port 9464',
    'telltale stream --model model --state state --watch-drift score,temp --watch-method adwin',
    'telltale stream --model model --interactive',
  ],
  async run(call) {
    const { options, cli, io } = call
    if (!options.dryRun && !options.interactive) checkLines(call)
    const setting = await openSetting(call, options)
    if (options.interactive) return runInteractive(io, setting)
    printNotes(io, streamNotes(setting.models))
    const first = await setting.models.first()
    if (first) printNotes(io, watchNotes(first, changeableOf(setting).settings))
    if (options.dryRun) {
      const open = isKafka(options.source) ? openKafkaPreview : openStreamSource
      const source = await open(io, options, setting.models)
      io.stdout(await dryRun(source, setting.models.channels, io.signal, cli.format))
      return EXIT_OK
    }
    await streamMessages(call, setting)
    return EXIT_OK
  },
})

/** Errors: `option-invalid` for a format that was asked for and that events do not have. */
function checkLines({ cli: { format }, config }: Call): void {
  if (config.sources.cli?.format?.source !== 'flag' || format === 'jsonl' || format === 'json') return
  throw createError('option-invalid', {
    name: '--format',
    got: format,
    where: '`telltale stream`',
    wanted:
      'it must be one of jsonl, json: events are printed as lines of JSON as they happen; --events FILE.csv writes rows of CSV, and --dry-run prints a table of messages',
  })
}
