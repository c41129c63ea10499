import { describe, expect, it } from 'vitest'
import { formatFacts, formatNarrow, formatRows } from '../../src/report/index.js'

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

describe('formatNarrow', () => {
  const reason =
    'short dynamics and relations between channels; the best single one, even with little history'
  const row = {
    fact: 'calibration.two-sided.expectedAlarms.supportedPerDay',
    'pump@1': 2.7430555555555554,
    'pump@2': reason.repeat(2),
  }
  it('keeps a table within 100 characters: paths are cut at dots, texts at spaces, numbers at six digits', () => {
    const lines = formatNarrow([row], 'table').split('\n')
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(100)
    expect(lines[2]).toMatch(/^calibration\.two-sided\.expectedAlarms\. +2\.74306 +short dynamics/)
    const cells = lines.slice(2).map(line => line.slice(lines[1].lastIndexOf(' ') + 1))
    expect(cells.join(' ').trim()).toBe(reason.repeat(2))
  })
  it('keeps digits in which two numbers differ, and every other format', () => {
    const alike = { fact: 'level', a: 1.23456789, b: 1.23456788 }
    expect(formatNarrow([alike], 'table')).toContain('level  1.23456789  1.23456788')
    for (const format of ['json', 'csv', 'md'] as const)
      expect(formatNarrow([row], format)).toBe(formatRows([row], format))
  })
})
