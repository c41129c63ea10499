import { describe, expect, it } from 'vitest'
import { formatFacts, formatRows } from '../../src/report/index.js'

const ROWS = [
  { channel: 'flow, main', score: 1.5 },
  { channel: 'say "hi"', score: 10 },
]

describe('formatRows', () => {
  it('puts numbers right and text left in a table', () => {
    expect(formatRows(ROWS, 'table')).toBe(
      'channel     score\n----------  -----\nflow, main    1.5\nsay "hi"       10\n',
    )
  })
  it('quotes CSV cells that hold a comma or a quote', () => {
    expect(formatRows(ROWS, 'csv')).toBe('channel,score\n"flow, main",1.5\n"say ""hi""",10\n')
  })
  it('is a table in Markdown in which nothing is markup', () => {
    expect(formatRows([{ channel: 'a|b <i>', score: 1.5 }], 'md')).toBe(
      '| channel | score |\n| --- | ---: |\n| a\\|b &lt;i&gt; | 1.5 |\n',
    )
    expect(formatRows([], 'md', ['a', 'b'])).toBe('| a | b |\n| --- | --- |\n')
  })
  it('gives back the same rows from JSON and from JSON lines', () => {
    expect(JSON.parse(formatRows(ROWS, 'json'))).toEqual(ROWS)
    expect(
      formatRows(ROWS, 'jsonl')
        .trim()
        .split('\n')
        .map(line => JSON.parse(line)),
    ).toEqual(ROWS)
  })
  it('is an empty array or nothing without rows', () => {
    expect(formatRows([], 'json')).toBe('[]\n')
    expect(formatRows([], 'table', ['a'])).toBe('')
    expect(formatRows([], 'jsonl', ['a'])).toBe('')
    expect(formatRows([], 'csv')).toBe('')
  })
  it('keeps the header of a CSV without rows', () => {
    expect(formatRows([], 'csv', ['a', 'b'])).toBe('a,b\n')
  })
})

describe('formatFacts', () => {
  it('puts the values below one another', () => {
    expect(
      formatFacts([
        ['rows', 3],
        ['channels', 'a'],
        ['labels', null],
      ]),
    ).toBe('rows      3\nchannels  a\nlabels\n')
  })
})
