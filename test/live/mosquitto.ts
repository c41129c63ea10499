import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { onTestFinished } from 'vitest'

/** Path of the broker, or undefined where it is not installed. */
function findMosquitto(): string | undefined {
  for (const path of ['mosquitto', '/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto'])
    try {
      execFileSync(path, ['-h'], { stdio: 'ignore' })
      return path
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return path
    }
}
export const MOSQUITTO = findMosquitto()

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}

/** @param security lines of its configuration: certificates, users; anyone may connect without them */
export async function startBroker(
  folder: string,
  security: readonly string[] = ['allow_anonymous true'],
): Promise<Broker> {
  const port = await freePort()
  const config = join(folder, 'mosquitto.conf')
  const keeping = ['persistence true', `persistence_location ${folder}/`, 'autosave_interval 1']
  const write = (lines: readonly string[]) =>
    writeFileSync(
      config,
      [`listener ${port} 127.0.0.1`, ...lines, 'max_queued_messages 0', ...keeping, 'user root'].join('\n'),
    )
  write(security)
  const start = async () => {
    const child = spawn(MOSQUITTO as string, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] })
    await new Promise<void>((resolve, reject) => {
      let said = ''
      child.stderr.on('data', chunk => {
        said += chunk
        if (said.includes('running')) resolve()
      })
      child.once('exit', () => reject(new Error(`mosquitto did not start: ${said}`)))
    })
    return child
  }
  let child = await start()
  const stop = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await once(child, 'exit')
  }
  onTestFinished(() => void child.kill('SIGKILL'))
  return {
    url: `${security.some(line => line.startsWith('certfile')) ? 'mqtts' : 'mqtt'}://127.0.0.1:${port}`,
    port,
    async restart(signal = 'SIGTERM', lines = security) {
      await stop(signal)
      write(lines)
      child = await start()
    },
  }
}

/** A real broker that keeps sessions on the disk; it can be killed and started again, also with other lines. */
export interface Broker {
  readonly url: string
  readonly port: number
  restart(signal?: NodeJS.Signals, security?: readonly string[]): Promise<void>
}

export async function connect(url: string, more: mqtt.IClientOptions = {}): Promise<mqtt.MqttClient> {
  const options = { clientId: 'test', protocolVersion: 5, reconnectPeriod: 50, ...more } as const
  const client = await mqtt.connectAsync(url, options)
  onTestFinished(() => void client.end(true))
  return client
}

/** Resolves when a line of stderr fits. */
export function watch() {
  const waiting: { pattern: RegExp; resolve: (line: string) => void }[] = []
  return {
    onLine(line: string) {
      for (const { pattern, resolve } of waiting) if (pattern.test(line)) resolve(line)
    },
    until: (pattern: RegExp) => new Promise<string>(resolve => waiting.push({ pattern, resolve })),
  }
}
