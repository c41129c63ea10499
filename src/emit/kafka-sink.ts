import type { Json } from '../core/state.js'
import { ensureTopic, type KafkaConnection, openKafkaWriter, openTopicReader } from '../sources/index.js'
import { jsonLines } from './scores.js'
import type { Sink } from './sink.js'

/**
 * Writes events to the topic `{prefix}.events` and, when asked, scores to `{prefix}.scores`, with the device as key. It waits while the cluster is
 * away. Opened with a state, it reads which events are in the topic since then: an event that is made again is there once.
 *
 * @throws SourceError `package-missing`, `broker-unreachable`
 */
export async function openKafkaSink(
  connection: KafkaConnection,
  { prefix, scores }: { readonly prefix: string; readonly scores: boolean },
  from: Json = null,
): Promise<Sink> {
  const topic = `${prefix}.events`
  const scoreTopic = `${prefix}.scores`
  await ensureTopic(connection, topic, -1)
  if (scores) await ensureTopic(connection, scoreTopic, -1)
  const reader = await openTopicReader(connection, topic)
  const ends = (from as { ends?: string[] } | null)?.ends
  const there = new Set<string>()
  if (ends !== undefined)
    for (const [partition, end] of ends.entries())
      for (const { value } of await reader.readAll(partition, BigInt(end)))
        if (value !== null) there.add(JSON.parse(value.toString()).id)
  const writer = await openKafkaWriter(connection)
  return {
    async write(outputs) {
      const events = outputs.flatMap(({ device, events }) =>
        events
          .filter(({ id }) => !there.delete(id))
          .map(event => ({ topic, key: device, value: JSON.stringify(event) })),
      )
      const lines = scores
        ? outputs.flatMap(({ device, scored }) =>
            scored === undefined
              ? []
              : Array.from(jsonLines(scored), line => ({
                  topic: scoreTopic,
                  key: device,
                  value: line.trimEnd(),
                })),
          )
        : []
      await writer.write([...events, ...lines])
    },
    state: async () => ({ ends: (await reader.offsets('end')).map(String) }),
    counts: () => ({ waiting: 0, lost: 0 }),
    drain: async () => {},
    async close() {
      await writer.close()
      await reader.close()
    },
  }
}
