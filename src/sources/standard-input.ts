import type { Readable } from 'node:stream'
import type { RawMessage, Source } from './contract.js'
import type { Decoded } from './decode.js'
import { Inbox } from './inbox.js'
import { type LineFormat, LineSplitter, lineReader } from './lines.js'
import { type Item, type OnBad, sourceOf } from './source.js'

/** How any source reads its messages. */
export interface SourceOptions {
  readonly decode: (raw: RawMessage) => Decoded
  readonly onBad: OnBad
  /** Messages that wait at most. */
  readonly capacity: number
  readonly lines: LineFormat
}

/** The lines of a stream of bytes, as they come. It cannot go back: what is sent again is recognised by its times. */
export function streamSource(stream: Readable, options: SourceOptions): Source {
  const inbox = new Inbox<Item>(options.capacity)
  const { read } = lineReader(options.lines, 'standard input')
  const put = (text: string | undefined) => {
    const raw = read(text)
    return raw && inbox.put({ raw })
  }
  const pump = async () => {
    const splitter = new LineSplitter()
    for await (const chunk of stream) {
      let full: Promise<void> | undefined
      for (const { text } of splitter.push(Buffer.from(chunk))) full = put(text) ?? full
      await full
    }
    for (const { text } of splitter.end()) put(text)
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
