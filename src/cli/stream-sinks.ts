import { createError } from '../core/errors.js'
import {
  openLineSink,
  openMqttSink,
  type SinkContent,
  type SinkPlan,
  streamSink,
  webhookSink,
} from '../emit/index.js'
import { safeUrl } from '../sources/index.js'
import type { Io } from './io.js'
import { makeFolderOf, pathIn } from './paths.js'
import type { StreamCommandOptions } from './stream-options.js'
import { isBroker, mqttConnection } from './stream-source.js'

/** The sinks that the options of a stream ask for. @throws OptionError `option-conflict`, `option-invalid` */
export function streamSinks(io: Io, options: StreamCommandOptions): SinkPlan[] {
  const { events, scores } = options
  if (events === '-' && scores === '-')
    throw createError('option-conflict', { first: '--scores -', second: '--events -' })
  const files = { events, scores }
  const plans = (['events', 'scores'] as const).flatMap(content => {
    const path = files[content]
    return path === undefined ? [] : [linePlan(io, content, path)]
  })
  return [...plans, ...(options.sink ?? []).map(url => urlPlan(io, options, url))]
}

function linePlan(io: Io, content: SinkContent, path: string): SinkPlan {
  return {
    name: `${content} ${path}`,
    async open(from) {
      if (path === '-') return streamSink(io.stream, content)
      await makeFolderOf(pathIn(io, path), path)
      return openLineSink(pathIn(io, path), content, from)
    },
  }
}

function urlPlan(io: Io, options: StreamCommandOptions, url: string): SinkPlan {
  const name = safeUrl(url)
  if (isBroker(url)) {
    const address = new URL(url)
    const prefix = address.pathname.replace(/^\/+|\/+$/g, '') || 'telltale'
    address.pathname = ''
    const scores = options.publishScores
    return {
      name,
      open: async from =>
        openMqttSink(await mqttConnection(io, options, address.href, 'sink'), { prefix, scores }, from),
    }
  }
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw createError('option-invalid', {
      name: '--sink',
      got: url,
      where: 'the command line or configuration',
      wanted: 'it must be a URL that begins with https://, http://, mqtt:// or mqtts://',
    })
  return { name, open: async from => webhookSink(url, { secret: options.webhookSecret }, from) }
}
