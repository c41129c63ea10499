import { describe, expect, it } from 'vitest'
import { createFieldNotes } from '../../src/cli/field-notes.js'
import { createSeldomNotes } from '../../src/cli/seldom-notes.js'
import type { Message } from '../../src/sources/index.js'

/** The notes of messages with these fields, one after the other, and the time between them. */
function notesOf(
  fields: Record<string, number | null>[],
  map: Record<string, string> = {},
  stepMs = 1000,
  isJoined = true,
  channels = ['temp', 'flow'],
) {
  let nowMs = 0
  let text = ''
  const io = { now: () => nowMs, stderr: (piece: string) => (text += piece) }
  const { look } = createFieldNotes(
    createSeldomNotes(io as unknown as Parameters<typeof createSeldomNotes>[0]),
    new Set(channels),
    new Map(Object.entries(map)),
    isJoined,
  )
  for (const one of fields) {
    const message = {
      device: '',
      timeMs: nowMs,
      names: Object.keys(one),
      values: Object.values(one).map(x => x ?? Number.NaN),
    }
    look([message as Message])
    nowMs += stepMs
  }
  return text.split('\n').filter(line => line !== '')
}
const times = <T>(count: number, one: T) => Array.from({ length: count }, () => one)

describe('notes of the fields of messages', () => {
  it('name the fields and the option where none is a channel, once a minute', () => {
    const notes = notesOf(times(150, { Temperature: 1, Flow2: 2 }))
    expect(notes).toHaveLength(3)
    expect(notes[0]).toContain('Temperature, Flow2')
    expect(notes[0]).toContain('--map temp=FIELD,flow=FIELD')
  })

  it('name a channel that is in none of the first messages, and the fields beside the others', () => {
    const notes = notesOf(times(60, { temp: 1, flwo: 2 }))
    expect(notes).toHaveLength(1)
    expect(notes[0]).toContain('no message holds flow, which the model reads; they hold flwo')
    expect(notes[0]).toContain('--map flow=FIELD')
    // One channel in each message, and fields beside all channels, are as they should be.
    const inTurn = Array.from(
      { length: 60 },
      (_, i): Record<string, number> => (i % 2 === 0 ? { temp: 1 } : { flow: 2 }),
    )
    expect(notesOf(inTurn)).toEqual([])
    expect(notesOf(times(60, { temp: 1, flow: 2, operator: 3 }))).toEqual([])
  })

  it('name a field of --map that no message has, and what messages hold', () => {
    const notes = notesOf(times(3, { Temperature: 1, temp: null, flow: 2 }), { temp: 'Temperatur' })
    expect(notes).toHaveLength(1)
    expect(notes[0]).toContain('no field Temperatur')
    expect(notes[0]).toContain('they hold Temperature')
  })

  it('name a channel that is gone beside a field that is new', () => {
    const notes = notesOf([...times(3, { temp: 1, flow: 2 }), ...times(3, { temp: 1, Flow2: 2 })])
    expect(notes).toHaveLength(1)
    expect(notes[0]).toContain('flow is gone, Flow2 is new')
    expect(notes[0]).toContain('--map flow=FIELD')
  })

  it('name the fields of --map where only case, signs or unit differ', () => {
    expect(notesOf(times(2, { 'Flow [l/min]': 1, TEMP: 2 }))[0]).toContain(
      "--map 'temp=TEMP,flow=Flow [l/min]' says",
    )
    expect(notesOf(times(2, { FLOW: 1, other: 2 }))[0]).toContain('--map temp=FIELD,flow=FLOW says')
    expect(notesOf(times(30, { temp: 1, 'Flow (l)': 2 })).at(-1)).toContain("--map 'flow=Flow (l)' names")
  })

  it('name the options that read a message per reading', () => {
    const notes = notesOf(times(2, { tag: null, value: 1 }))
    expect(notes[0]).toContain('--map channel=tag,value=value')
    expect(notes[0]).toContain('--join 1s')
  })

  it('name the option that joins messages of one channel each', () => {
    const each = Array.from(
      { length: 30 },
      (_, i): Record<string, number> => (i % 2 === 0 ? { temp: 1 } : { flow: 2 }),
    )
    expect(notesOf(each, {}, 1000, false).join()).toContain('--join 1s makes')
    expect(notesOf(each, {}, 0, false).join()).toContain('--join 0ms makes')
    expect(notesOf(each, {}, 20_000, false).join()).toContain('--join 30s makes')
    const withOthers = each.map((one, i) => (i % 3 === 0 ? { pressure: 1 } : one))
    expect(notesOf(withOthers, {}, 0, false).join()).toContain('--join 0ms makes')
    expect(notesOf(each, {}, 0, false, []).join()).toContain('--join 0ms makes')
    expect(notesOf(each)).toEqual([])
    expect(notesOf([{ temp: 1, flow: 1 }, ...each], {}, 1000, false)).toEqual([])
    expect(notesOf(times(30, { temp: 1 }), {}, 1000, false)).toEqual([])
  })

  it('are silent about further fields, single channels and readings that are missing', () => {
    expect(
      notesOf([
        { temp: 1, flow: 2, battery: 3 },
        { temp: 1, battery: 3 },
        { flow: 2 },
        { temp: null, flow: 2 },
      ]),
    ).toEqual([])
    expect(
      notesOf(
        [
          { temp: 1, flow: 2, other: 1 },
          { temp: null, flow: 2, other: 1 },
        ],
        { temp: 'T' },
      ),
    ).toEqual([])
  })
})
