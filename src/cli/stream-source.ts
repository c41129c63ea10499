import { readFile } from 'node:fs/promises'
import { createError } from '../core/errors.js'
import type { Json } from '../core/state.js'
import { trainedReading } from '../ingest/index.js'
import { trainedMapping } from '../live/index.js'
import {
  createDecoder,
  hostTopic,
  loadSparkplug,
  type Mapping,
  type MqttConnection,
  type OnBad,
  openGrowingFile,
  openMqtt,
  placeOf,
  type Source,
  type SourceOptions,
  SparkplugReader,
  safeUrl,
  sparkplugTopics,
  streamSource,
} from '../sources/index.js'
import { writeDeadLetter } from './dead-letters.js'
import { createFieldNotes } from './field-notes.js'
import type { Io } from './io.js'
import { isKafka } from './kafka-address.js'
import { pathIn } from './paths.js'
import { createSeldomNotes, createTroubleNotes } from './seldom-notes.js'
import type { StreamModels } from './stream-models.js'
import type { StreamCommandOptions } from './stream-options.js'

export const isBroker = (url: string) => /^(mqtts?|wss?):\/\//.test(url)

/** Whether messages say their device beside their fields: in a topic or a key. */
const isAddressed = (source: string) => isBroker(source) || isKafka(source)

/** Messages that wait for their turn at most. */
const CAPACITY = 4096

/** Opens the source of a stream; what neither `--map` nor the other options say is read as in the training. */
export async function openStreamSource(
  io: Io,
  options: StreamCommandOptions,
  models: StreamModels,
  from: Json = null,
  hints?: StreamHints,
): Promise<Source> {
  const { source, follow, topics, qos, share, sparkplug } = options
  const reading = streamReading(io, options, models, hints)
  if (source === '-') return streamSource(io.stdin ?? process.stdin, reading)
  if (!isBroker(source)) return openGrowingFile(pathIn(io, source), { ...reading, follow }, from)
  const connection = await mqttConnection(io, options, source, 'source')
  if (sparkplug !== undefined) return openSparkplug(reading, connection, options)
  if (topics === undefined) throw createError('option-missing', { name: '--topics' })
  return openMqtt({ ...reading, connection, topics, qos, share })
}

/** @throws OptionError `option-conflict`: births must come to the program that has the data */
async function openSparkplug(
  reading: SourceOptions,
  connection: MqttConnection,
  { sparkplug = [], sparkplugHost, topics, share, qos }: StreamCommandOptions,
): Promise<Source> {
  const second = topics ? '--topics' : share ? '--share' : undefined
  if (second) throw createError('option-conflict', { first: '--sparkplug', second })
  const timestamp = Date.now()
  const status = sparkplugHost !== undefined && {
    topic: hostTopic(sparkplugHost),
    payloadOf: (online: boolean) => JSON.stringify({ online, timestamp }),
  }
  return openMqtt({
    ...reading,
    connection: { ...connection, ...(status && { status }) },
    topics: sparkplugTopics(sparkplug),
    qos,
    sparkplug: new SparkplugReader(await loadSparkplug(), () => performance.now()),
  })
}

/** What messages show about why none of them is scored. */
export interface StreamHints {
  /** The option without which none can be. */
  option?: string
  /** Channels of which no message held a reading. */
  unseen?: () => string[]
}

/**
 * How messages are read, whatever they come from.
 *
 * @param hints gets what the messages show
 */
