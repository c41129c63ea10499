import { createError } from '../core/errors.js'

export const isKafka = (url: string) => /^kafkas?:\/\//.test(url)

/** What an address of Kafka says. */
export interface KafkaAddress {
  readonly brokers: readonly string[]
  readonly hasTls: boolean
  /** What follows the brokers: a topic, or the prefix of topics. */
  readonly path: string
}

/**
 * Reads `kafka://host:9092,other:9092/topic`.
 *
 * @throws OptionError `option-invalid`
 * @example
 * import { kafkaAddress } from './kafka-address.js'
 * kafkaAddress('kafkas://a:9093,b/plant.readings', '--source') // => { "brokers": ["a:9093", "b:9092"], "hasTls": true, "path": "plant.readings" }
 */
export function kafkaAddress(url: string, name: string): KafkaAddress {
  const [, s, hosts, path] = /^kafka(s?):\/\/([^/@]+)\/([\w.-]+)\/?$/.exec(url) ?? []
  const brokers = (hosts ?? '').split(',').map(host => (/:\d+$/.test(host) ? host : `${host}:9092`))
  if (path === undefined || brokers.some(host => !/^[^:\s]+:\d+$/.test(host)))
    throw createError('option-invalid', {
      name,
      got: url,
      where: 'the command line or configuration',
      wanted:
        'it must be kafka://host:9092/topic, with commas between several brokers; user and password have options of their own',
    })
  return { brokers, hasTls: s === 's', path }
}
