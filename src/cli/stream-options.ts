import { z } from 'zod'
import { asTrainedAll, grouped, option, positiveInteger } from '../core/options.js'
import { TIME_UNITS } from '../core/time-unit.js'
import { channelRuleOptions, eventCountOptions } from '../events/index.js'
import { duration } from '../ingest/index.js'
import { calibrateDevicesOption } from '../live/index.js'
import { detectOptions } from '../pipeline/index.js'
import { watchOptions } from '../session/index.js'
import { KAFKA_SASL, LINE_FORMATS } from '../sources/index.js'
import { adaptOptions, thresholdOptions } from '../threshold/index.js'
import { rateOption } from './rate.js'

const text = () => z.string().min(1)
/** A level of topics to write to, without wildcards. */
const topicName = () => text().regex(/^[^+#]+$/, 'must have no wildcard (+ or #)')
const file = (description: string) => option(text().optional(), description, { value: 'FILE', path: 'write' })
/** A file of a certificate or key. */
const pem = (description: string) =>
  option(text().optional(), `${description}, PEM.`, { value: 'FILE', path: 'read' })
const time = (preset: string, description: string) =>
  option(duration().default(preset), description, { value: 'TIME' })

/** Where messages come from, and how they are read. */
const sourceOptions = {
  source: option(
    text().default('-'),
    'Where messages come from: - for standard input, a file that may grow, an MQTT broker (mqtt://, mqtts://, ws://, wss://) or a topic of Kafka (kafka://host:9092/topic, kafkas:// with TLS; several brokers with commas).',
    { value: 'SOURCE', path: 'read' },
  ),
  lines: option(
    z.enum(LINE_FORMATS).default('auto'),
    'Format of the lines of standard input and files. auto = by the first line.',
  ),
  follow: option(z.boolean().default(true), 'Wait for more at the end of a file.', {
    without: 'End with the file.',
  }),
  map: option(
    z.array(text()).optional(),
    'Which field is what: time=ts,device=meta.id, then CHANNEL=FIELD for channels whose field has another name. channel and value name the fields of messages with one reading; channels names the object that holds them. Dots lead into objects, {name} is a part of the topic. Default: as trained.',
    { value: 'LIST' },
  ),
  timeUnit: option(
    z.enum(TIME_UNITS).optional(),
    'Unit of times that are numbers. Default: as trained, else by their size.',
  ),
  timeFormat: option(
    text().optional(),
    'Format of times, as of strptime, such as %d.%m.%Y %H:%M:%S. Default: as trained, else by their form.',
    { value: 'FORMAT' },
  ),
  timeZone: option(
    text().optional(),
    'Time zone of times that name none, such as Europe/Berlin or +01:00. Default: as trained, else UTC.',
    { value: 'ZONE' },
  ),
  decimal: option(
    z.enum(['.', ',']).optional(),
    'Decimal separator of numbers in text. Default: as trained.',
    {
      value: 'CHARACTER',
    },
  ),
  ignoreWhere: option(
    z.boolean().default(false),
    'Accept a model that was trained with --where: the sender leaves out the other messages.',
  ),
  topics: option(
    z.array(text()).min(1).optional(),
    'Topics of a broker, such as plant/{area}/{device}/telemetry. {device} and {channel} are what they say; a payload is a JSON object, an array of them, or a number.',
    { value: 'LIST' },
  ),
  qos: option(
    z.union([z.literal(0), z.literal(1)]).default(1),
    'Quality of service of the subscription: 0 = at most once, 1 = at least once.',
  ),
  group: option(
    text().default('telltale'),
    'Consumer group of Kafka: programs with the same name divide the partitions. The device is the key of a message.',
    { value: 'NAME' },
  ),
  stateTopic: option(
    text().optional(),
    'Compacted topic for the state of the devices of Kafka; created where it is missing. Default: TOPIC.GROUP.state.',
    { value: 'TOPIC' },
  ),
  columns: option(
    z.array(text()).min(1).optional(),
    'Names of the columns, for messages of Kafka that are rows of CSV. Default: messages are JSON.',
    { value: 'LIST' },
  ),
  sparkplug: option(
    z.array(text()).min(1).optional(),
    'Groups of Sparkplug B that a broker is read for, + for all, in place of --topics. The device is group/edge or group/edge/device, the time is timestamp.',
    { value: 'LIST' },
  ),
  sparkplugHost: option(
    topicName().optional(),
    'Name of this host application of Sparkplug B: its state is published, so that edge nodes wait for it.',
    { value: 'NAME' },
  ),
  share: option(
    text().optional(),
    'Name of a shared subscription: programs with the same name divide the messages.',
    { value: 'NAME' },
  ),
}

/** How brokers are reached. */
const brokerOptions = {
  mqttVersion: option(z.enum(['3.1.1', '5']).default('5'), 'Version of MQTT.'),
  mqttClientId: option(
    text().default('telltale'),
    'Name of the session at the broker; each running program needs its own.',
    { value: 'NAME' },
  ),
  mqttUser: option(text().optional(), 'User at the broker.', { value: 'NAME' }),
  mqttPassword: option(
    text().optional(),
    'Password at the broker. Better in the environment: TELLTALE_STREAM_MQTT_PASSWORD.',
    { secret: true },
  ),
  mqttCa: pem('Certificate authority of the broker'),
  mqttCert: pem('Certificate of this client'),
  mqttKey: pem('Key of this client'),
}

const kafkaOptions = {
  kafkaUser: option(text().optional(), 'User at the brokers of Kafka (SASL).', { value: 'NAME' }),
  kafkaPassword: option(
    text().optional(),
    'Password at the brokers of Kafka. Better in the environment: TELLTALE_STREAM_KAFKA_PASSWORD.',
    { secret: true },
  ),
  kafkaSasl: option(z.enum(KAFKA_SASL).default('scram-sha-512'), 'How the user of Kafka signs in.'),
  kafkaCa: pem('Certificate authority of the brokers of Kafka'),
  kafkaCert: pem('Certificate of this client of Kafka'),
  kafkaKey: pem('Key of this client of Kafka'),
}

/** How messages become samples. */
export const streamSamplingOptions = {
  join: option(
    duration().optional(),
    'Readings of a device at most this far apart are one sample, for messages with one reading each. Default: each message is a sample; 0ms with one topic or field per channel.',
    { value: 'TIME' },
  ),
  wait: time('0ms', 'How late a message may come: samples wait for so long, in the time of the device.'),
  maxAge: time('0ms', 'How long the last reading of a channel stands in for one that is not there.'),
  silentAfter: time(
    '5m',
    'A device, or one of its channels, that sends nothing for so long raises an event of lost coverage.',
  ),
  maxAhead: time('5m', 'How far ahead of the clock of this machine the time of a message may be.'),
}

/** How samples are scored and become events. */
const scoringOptions = {
  threshold: detectOptions.shape.threshold,
  ...thresholdOptions,
  ...asTrainedAll(adaptOptions),
  ...asTrainedAll(eventCountOptions),
  ...channelRuleOptions,
  missing: detectOptions.shape.missing,
  maxGap: detectOptions.shape.maxGap,
}
export const streamScoringOptions = { ...scoringOptions, ...watchOptions }

/** Every option of `telltale stream`. */
export const streamOptions = z.object({
  ...grouped('Models', {
    model: option(
      z.array(text()).min(1).optional(),
      'Model of all devices, or a fleet with one of each. Several with commas: the first that has a model of the device counts; PATTERN=MODEL is for devices whose names match, such as pump-*=models/pump. Needed unless devices --learn.',
      { value: 'LIST', path: 'model' },
    ),
    calibrateDevices: calibrateDevicesOption,
    learn: option(
      z.number().int().min(200).max(1_000_000).optional(),
      'Let a device without a model collect N samples, train one on them, and be scored from then on. With --state the models are kept. Default: its messages are refused.',
      { value: 'N' },
    ),
  }),
  ...grouped('Source', sourceOptions),
  ...grouped('Samples', streamSamplingOptions),
  ...grouped('State and limits', {
    state: option(
      text().optional(),
      'Folder for the state of all devices: a run continues where the last one was, also when it was killed. Without it nothing is kept.',
      { value: 'DIR', path: 'write' },
    ),
    checkpointEvery: time(
      '1m',
      'Longest time between checkpoints of the state. Messages since the last one are read again from the journal after a crash: one is due earlier when that would be 5 s of work.',
    ),
    resident: option(
      positiveInteger().default(10_000),
      'Devices held in memory; the others are put into the state folder, or held as bytes without one.',
    ),
    maxDevices: option(
      positiveInteger().default(100_000),
      'Devices that are taken at most; messages of more are refused.',
    ),
    maxRate: option(
      z.number().positive().optional(),
      'Messages of one device in a second; more are refused. Default: any number.',
      { value: 'N' },
    ),
    badMessages: option(
      z.enum(['skip', 'stop']).default('skip'),
      'What a message that cannot be used does: skip = it is counted, stop = the stream stops.',
    ),
    deadLetters: file(
      'File to which messages that cannot be used, and events that a receiver refused or that were given up, are appended as JSON lines, with the reason.',
    ),
  }),
  ...grouped('Outputs', {
    events: option(
      z.union([text(), z.literal(false)]).default('-'),
      'File for events, appended: JSON lines (CloudEvents), or rows where it ends in .csv; - for standard output.',
      { value: 'FILE', without: 'Write no events.', path: 'write' },
    ),
    scores: option(
      text().optional(),
      'File for scores, appended: JSON lines, or rows where it ends in .csv; - for standard output.',
      {
        value: 'FILE',
        path: 'write',
      },
    ),
    explain: option(
      z.boolean().default(true),
      'Say kind, verdict and one sentence with each event, from its own samples.',
      { without: 'Do not explain events.' },
    ),
    sink: option(
      z.array(text()).optional(),
      'Where events go besides: https://... (webhook), alertmanager+https://host, grafana+https://host, influx+https://host/api/v2/write?org=...&bucket=..., slack+https://..., smtp://user@host/?to=a@b.example&from=c@d.example (mail, smtps:// with TLS from the start), mqtt://host/prefix, which publishes prefix/DEVICE/event, or kafka://host:9092/prefix, which writes to the topic prefix.events.',
      { value: 'LIST' },
    ),
    notifyLimit: option(
      rateOption().optional(),
      'Notifications of one device that each receiver of --sink is sent at most, such as 10/h. An event that opens beyond that is held back as a whole, and counted; --events and --scores get everything. Default: any number.',
      { value: 'RATE' },
    ),
    publishScores: option(
      z.boolean().default(false),
      'Send scores to brokers and InfluxDB as well: prefix/DEVICE/score, the topic prefix.scores, or the measurement telltale_score.',
    ),
    homeAssistant: option(
      topicName().optional(),
      'Announce the devices of sinks mqtt:// to Home Assistant, under this first level of its topics, usually homeassistant.',
      { value: 'PREFIX' },
    ),
    webhookSecret: option(
      text().optional(),
      'Signs webhooks: telltale-signature is the HMAC-SHA-256 of the body. Better in the environment: TELLTALE_STREAM_WEBHOOK_SECRET.',
      { secret: true },
    ),
    grafanaToken: option(
      text().optional(),
      'Token of a service account of Grafana. Better in the environment: TELLTALE_STREAM_GRAFANA_TOKEN.',
      { secret: true },
    ),
    influxToken: option(
      text().optional(),
      'Token of the API of InfluxDB. Better in the environment: TELLTALE_STREAM_INFLUX_TOKEN.',
      { secret: true },
    ),
    smtpPassword: option(
      text().optional(),
      'Password at the mail server. Better in the environment: TELLTALE_STREAM_SMTP_PASSWORD.',
      { secret: true },
    ),
    smtpCa: pem('Certificate authority of the mail server'),
  }),
  ...grouped('Running', {
    interactive: option(
      z.boolean().default(false),
      'Take readings that are typed, such as temp:21.5,flow:3, and answer with the score. help lists what else can be typed.',
    ),
    dryRun: option(
      z.boolean().default(false),
      'Print the first 10 messages as they would be read, and score nothing.',
    ),
    healthPort: option(
      z.number().int().min(0).max(65_535).optional(),
      'Answer /livez, /readyz and /metrics (Prometheus) on this port of 127.0.0.1; 0 takes a free one.',
      { value: 'N' },
    ),
    statsEvery: time('1m', 'Time between lines of statistics on stderr.'),
  }),
  ...grouped('MQTT', brokerOptions),
  ...grouped('Kafka', kafkaOptions),
  ...grouped('Threshold and events', scoringOptions),
  ...grouped('Drift', watchOptions),
})
export type StreamCommandOptions = z.output<typeof streamOptions>
