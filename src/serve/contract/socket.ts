import { z } from 'zod'
import { problem, slug } from './common.js'
import { liveCoverage, liveDrift, liveEvent, liveQuery, liveSample, liveStatus } from './live.js'
import { pushedMessages, pushResult } from './stream.js'

/** Chosen by the client, and in every answer to the message. */
const messageId = z.union([z.number(), z.string().max(100)])

/** What a client sends over a WebSocket: one JSON object in each message. */
export const socketRequest = z.discriminatedUnion('type', [
  /** Samples, events and coverage of a device from now on; without one the events and coverage of all. The id is that of the watch. */
  z.strictObject({ type: z.literal('watch'), id: messageId, ...liveQuery.shape }),
  z.strictObject({ type: z.literal('unwatch'), id: messageId }),
  /** Messages of devices. It is answered when they are on the disk; with `idempotencyKey`, a repetition changes nothing. */
  z.strictObject({
    type: z.literal('push'),
    id: messageId,
    stream: slug,
    messages: pushedMessages,
    idempotencyKey: z.string().max(200).optional(),
  }),
])
export type SocketRequest = z.output<typeof socketRequest>

const live = <Type extends string, Data extends z.ZodType>(type: Type, data: Data) =>
  z.object({ type: z.literal(type), watch: messageId, data })

/** What the server sends over a WebSocket. */
export const socketMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('watching'), id: messageId }),
  z.object({ type: z.literal('unwatched'), id: messageId }),
  z.object({ type: z.literal('pushed'), id: messageId, ...pushResult.shape }),
  /** A message that was refused; `id` is null where it had none. */
  z.object({ type: z.literal('error'), id: messageId.nullable(), problem }),
  live('sample', liveSample),
  live('status', liveStatus),
  live('event', liveEvent),
  live('coverage', liveCoverage),
  live('drift', liveDrift),
])
export type SocketMessage = z.output<typeof socketMessage>
