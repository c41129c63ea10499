import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}

const java = (args: readonly string[]) => ['-cp', join(LIBS as string, '*'), ...args]

/** A real broker with its data in a folder; it can be killed and started again. */
export async function startKafka(folder: string) {
  const [port, controller] = [await freePort(), await freePort()]
  const properties = join(folder, 'server.properties')
  writeFileSync(
    properties,
    [
      'process.roles=broker,controller',
      'node.id=1',
      `controller.quorum.voters=1@127.0.0.1:${controller}`,
      `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
      `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
      'inter.broker.listener.name=PLAINTEXT',
      'controller.listener.names=CONTROLLER',
      'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
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
  execFileSync('java', java([tool, 'format', '-t', uuid, '-c', properties]), { stdio: 'ignore' })
  const start = async () => {
    const memory = ['-Xmx512m', '-Xms128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
    const child = spawn('java', [...memory, ...java(['kafka.Kafka', properties])], { stdio: 'ignore' })
    while (!(await canConnect(port))) if (child.exitCode !== null) throw new Error('Kafka did not start')
    return child
  }
  let child = await start()
  onTestFinished(() => void child.kill('SIGKILL'))
  return {
    address: `127.0.0.1:${port}`,
    async restart(signal: NodeJS.Signals) {
      child.kill(signal)
      await once(child, 'exit')
      child = await start()
    },
  }
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
