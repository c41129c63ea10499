import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scratchFolder } from '../cli/world.js'

const EXAMPLE = join(import.meta.dirname, '../../examples/stream.mjs')

describe('examples/stream.mjs', () => {
  it('sends each row of a table as one message', () => {
    const file = join(scratchFolder(), 'data.csv')
    writeFileSync(file, 'time,flow\n2024-01-01T00:00:00Z,1.5\n2024-01-01T00:01:00Z,\n')
    const lines = execFileSync(process.execPath, [EXAMPLE, file], { encoding: 'utf8' }).trim().split('\n')
    expect(lines.map(line => JSON.parse(line))).toEqual([
      { time: '2024-01-01T00:00:00Z', flow: '1.5' },
      { time: '2024-01-01T00:01:00Z', flow: '' },
    ])
  })

  it('sends the recording of the examples by default', () => {
    const table = readFileSync(join(import.meta.dirname, '../../examples/data/mote-1.csv'), 'utf8').trim()
    const sent = execFileSync(process.execPath, [EXAMPLE], { encoding: 'utf8', maxBuffer: 1 << 28 }).trim()
    expect(sent.split('\n').length).toBe(table.split('\n').length - 1)
  })
})
