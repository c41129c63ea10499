import { createError } from '../core/errors.js'
import { formatOfFile } from '../core/file-format.js'
import {
  notifySink,
  openKafkaSink,
  openLineSink,
  openMqttSink,
  type SinkContent,
  type SinkPlan,
  streamSink,
} from '../emit/index.js'
import { safeUrl } from '../sources/index.js'
import { handlersOf } from './dead-letters.js'
import { httpPlan } from './http-sinks.js'
import type { Io } from './io.js'
import { isKafka, kafkaAddress } from './kafka-address.js'
import { mailPlan } from './mail-sink.js'
import { makeFolderOf, pathIn } from './paths.js'
import { parseRate } from './rate.js'
import { kafkaConnection } from './stream-kafka.js'
import type { StreamCommandOptions } from './stream-options.js'
import { isBroker, mqttConnection } from './stream-source.js'

/**
 * The sinks that the options of a stream ask for.
 *
 * @param partition of Kafka: its sinks have a client of their own at MQTT brokers, and append to files that they share
 * @throws OptionError `option-conflict`, `option-invalid`, `format-unknown`
 */
export function streamSinks(io: Io, options: StreamCommandOptions, partition?: number): SinkPlan[] {
  const { events, scores } = options
  if (events === '-' && scores === '-')
    throw createError('option-conflict', { first: '--scores -', second: '--events -' })
  const files = { events, scores }
  const plans = (['events', 'scores'] as const).flatMap(content => {
    const path = files[content]
    return path === undefined || path === false ? [] : [linePlan(io, content, path, partition === undefined)]
  })
  return [
    ...plans,
    ...(options.sink ?? []).map(url => notified(urlPlan(io, options, url, partition), options)),
  ]
}

/** A receiver that is sent as much as `--notify-limit` says. */
function notified({ name, open }: SinkPlan, { notifyLimit }: StreamCommandOptions): SinkPlan {
  const limit = notifyLimit === undefined ? undefined : parseRate(notifyLimit)
  return { name, open: from => notifySink(limit, open, () => Date.now(), from) }
}

/** Endings of files of lines; others name formats that are not written as samples come. */
const LINES = { '.jsonl': true, '.ndjson': true, '.csv': true, '.log': true, '.txt': true, '': true }

function linePlan(io: Io, content: SinkContent, path: string, isOwn: boolean): SinkPlan {
  if (path !== '-') formatOfFile(path, LINES)
  return {
    name: `${content} ${path}`,
    async open(from) {
      if (path === '-') return streamSink(io.stream, content)
      await makeFolderOf(pathIn(io, path), path)
      return openLineSink(pathIn(io, path), content, isOwn ? from : null)
    },
  }
}

function urlPlan(io: Io, options: StreamCommandOptions, url: string, partition?: number): SinkPlan {
  const name = safeUrl(url)
  if (isKafka(url)) {
    const address = kafkaAddress(url, '--sink')
    const to = { prefix: address.path, scores: options.publishScores }
    return { name, open: async from => openKafkaSink(await kafkaConnection(io, options, address), to, from) }
  }
  if (isBroker(url)) {
    const address = new URL(url)
    const prefix = address.pathname.replace(/^\/+|\/+$/g, '') || 'telltale'
    address.pathname = ''
    const { publishScores: scores, homeAssistant: discovery } = options
    const role = partition === undefined ? 'sink' : `sink-${partition}`
    return {
      name,
      open: async from =>
        openMqttSink(
          await mqttConnection(io, options, address.href, role),
          { prefix, scores, discovery, onLost: handlersOf(io, options, name).onLost },
          from,
        ),
    }
  }
  return /^smtps?:/.test(url) ? mailPlan(io, options, url) : httpPlan(io, options, url)
}
