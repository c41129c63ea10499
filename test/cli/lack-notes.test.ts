import { describe, expect, it } from 'vitest'
import { createLackNotes } from '../../src/cli/lack-notes.js'
import { REASONS } from '../../src/core/contracts.js'
import type { LiveOutput } from '../../src/emit/index.js'

const MISSING = REASONS.indexOf('missing')

/** One sample of a device; it is scored where it has all readings. */
function sample(device: string, values: readonly number[], warm = true): LiveOutput {
  const isWhole = values.every(Number.isFinite)
  return {
    device,
    events: [],
    scored: {
      frame: { values: Float64Array.from(values), channels: ['a', 'b'] },
      reason: Uint8Array.of(isWhole ? (warm ? 0 : 1) : MISSING),
    },
  } as unknown as LiveOutput
}

function notesOf(outputs: readonly LiveOutput[], columnOf?: (channel: string) => string): string[] {
  const notes: string[] = []
  const look = createLackNotes(text => notes.push(text), columnOf)
  for (const output of outputs) look([output])
  return notes
}
const times = <T>(count: number, one: T) => Array.from({ length: count }, () => one)

describe('notes of what samples lack', () => {
  it('name the device and the channel, once', () => {
    const notes = notesOf(times(40, [sample('p1', [1, 2]), sample('p2', [1, Number.NaN])]).flat())
    expect(notes).toEqual([
      "10 samples of device p2, one after the other, are not scored: all lack readings of b: send them, or name their fields with --map 'b=FIELD'",
    ])
  })

  it('name the column that channels are computed from', () => {
    const states = times(10, sample('', [Number.NaN, Number.NaN]))
    expect(notesOf(states, () => 'mode')).toEqual([expect.stringMatching(/readings of mode: .*'mode=FIELD'/)])
  })

  it('are none of gaps, and name no channel where it is another one each time', () => {
    const gap = [...times(9, sample('', [1, Number.NaN])), sample('', [1, 2])]
    expect(notesOf([...gap, ...gap])).toEqual([])
    const inTurn = times(10, [sample('', [1, Number.NaN]), sample('', [Number.NaN, 1])]).flat()
    expect(notesOf(inTurn)).toEqual([expect.stringMatching(/^10 samples, .*--max-age 1m/)])
  })

  it('name eight devices at most', () => {
    const devices = Array.from({ length: 12 }, (_, i) => times(10, sample(`p${i}`, [1, Number.NaN]))).flat()
    const notes = notesOf(devices)
    expect(notes).toHaveLength(8)
    expect(notes[7]).toContain('more devices are not named')
  })
})
