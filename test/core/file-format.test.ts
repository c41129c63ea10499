import { describe, expect, it } from 'vitest'
import { formatOfFile } from '../../src/core/file-format.js'

const FORMATS = { '.csv': 1, '.jsonl': 2, '.ndjson': 2, '.parquet': 3 }

describe('the format of a file', () => {
  it.each([
    ['s.json', 's.jsonl, with a JSON object per line'],
    ['a.b/s.JSON', 'a.b/s.jsonl, with a JSON object per line'],
    ['s.xlsx', 's.csv'],
    ['s.csv.gz', 's.csv'],
    ['s.jsonl.zst', 's.jsonl'],
    ['s.gz', 's.csv'],
    ['s', 's.csv'],
    ['a.b/s', 'a.b/s.csv'],
    ['.hidden', '.hidden.csv'],
  ])('%s is unknown, and %s is named, which is known', (file, named) => {
    let remedy = ''
    try {
      formatOfFile(file, FORMATS)
    } catch (error) {
      remedy = (error as { remedy: string }).remedy
    }
    expect(remedy).toBe(`Name it ${named}.`)
    expect(formatOfFile(named.split(',')[0]!, FORMATS)).toBeGreaterThan(0)
  })

  it('is found in upper and lower case, and without an ending where that is one', () => {
    expect(formatOfFile('S.CSV', FORMATS)).toBe(1)
    expect(formatOfFile('s', { ...FORMATS, '': 4 })).toBe(4)
    expect(() => formatOfFile('s.htm', { '.html': 1 })).toThrow('the extension .htm')
  })
})
