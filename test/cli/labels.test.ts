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
  ])('is read: %s', (_, text) => {
    expect(labelled(text)).toBe('0011000000')
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