export function streamReading(
  io: Io,
  options: StreamCommandOptions,
  models: StreamModels,
  hints: StreamHints = {},
): SourceOptions {
  const mapping = streamMapping(options, models)
  const onNote = createSeldomNotes(io)
  const read = createDecoder(mapping, { channels: models.channels, onNote })
  const note = createSeldomNotes(io)
  const { look, unseen } = createFieldNotes(
    (kind, text, option) => {
      note(kind, text)
      if (option !== undefined) hints.option = option
    },
    models.channels,
    mapping.renamed,
    options.join !== undefined || hasOneReading(options, models),
  )
  hints.unseen = unseen
  const decode: typeof read = raw => {
    const decoded = read(raw)
    if ('messages' in decoded) {
      look(decoded.messages)
      for (const { name, reason, detail } of decoded.unread ?? [])
        note(
          `${reason} ${name}`,
          `${placeOf(raw)}: ${reason === 'no-number' ? 'a reading cannot be used: ' : ''}${detail}`,
        )
    }
    return decoded
  }
  return {
    decode,
    onBad: badMessageHandler(io, options),
    capacity: CAPACITY,
    lines: options.lines,
    known: new Set([...columnsOf(mapping), ...models.channels]),
    onNote: createSeldomNotes(io),
  }
}

/** Which fields are what, and how they are read: as the training says, then the options. */
function streamMapping(options: StreamCommandOptions, models: StreamModels): Mapping {
  const { source, sparkplug, timeUnit } = options
  return trainedMapping(
    models,
    { ...options, timeUnit: timeUnit ?? (sparkplug ? 'ms' : undefined) },
    ({ time, device }) => ({
      time: sparkplug ? 'timestamp' : time,
      device: isAddressed(source) ? undefined : device,
    }),
  )
}

/** The fields that say what a message is, and those of channels that `--map` names. */
function columnsOf({ time, device, channel, value, renamed }: Mapping): string[] {
  const lists = [time, channel].flatMap(path => path?.split(',') ?? [])
  return [...lists, device, value, ...renamed.values()].filter(path => path !== undefined)
}

/** All that decides how a message is read, as one text. */
export function readingKey(options: StreamCommandOptions, models: StreamModels): string {
  const { renamed, form, ...paths } = streamMapping(options, models)
  return JSON.stringify([paths, [...renamed], form.times, form.decimal, [...form.states.keys()].sort()])
}

/** What becomes of messages before they are scored. */
export function streamNotes({ trained }: StreamModels): string[] {
  const { cadence, aggregate } = trainedReading(trained.options)
  if (cadence === undefined) return []
  return [
    `messages are brought to one sample in ${cadence} (${aggregate}), as in the training: a sample is scored with the first message after it`,
  ]
}

/** Whether each message holds one reading, so that samples are joined unless asked otherwise. */
export function hasOneReading(options: StreamCommandOptions, models: StreamModels): boolean {
  const hasChannelTopic = (options.topics ?? []).some(topic => topic.includes('{channel}'))
  return hasChannelTopic || streamMapping(options, models).channel !== undefined
}

/** How the broker at a URL is reached. */
export async function mqttConnection(
  io: Io,
  options: StreamCommandOptions,
  url: string,
  role: string,
): Promise<MqttConnection> {
  return {
    url,
    clientId: role === 'source' ? options.mqttClientId : `${options.mqttClientId}-${role}`,
    username: options.mqttUser,
    password: options.mqttPassword,
    version: options.mqttVersion,
    ca: await readPem(io, options.mqttCa),
    cert: await readPem(io, options.mqttCert),
    key: await readPem(io, options.mqttKey),
    onTrouble: createTroubleNotes(io, `${role} ${safeUrl(url)}`),
  }
}

/** A certificate or key. @throws SourceError `file-unreadable` */
export async function readPem(io: Io, path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined
  try {
    return await readFile(pathIn(io, path), 'utf8')
  } catch (error) {
    throw createError('file-unreadable', { file: path, reason: (error as Error).message }, error)
  }
}

/** Notes each reason at most once in a minute, keeps the message when asked, and stops the stream when asked. */
function badMessageHandler(io: Io, { badMessages, deadLetters }: StreamCommandOptions): OnBad {
  const note = createSeldomNotes(io)
  return (raw, reason, detail) => {
    writeDeadLetter(
      io,
      { deadLetters },
      { reason, detail, origin: placeOf(raw), payload: raw.payload ?? null },
    )
    if (badMessages === 'stop')
      throw createError('message-unusable', { origin: placeOf(raw), reason, detail })
    note(reason, `${placeOf(raw)}: a message cannot be used (${reason}): ${detail}`)
  }
}
