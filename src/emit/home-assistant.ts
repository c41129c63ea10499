import { createHash } from 'node:crypto'
import { noticeOf } from './notice.js'
import type { LiveOutput } from './sink.js'
import type { SpoolRecord } from './spool.js'

export interface HomeAssistantOptions {
  /** First level of the topics of discovery, `homeassistant` unless Home Assistant is configured otherwise. */
  readonly discovery: string
  /** Of the sink: topics of a device are `{prefix}/{device}/...`. */
  readonly prefix: string
  /** Scores are published, so there is a sensor for them. */
  readonly scores: boolean
}

/** Devices that are announced at most. */
const MOST_DEVICES = 10_000
const ORIGIN = { name: 'telltale' }

/** Announces devices to Home Assistant by MQTT discovery, and gives the states of their sensors. */
export interface HomeAssistant {
  /** Retained records: configurations of devices that are new, and states that change. */
  records(output: LiveOutput, level: string): SpoolRecord[]
  /** The configurations of all devices: Home Assistant has started again. */
  again(): SpoolRecord[]
  /** Devices that were announced; opened with them, they keep their states. */
  state(): [level: string, device: string][]
}

/**
 * Each device has a binary sensor `anomaly` (class `problem`), one for its connection (class `connectivity`) and, with scores, a sensor `score`. They are available
 * while the program runs. See https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery.
 */
export function createHomeAssistant(
  options: HomeAssistantOptions,
  from: readonly (readonly [level: string, device: string])[] = [],
): HomeAssistant {
  const known = new Map(from)
  return {
    records({ device, events }, level) {
      const records: SpoolRecord[] = []
      const base = `${options.prefix}/${level}`
      const state = (to: string, isOn: boolean) =>
        records.push({ to: `${base}/${to}`, body: isOn ? 'ON' : 'OFF', retain: true })
      if (!known.has(level) && known.size < MOST_DEVICES) {
        const name = device === '' ? 'device' : device
        known.set(level, name)
        records.push(...configsOf(name, level, options))
        state('anomaly', false)
        state('connected', true)
      }
      for (const { kind, change, channel } of events.map(noticeOf)) {
        if (kind === 'anomaly') state('anomaly', change !== 'closed')
        else if (kind === 'coverage' && channel === undefined) state('connected', change === 'closed')
      }
      return records
    },
    again: () => [...known].flatMap(([level, name]) => configsOf(name, level, options)),
    state: () => [...known],
  }
}

/** Letters, digits, `_` and `-`; other names get a digest, so that no two are the same. */
function idOf(device: string): string {
  const id = device.replace(/[^\w-]/g, '_')
  return id === device ? id : `${id}_${createHash('sha256').update(device).digest('hex').slice(0, 8)}`
}

function configsOf(
  name: string,
  level: string,
  { discovery, prefix, scores }: HomeAssistantOptions,
): SpoolRecord[] {
  const id = `telltale_${idOf(name)}`
  const base = `${prefix}/${level}`
  const config = (component: string, object: string, more: object): SpoolRecord => ({
    to: `${discovery}/${component}/${id}/${object}/config`,
    body: JSON.stringify({
      unique_id: `${id}_${object}`,
      object_id: `${id}_${object}`,
      availability_topic: `${prefix}/status`,
      device: { identifiers: [id], name, manufacturer: ORIGIN.name },
      origin: ORIGIN,
      ...more,
    }),
    retain: true,
  })
  return [
    config('binary_sensor', 'anomaly', {
      name: 'Anomaly',
      device_class: 'problem',
      state_topic: `${base}/anomaly`,
      json_attributes_topic: `${base}/event`,
      json_attributes_template: '{{ value_json.data | tojson }}',
    }),
    config('binary_sensor', 'connected', {
      name: 'Connected',
      device_class: 'connectivity',
      entity_category: 'diagnostic',
      state_topic: `${base}/connected`,
    }),
    ...(scores
      ? [
          config('sensor', 'score', {
            name: 'Score',
            state_class: 'measurement',
            state_topic: `${base}/score`,
            value_template: '{{ value_json.score }}',
          }),
        ]
      : []),
  ]
}
