import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openTopicReader } from '../../src/sources/index.js'
import type { Pair } from '../authority.js'
import { freePort } from './mosquitto.js'

/** The folder with the jars of Kafka, which `.ci/run` fetches. */
const LIBS = process.env.KAFKA_LIBS
const hasJava = () => {
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
/** Why tests with Kafka are skipped; undefined when they can run. */
export const NO_KAFKA =
  LIBS === undefined || !existsSync(LIBS)
    ? 'KAFKA_LIBS names no folder with the jars of Kafka'
    : hasJava()
      ? undefined
      : 'Java is not installed'

const java = (args: readonly string[]) => ['-cp', join(LIBS as string, '*'), ...args]

const SCRAM = ['SCRAM-SHA-256', 'SCRAM-SHA-512']

/** A listener with TLS and users, beside the plain one. */
export interface KafkaSecurity {
  readonly broker: Pair
  readonly user: string
  readonly password: string
}

function secureLines(folder: string, { broker, user, password }: KafkaSecurity): string[] {
  const pem = join(folder, 'kafka-broker.pem')
  writeFileSync(pem, Buffer.concat([broker.key, broker.cert]))
  const module = 'org.apache.kafka.common.security'
  return [
    'ssl.keystore.type=PEM',
    `ssl.keystore.location=${pem}`,
    `sasl.enabled.mechanisms=PLAIN,${SCRAM.join()}`,
    `listener.name.secure.plain.sasl.jaas.config=${module}.plain.PlainLoginModule required user_${user}="${password}";`,
    ...SCRAM.map(
      name =>
        `listener.name.secure.${name.toLowerCase()}.sasl.jaas.config=${module}.scram.ScramLoginModule required;`,
    ),
  ]
}

/**
 * A real broker with its data in a folder; it can be killed and started again.
 *
 * @param network makes a network to a port, and gives the port that clients use in its place
 */
export async function startKafka(
  folder: string,
  security?: KafkaSecurity,
  network?: (port: number) => Promise<number>,
) {
  const [port, controller, secure] = [await freePort(), await freePort(), await freePort()]
  const advertised = (await network?.(port)) ?? port
  const listeners = [
    `PLAINTEXT://127.0.0.1:${port}`,
    ...(security ? [`SECURE://127.0.0.1:${secure}`] : []),
  ].join()
  const properties = join(folder, 'server.properties')
  writeFileSync(
    properties,
    [
      'process.roles=broker,controller',
      'node.id=1',
      `controller.quorum.voters=1@127.0.0.1:${controller}`,
      `listeners=${listeners},CONTROLLER://127.0.0.1:${controller}`,
      `advertised.listeners=${listeners.replace(`:${port}`, `:${advertised}`)}`,
      'inter.broker.listener.name=PLAINTEXT',
      'controller.listener.names=CONTROLLER',
      'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL',
      ...(security ? secureLines(folder, security) : []),
      `log.dirs=${folder}/kafka`,
      'num.partitions=4',
      'offsets.topic.replication.factor=1',
      'offsets.topic.num.partitions=4',
      'transaction.state.log.replication.factor=1',
      'transaction.state.log.min.isr=1',
      'share.coordinator.state.topic.replication.factor=1',
      'share.coordinator.state.topic.min.isr=1',
      'group.initial.rebalance.delay.ms=0',
      'log.cleaner.dedupe.buffer.size=8388608',
    ].join('\n'),
  )
  const tool = 'kafka.tools.StorageTool'
  const id = execFileSync('java', java([tool, 'random-uuid']), {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const uuid = id.trim().split('\n').at(-1) as string
  const users = security
    ? SCRAM.flatMap(name => ['--add-scram', `${name}=[name=${security.user},password=${security.password}]`])
    : []
  execFileSync('java', java([tool, 'format', '-t', uuid, '-c', properties, ...users]), { stdio: 'ignore' })
  const start = async () => {
    const memory = ['-Xmx512m', '-Xms128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
    const child = spawn('java', [...memory, ...java(['kafka.Kafka', properties])], { stdio: 'ignore' })
    while (!(await canConnect(port))) if (child.exitCode !== null) throw new Error('Kafka did not start')
    return child
  }
  let child = await start()
  onTestFinished(() => void child.kill('SIGKILL'))
  return {
    address: `127.0.0.1:${advertised}`,
    secure: `127.0.0.1:${secure}`,
    async restart(signal: NodeJS.Signals) {
      child.kill(signal)
      await once(child, 'exit')
      child = await start()
    },
  }
}

/** The values of all records of a topic, partition by partition. */
export async function valuesIn(
  connection: Parameters<typeof openTopicReader>[0],
  topic: string,
): Promise<string[]> {
  const reader = await openTopicReader(connection, topic)
  const partitions = Array.from({ length: await reader.partitions() }, (_, p) => p)
  const all = await Promise.all(partitions.map(partition => reader.readAll(partition, 0n)))
  await reader.close()
  return all.flat().map(({ value }) => String(value))
}

function canConnect(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => setTimeout(() => resolve(false), 50))
  })
}
