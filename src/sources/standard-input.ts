import type { Readable } from 'node:stream'
import type { RawMessage, Source } from './contract.js'
import type { Decoded } from './decode.js'
import { Inbox } from './inbox.js'
import { type Line, LineReader, type LineReaderOptions, LineSplitter } from './lines.js'
import { type Item, type OnBad, sourceOf } from './source.js'

/** How any source reads its messages. */
export interface SourceOptions extends LineReaderOptions {
  readonly decode: (raw: RawMessage) => Decoded
  readonly onBad: OnBad
  /** Messages that wait at most. */
  readonly capacity: number
}

/** The lines of a stream of bytes, as they come. It cannot go back: what is sent again is recognised by its times. */
export function streamSource(stream: Readable, options: SourceOptions): Source {
  const inbox = new Inbox<Item>(options.capacity)
  const reader = new LineReader('standard input', options)
  const putAll = (messages: ReturnType<typeof reader.end>) => {
    let full: Promise<void> | undefined
    for (const { raw } of messages) full = inbox.put({ raw }) ?? full
    return full
  }
  const put = (line: Line) => putAll(reader.read(line))
  const pump = async () => {
    const splitter = new LineSplitter()
    for await (const chunk of stream) {
      let full: Promise<void> | undefined
      for (const line of splitter.push(Buffer.from(chunk))) full = put(line) ?? full
      await full
    }
    for (const line of splitter.end()) put(line)
    putAll(reader.end())
  }
  let isStopped = false
  const stop = () => {
    isStopped = true
    inbox.end()
    stream.destroy()
  }
  pump().then(
    () => inbox.end(),
    error => inbox.end(isStopped ? undefined : error),
  )
  return sourceOf('standard input', inbox, options.decode, options.onBad, { stop, close: async () => stop() })
}
