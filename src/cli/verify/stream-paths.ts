import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { trainedReading } from '../../ingest/index.js'
import { type ModelOf, memoryStore, type RunOptions, runStream, type StreamCounts } from '../../live/index.js'
import { createRuntime } from '../../runtime/index.js'
import type { Io } from '../io.js'
import { pathIn } from '../paths.js'
import { openStreamModels } from '../stream-models.js'
import { streamOptions } from '../stream-options.js'
import { hasOneReading, openStreamSource } from '../stream-source.js'
import type { VerifyInput, VerifyPath } from './input.js'
import { type Recordings, recordingSink } from './recording.js'

/** Text with a row on each line, which a stream reads as it is. */
const LINES = /\.(csv|tsv|txt|ndjson|jsonl)$/i
const LONGEST_WAIT_MS = 30_000

/** The bytes of the file through a pipe. */
export const standardInput: VerifyPath = {
  name: 'standard input',
  run: (input, into) =>
    fileThrough(input, into, '-', { ...input.io, stdin: createReadStream(pathIn(input.io, input.data)) }),
}

/** The file as one that grows. */
export const growingFile: VerifyPath = {
  name: 'growing file',
  run: (input, into) => fileThrough(input, into, input.data, input.io),
}

async function fileThrough(
  input: VerifyInput,
  into: Recordings,
  source: string,
  io: Io,
): Promise<string | undefined> {
  const why = await unreadable(input)
  if (why !== undefined) return why
  const options = streamOptions.parse({ model: [input.place], source, follow: false })
  const models = await openStreamModels([{ place: input.place }], createRuntime(1), io)
  await runStream({
    ...verifyRun(input.io.signal, models.modelOf),
    sampling: { ...ROWS, joinMs: hasOneReading(options, models) ? 0 : null },
    store: memoryStore(),
    sinks: [{ name: 'recording', open: async () => recordingSink(into) }],
    openSource: from => openStreamSource(io, options, models, from),
  })
  return undefined
}

/** Why a stream does not read the file as the table is read. */
async function unreadable({ io, data, fleet }: VerifyInput): Promise<string | undefined> {
  const isFile = (await stat(pathIn(io, data)).catch(() => undefined))?.isFile() ?? false
  if (!isFile || !LINES.test(data)) return 'the table is no text file with a row on each line'
  const { where } = trainedReading(fleet.trained.options)
  if (where !== undefined) return 'the training took a part of the rows, which a stream does not'
  if (fleet.members === undefined && fleet.trained.device !== undefined)
    return 'the model is for one device of the table'
  return undefined
}

const ROWS: RunOptions['sampling'] = {
  joinMs: null,
  waitMs: 0,
  maxAgeMs: 0,
  silentAfterMs: Number.POSITIVE_INFINITY,
}

/** How messages are taken: every one, whenever it comes. */
export function verifyRun(signal: AbortSignal, modelOf: ModelOf) {
  return {
    modelOf,
    settings: {},
    sampling: ROWS,
    resident: Number.POSITIVE_INFINITY,
    mostDevices: Number.POSITIVE_INFINITY,
    aheadMs: Number.POSITIVE_INFINITY,
    ratePerSecond: Number.POSITIVE_INFINITY,
    now: () => Date.now(),
    checkpointMs: Number.POSITIVE_INFINITY,
    signal,
  }
}

/** Stops a run when all messages came, or none for a long time. */
export function untilReceived(signal: AbortSignal, messages: number) {
  const stop = new AbortController()
  let newest = { received: -1, atMs: Date.now() }
  return {
    signal: AbortSignal.any([signal, stop.signal]),
    onProgress({ received }: StreamCounts) {
      const nowMs = Date.now()
      if (received !== newest.received) newest = { received, atMs: nowMs }
      if (received >= messages || nowMs - newest.atMs > LONGEST_WAIT_MS) stop.abort()
    },
  }
}
