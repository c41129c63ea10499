import { describe, expect, it } from 'vitest'
import { createRecordScanner, LONGEST_CELL, NEVER_CLOSED } from '../../../src/ingest/rows/records.js'

describe('createRecordScanner', () => {
  const piece = '7'.repeat(2 ** 20)
  const pieces = LONGEST_CELL / piece.length + 1

  it('keeps at most 4 million characters of a cell, and continues after it', () => {
    const scanner = createRecordScanner(',')
    for (let k = 0; k < pieces; k++) expect(scanner.push(piece)).toEqual([])
    const [long, next] = [...scanner.push(',2\n3,4\n')]
    expect([long!.cells[0]!.length, long!.cells[1], long!.problem]).toEqual([
      LONGEST_CELL,
      '2',
      'a cell is longer than 4194304 characters',
    ])
    expect(next).toEqual({ line: 2, cells: ['3', '4'] })
  })

  it('reports a quote that is never closed before the length of its cell', () => {
    const scanner = createRecordScanner(',')
    scanner.push('1,"')
    for (let k = 0; k < pieces; k++) scanner.push(piece)
    expect(scanner.end()[0]!.problem).toBe(NEVER_CLOSED)
  })

  it('keeps at most a million cells of a record', () => {
    const scanner = createRecordScanner(',')
    scanner.push(','.repeat(2 ** 20 + 10))
    const [record] = scanner.end()
    expect([record!.cells.length, record!.problem]).toEqual([2 ** 20, 'it has more than 1048576 cells'])
  })
})
