import { join } from 'node:path'
import { counted } from '../../core/counted.js'
import { DAY_MS } from '../../core/milliseconds.js'
import type { Logger } from '../../observe/index.js'
import { trainModel } from '../../pipeline/index.js'
import { deviceFolder, saveModel, stageVersion } from '../../store/index.js'
import { createServer, type Server } from '../create-server.js'
import { explainEvent } from '../keep/explanation.js'
import { BEFORE, CADENCE_MS, type DemoDevice, demoMessages, demoPlant } from './plant.js'

export interface DemoOptions {
  /** A folder of its own, for models and data. */
  readonly folder: string
  readonly port: number
  readonly log: Logger
  readonly signal: AbortSignal
  /** Receives a line about each thing that happens. */
  print(line: string): void
}

const STREAM = 'plant'
const SPEED = 60
/** Messages of one push. */
const PUSH = 500

/**
 * Generates a plant, trains a model for each device, serves them with the page and sends live samples with a fault every minute, until the signal aborts or the
 * samples end (50 minutes).
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { folder, print, log, signal } = options
  const devices = demoPlant(Date.now() - 3 * DAY_MS)
  print(`a plant of ${counted(devices.length, 'device')}: ${devices.map(({ name }) => name).join(', ')}`)
  await trainAll(devices, join(folder, 'models'))
  print(
    `a model of normal operation for each of them, from ${counted(devices[0].history.timeMs.length, 'sample')}`,
  )
  const server = await createServer({ models: join(folder, 'models'), data: join(folder, 'data'), log })
  try {
    const { streams, keys } = server.services
    await streams.create({
      name: STREAM,
      model: STREAM,
      source: 'push',
      map: [],
      wait: '0ms',
      maxAge: '0ms',
      silentAfter: '60s',
    })
    const history = demoMessages(devices, 0, BEFORE)
    for (let at = 0; at < history.length; at += PUSH)
      await streams.push(STREAM, history.slice(at, at + PUSH).join('\n'))
    const { key } = await keys.create('demo', 'admin')
    const address = await server.listen(options.port)
    print(`open ${address}/app/#key=${key}`)
    print(`samples come at ${SPEED} times the speed, with a fault every minute. What to look at:`)
    print('  overview: the lane of the device with a fault moves to the top')
    print(
      '  the event: which channel, since when, what kind, in one sentence; then say whether it was expected',
    )
    const unwatch = printAlarms(server, options)
    await live(server, devices, signal)
    unwatch()
  } finally {
    await server.close()
  }
}

async function trainAll(devices: readonly DemoDevice[], models: string): Promise<void> {
  const registry = { folder: models, by: 'demo', now: () => new Date() }
  const staged = await stageVersion(registry, STREAM)
  for (const { name, history } of devices) {
    const settings = { detector: 'linear-var', window: 20, eventLength: 0, workers: 1 } as const
    const model = await trainModel(history, settings, { device: name })
    await saveModel(model, join(staged.path, deviceFolder(name)))
  }
  await staged.publish('telltale demo')
}

/** Explains each event soon after it opened. */
function printAlarms({ services }: Server, { print, signal, log }: DemoOptions): () => void {
  return services.live.watch(undefined, message => {
    if (message.type !== 'event' || message.data.change !== 'opened') return
    const { id, device } = message.data.event
    explainEvent(services, id, signal).then(
      ({ sentence }) => print(`alarm: ${services.keep.devices.get(device)?.name ?? device}: ${sentence}`),
      error => log.warn({ err: error }, 'an event could not be explained'),
    )
  })
}

async function live(
  { services }: Server,
  devices: readonly DemoDevice[],
  signal: AbortSignal,
): Promise<void> {
  const count = devices[0].live.timeMs.length
  for (let i = BEFORE; i < count && !signal.aborted; i++) {
    await services.streams.push(STREAM, demoMessages(devices, i, i + 1).join('\n'))
    await new Promise<void>(resolve => {
      const timer = setTimeout(done, CADENCE_MS / SPEED)
      function done() {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        resolve()
      }
      signal.addEventListener('abort', done, { once: true })
    })
  }
}
