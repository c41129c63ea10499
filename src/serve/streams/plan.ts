import { parse } from 'yaml'
import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { TIME_UNITS } from '../../core/time-unit.js'
import { readTextFile } from '../../files/index.js'
import { calibrateDevicesOption } from '../../live/index.js'
import { watchOptions } from '../../session/index.js'
import { slug } from '../contract/index.js'

const duration = z.string().regex(/^\d+(ms|s|m|h|d)$/, 'it must be a duration such as 10s')

/** How a stream is made. */
export const streamPlan = z.strictObject({
  name: slug,
  /** `NAME`, `NAME@VERSION` or `NAME@ALIAS`: another version that it names is used within a second. */
  model: z.string().min(1).max(120),
  /** `push`, or the URL of an MQTT broker; its password comes from TELLTALE_MQTT_PASSWORD. */
  source: z
    .string()
    .max(500)
    .regex(/^(push$|mqtts?:\/\/|wss?:\/\/)/, 'it must be `push` or the URL of an MQTT broker')
    .default('push'),
  topics: z.array(z.string().max(500)).max(100).optional(),
  user: z.string().max(200).optional(),
  /** Which field of a message is what, such as `time=ts`; `device`, `time` and the channels are found by name. */
  map: z.array(z.string().max(500)).max(1000).default([]),
  /** How times and numbers are written, as in the options of `telltale stream`. Default: as in the training. */
  timeFormat: z.string().min(1).max(200).optional(),
  timeZone: z.string().min(1).max(100).optional(),
  timeUnit: z.enum(TIME_UNITS).optional(),
  decimal: z.enum(['.', ',']).optional(),
  /** Readings at most this far apart are one sample; without it each message is one. */
  join: duration.optional(),
  wait: duration.default('0ms'),
  maxAge: duration.default('0ms'),
  silentAfter: duration.default('60s'),
  calibrateDevices: calibrateDevicesOption,
  ...watchOptions,
})
export type StreamPlan = z.output<typeof streamPlan>

const file = z.strictObject({ streams: z.array(streamPlan).max(1000) })

const LIMIT_BYTES = 1024 * 1024

/** Reads a file of streams, YAML or JSON. Errors: those of reading a file, `config-unreadable`, `option-invalid` with the place. */
export async function readStreamPlans(path: string): Promise<readonly StreamPlan[]> {
  const text = await readTextFile(path, LIMIT_BYTES)
  let content: unknown
  try {
    content = parse(text, { maxAliasCount: 0 })
  } catch (error) {
    const { linePos, message } = error as Error & { linePos?: readonly { line: number }[] }
    throw createError(
      'config-unreadable',
      { file: path, reason: message.split('\n')[0], line: linePos?.[0]?.line ?? 1 },
      error,
    )
  }
  const result = file.safeParse(content)
  if (result.success) return result.data.streams
  const [issue] = result.error.issues
  throw createError('option-invalid', {
    name: issue.path.join('.'),
    got: 'not accepted',
    where: path,
    wanted: issue.message,
  })
}
