import { describe, expect, it } from 'vitest'
import { createSseParser, type SseMessage } from '../../../browser/live/sse-parser.js'

const TEXT =
  ': open\n\nevent: sample\nid: 7\ndata: {"a":1}\n\nretry: 100\n\ndata: one\ndata:two\n\nevent: job\r\ndata: x\r\n\r\n'
const MESSAGES = [
  { event: 'sample', data: '{"a":1}', id: '7' },
  { event: 'message', data: 'one\ntwo', id: undefined },
  { event: 'job', data: 'x', id: undefined },
]

describe('the parser of event streams', () => {
  it.each([1, 2, 3, 7, 1000])('gives the same messages from parts of %i characters', size => {
    const found: SseMessage[] = []
    const parse = createSseParser(message => found.push(message))
    for (let at = 0; at < TEXT.length; at += size) parse(TEXT.slice(at, at + size))
    expect(found).toEqual(MESSAGES)
  })
})
