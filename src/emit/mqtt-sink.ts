import type { Json } from '../core/state.js'
import { type MqttConnection, openMqttPublisher } from '../sources/index.js'
import { createHomeAssistant } from './home-assistant.js'
import { jsonLines } from './scores.js'
import type { LiveOutput, Sink } from './sink.js'
import { type Delivering, Spool } from './spool.js'

const statusAt = (topic: string) => ({
  topic,
  payloadOf: (isThere: boolean) => (isThere ? 'online' : 'offline'),
})

/** The name of a device as one level of a topic. */
const levelOf = (device: string) => encodeURIComponent(device === '' ? 'device' : device)

const announcedIn = (state: Json) => (state as { announced?: [string, string][] } | null)?.announced

/** Where an MQTT sink publishes, and what. */
export interface MqttSinkOptions extends Pick<Delivering, 'onLost'> {
  readonly prefix: string
  readonly scores: boolean
  /** First level of the topics by which Home Assistant finds devices; absent: they are not announced. */
  readonly discovery?: string
}

/**
 * Publishes events to `{prefix}/{device}/event` with QoS 1, until the broker has them, and, when asked, scores to `{prefix}/{device}/score` with QoS 0:
 * scores without a connection are counted as lost.
 *
 * @throws SourceError `package-missing`, `broker-unreachable`
 */
export async function openMqttSink(
  connection: MqttConnection,
  { prefix, scores, discovery, onLost }: MqttSinkOptions,
  from: Json = null,
): Promise<Sink> {
  const publisher = await openMqttPublisher({ ...connection, status: statusAt(`${prefix}/status`) })
  const spool = new Spool(
    {
      async deliver({ to, body, retain }, signal) {
        let stop = () => {}
        const stopped = new Promise<never>((_, reject) => {
          stop = () => reject(new Error('stopped'))
        })
        signal.addEventListener('abort', stop, { once: true })
        await Promise.race([publisher.publish(to, body, 1, retain), stopped])
        signal.removeEventListener('abort', stop)
        return true
      },
      onLost,
    },
    from,
  )
  const home =
    discovery === undefined
      ? undefined
      : createHomeAssistant({ discovery, prefix, scores }, announcedIn(from))
  if (home)
    await publisher.hear(`${discovery}/status`, payload => payload === 'online' && spool.add(home.again()))
  let lostScores = 0
  const publishScores = async ({ device, scored }: LiveOutput) => {
    if (scored === undefined) return
    for (const line of jsonLines(scored)) {
      if (!publisher.isConnected()) lostScores++
      else await publisher.publish(`${prefix}/${levelOf(device)}/score`, line.trimEnd(), 0)
    }
  }
  return {
    async write(outputs) {
      for (const output of outputs) {
        const level = levelOf(output.device)
        const to = `${prefix}/${level}/event`
        if (home) spool.add(home.records(output, level))
        spool.add(output.events.map(event => ({ to, body: JSON.stringify(event) })))
        if (scores) await publishScores(output)
      }
    },
    state: async () => ({ ...(spool.state() as object), ...(home && { announced: home.state() }) }),
    counts: () => ({ waiting: spool.counts().waiting, lost: spool.counts().lost + lostScores }),
    drain: timeout => spool.drain(timeout),
    async close(rest) {
      spool.stop(rest)
      await publisher.close()
    },
  }
}
