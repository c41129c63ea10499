import { describe, expect, it } from 'vitest'
import { parseLabels } from '../../src/cli/labels.js'
import { frameFromColumns } from '../../src/core/frame-builders.js'

const minutes = (n: number) => Array.from({ length: n }, (_, i) => Date.UTC(2024, 0, 1) + 60_000 * i)
const frame = frameFromColumns({ time: minutes(10), channels: { flow: new Float64Array(10) } })
const labelled = (text: string) => Array.from(parseLabels(text, frame)).join('')

describe('a file of labels', () => {
  it.each([
    ['one label per line', '0\n0\n1\n1\n0\n0\n0\n0\n0\n0\n'],
    ['an interval of samples', '2:4\n'],
    ['an interval of times', '2024-01-01T00:02:00Z,2024-01-01T00:04:00Z\n'],
    ['a header and an interval', 'start,end\n2,4\n'],
    [
      'a table of events, as detect writes it',
      'id,start,end,score,sentence\ne1,2024-01-01T00:02:00.000Z,2024-01-01T00:04:00.000Z,3,"flow, 4"\n',
    ],
    ['its columns in another order, with semicolons', 'end;kind;Start\n4;drift;2\n'],
    ['JSON', '[[2, 4]]'],
    ['JSON of objects', '[{"start": 2, "end": 4, "why": "pump"}]'],
    [
      'JSON of objects with from and to',
      '[{"From": "2024-01-01T00:02:00Z", "To": "2024-01-01 00:04:00.000000"}]',
    ],
    ['one object', '{"start": 2, "end": 4}'],
    [
      'an object with one list',
      '{"unit": "C", "windows": [["2024-01-01 00:02:00.000000", "2024-01-01 00:04:00.000000"]]}',
    ],
    ['an object with one list of objects', '{\n "intervals": [\n  {"from": 2,\n "to": 4}\n ]\n}\n'],
    ['JSON lines of objects', '{"start": 2, "end": 3}\n\n{"start": 3, "end": 4}\n'],
    ['JSON lines of intervals', '[2, 3]\n[3, 4]\n'],
    ['JSON lines of labels', '[0]\n[0]\n[1]\n[1]\n[0]\n[0]\n[0]\n[0]\n[0]\n[0]\n'],
    ['a header in JSON', '[["start", "end"], [2, 4]]'],
  ])('is read: %s', (_, text) => {
    expect(labelled(text)).toBe('0011000000')
  })

  it.each([
    ['broken JSON', '{"windows": [[2, 4]', 'no JSON'],
    ['a broken line of JSON lines', '{"start": 2, "end": 4}\n{"start": 6\n', '{\\"start\\": 6'],
    ['several lists', '{"a.csv": [[2, 4]], "b.csv": [[6, 8]]}', 'a.csv, b.csv'],
    ['an object without a list', '{"a": 1}', 'without a list'],
    ['an object that is no interval', '[{"start": 2, "stop": 4}]', 'stop'],
    ['an interval without an end', '[{"start": 2, "end": null}]', 'null'],
  ])('is refused, with the forms that are read: %s', (_, text, shown) => {
    expect(() => labelled(text)).toThrow(shown)
    expect(() => labelled(text)).toThrow('objects with start and end')
  })

  it('with an interval in JSON that is no header is refused', () => {
    expect(() => labelled('[{"start": "noon", "end": 4}, {"start": 2, "end": 4}]')).toThrow('noon')
  })

  it('with more JSON lines than samples is refused before they are read', () => {
    expect(() => labelled('{"start": 2, "end": 4}\n'.repeat(50))).toThrow(
      expect.objectContaining({ code: 'labels-length' }),
    )
  })

  it('without an end in a line is refused', () => {
    expect(() => labelled('id,start,end\ne1,2,\n')).toThrow(
      expect.objectContaining({ code: 'option-invalid' }),
    )
  })

  it('with an interval that cannot be read is refused with its line', () => {
    expect(() => labelled('start,end\n2,4\nnoon,2024-01-01T00:04:00Z\n')).toThrow('noon,2024-01-01T00:04:00Z')
  })
})
