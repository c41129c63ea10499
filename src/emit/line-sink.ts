import { type FileHandle, open } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import type { Json } from '../core/state.js'
import { writeError } from '../files/index.js'
import { LIVE_HEADERS, liveRows } from './live-rows.js'
import { streamOutput } from './output.js'
import { inPieces } from './pieces.js'
import { jsonLines } from './scores.js'
import type { LiveOutput, Sink, SinkContent } from './sink.js'

function* linesOf(outputs: readonly LiveOutput[], content: SinkContent): Generator<string> {
  for (const { scored, events } of outputs) {
    if (content === 'events') for (const event of events) yield `${JSON.stringify(event)}\n`
    else if (scored) yield* jsonLines(scored)
  }
}

/** JSON lines to a stream such as standard output; after a restart lines since the last save come again. */
export function streamSink(stream: Writable, content: SinkContent): Sink {
  const output = streamOutput(stream)
  return {
    write: outputs => output.write(linesOf(outputs, content)),
    state: async () => null,
    counts: () => ({ waiting: 0, lost: 0 }),
    drain: async () => {},
    close: () => output.finish(),
  }
}

/**
 * Lines appended to a file: of CSV where its name ends in `.csv`, else JSON. Opened with a state, it cuts what was written after that: lines that are made again are there once.
 *
 * @throws SourceError `file-unwritable`
 */
export async function openLineSink(path: string, content: SinkContent, from: Json = null): Promise<Sink> {
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw writeError(path, error)
    }
  }
  const handle: FileHandle = await guarded(() => open(path, 'a'))
  const saved = (from as { bytes?: number } | null)?.bytes
  let bytes = await guarded(async () => (await handle.stat()).size)
  if (saved !== undefined && saved < bytes) {
    await guarded(() => handle.truncate(saved))
    bytes = saved
  }
  const isCsv = path.toLowerCase().endsWith('.csv')
  const append = (lines: Iterable<string>) =>
    guarded(async () => {
      for (const piece of inPieces(lines)) {
        const buffer = Buffer.from(piece)
        for (let at = 0; at < buffer.length; ) at += (await handle.write(buffer, at)).bytesWritten
        bytes += buffer.length
      }
    })
  if (isCsv && bytes === 0) await append([LIVE_HEADERS[content]])
  return {
    write: outputs => append(isCsv ? liveRows(outputs, content) : linesOf(outputs, content)),
    state: () => guarded(async () => handle.datasync().then(() => ({ bytes }))),
    counts: () => ({ waiting: 0, lost: 0 }),
    drain: async () => {},
    close: () => guarded(() => handle.close()),
  }
}
