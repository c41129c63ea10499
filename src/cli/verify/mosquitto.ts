import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { temporaryPath } from '../../files/index.js'

/** A broker of this run. */
export interface LocalBroker {
  readonly url: string
  stop(): Promise<void>
}

const PLACES = [
  'mosquitto',
  '/usr/sbin/mosquitto',
  '/usr/local/sbin/mosquitto',
  '/opt/homebrew/sbin/mosquitto',
]
const START_MS = 10_000
const STOP_MS = 2_000

/** Starts mosquitto on a free port of this machine; undefined where it is not installed or does not start. */
export async function startMosquitto(): Promise<LocalBroker | undefined> {
  const folder = await temporaryPath()
  await mkdir(folder, 0o700)
  const port = await freePort()
  const config = join(folder, 'mosquitto.conf')
  await writeFile(
    config,
    `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 1000\nmax_queued_messages 0\n`,
  )
  const remove = () => rm(folder, { recursive: true, force: true })
  for (const place of PLACES) {
    const child = spawn(place, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] })
    const exited = once(child, 'exit').catch(() => {})
    const isRunning = await Promise.race([
      new Promise<boolean>(resolve => {
        child.stderr.on('data', chunk => String(chunk).includes('running') && resolve(true))
        child.once('error', () => resolve(false))
      }),
      exited.then(() => false),
      new Promise<boolean>(resolve => setTimeout(resolve, START_MS, false).unref()),
    ])
    if (isRunning)
      return {
        url: `mqtt://127.0.0.1:${port}`,
        async stop() {
          child.kill('SIGTERM')
          // A signal that comes while mosquitto starts can be lost.
          const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
          await exited
          clearTimeout(timer)
          await remove()
        },
      }
    child.kill('SIGKILL')
  }
  await remove()
  return undefined
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}
