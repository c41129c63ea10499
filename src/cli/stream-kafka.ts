import { createError } from '../core/errors.js'
import { type GroupOptions, runGroup } from '../live/index.js'
import { type KafkaConnection, type KafkaGroup, openKafkaGroup, type Source } from '../sources/index.js'
import type { Io } from './io.js'
import { type KafkaAddress, kafkaAddress } from './kafka-address.js'
import { createTroubleNotes } from './seldom-notes.js'
import type { StreamModels } from './stream-models.js'
import type { StreamCommandOptions } from './stream-options.js'
import { readPem, streamReading } from './stream-source.js'

/** How a cluster is reached. @throws OptionError `option-missing` */
export async function kafkaConnection(
  io: Io,
  options: StreamCommandOptions,
  { brokers, hasTls }: KafkaAddress,
): Promise<KafkaConnection> {
  const { kafkaUser: username, kafkaPassword: password, kafkaSasl: mechanism } = options
  if (username !== undefined && password === undefined)
    throw createError('option-missing', { name: '--kafka-password' })
  const [ca, cert, key] = await Promise.all(
    [options.kafkaCa, options.kafkaCert, options.kafkaKey].map(path => readPem(io, path)),
  )
  return {
    brokers,
    clientId: options.group,
    onTrouble: createTroubleNotes(io, `kafka://${brokers.join(',')}`),
    ...((hasTls || ca || cert) && { tls: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) } }),
    ...(username !== undefined && password !== undefined && { sasl: { mechanism, username, password } }),
  }
}

async function openGroup(io: Io, options: StreamCommandOptions, models: StreamModels) {
  const address = kafkaAddress(options.source, '--source')
  const connection = await kafkaConnection(io, options, address)
  const { group, columns } = options
  const reading = streamReading(io, options, models)
  const opened = await openKafkaGroup({ ...reading, connection, topic: address.path, group, columns })
  return { group: opened, connection, topic: address.path }
}

/** The first messages of the largest partition, without a membership in the group. */
export async function openKafkaPreview(
  io: Io,
  options: StreamCommandOptions,
  models: StreamModels,
): Promise<Source> {
  const { group } = await openGroup(io, options, models)
  const source = await group.open(await group.largest(), null)
  return {
    ...source,
    async close() {
      await source.close()
      await group.close()
    },
  }
}

/** Runs the partitions that the group gives to this program. @throws OptionError `option-conflict` */
export async function streamKafka(
  io: Io,
  options: StreamCommandOptions,
  models: StreamModels,
  running: Omit<GroupOptions, 'group' | 'connection' | 'stateTopic'>,
): Promise<void> {
  if (options.state !== undefined)
    throw createError('option-conflict', { first: '--state', second: '--source kafka://' })
  const opened: { group: KafkaGroup; connection: KafkaConnection; topic: string } = await openGroup(
    io,
    options,
    models,
  )
  const { stateTopic = `${opened.topic}.${options.group}.state` } = options
  await runGroup({ ...running, ...opened, stateTopic })
}
