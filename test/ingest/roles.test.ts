import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type ReadTableOptions, readChunks, readTable } from '../../src/ingest/index.js'

const folder = mkdtempSync(join(tmpdir(), 'telltale-roles-'))
afterAll(() => rmSync(folder, { recursive: true }))
const N = 300
/** A healthy reading beside the column of interest, a minute apart. */
function table(name: string, cell: (i: number) => string | number, rows = N): string {
  const path = join(folder, `${Math.abs(hash(name + cell(1) + cell(rows - 1)))}.csv`)
  const lines = Array.from({ length: rows }, (_, i) => {
    const time = new Date(Date.UTC(2024, 2, 1) + i * 60_000).toISOString()
    return `${time},${(20 + 3 * Math.sin(i / 9)).toFixed(3)},${cell(i)}\n`
  })
  writeFileSync(path, `time,temp,${name}\n${lines.join('')}`)
  return path
}
const hash = (text: string) => [...text].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) | 0, 7)
const roleOf = async (path: string, options?: ReadTableOptions) => {
  const { columns, frame } = await readTable(path, options)
  return [columns[2]!.role, frame.channels]
}

describe('the role of a column', () => {
  it.each<[string, (i: number) => string | number, string]>([
    ['No', i => i, 'row-number'],
    ['RECORD', i => i + 7000, 'row-number'],
    ['seq', i => 5000 - i, 'row-number'],
    ['ref', i => `${String(i).padStart(8, '0')}-1111-4222-8333-abcdefabcdef`, 'text'],
    ['object', i => `${String(i).padStart(8, '0')}abcdef0123456789`, 'text'],
    ['temp_valid', i => (i % 40 ? 1 : 0), 'quality'],
    ['doy', i => (134 + i / 1440).toFixed(5), 'calendar'],
    ['whatever', i => i + 1, 'row-number'],
    ['cycle', i => (i % 50) + 1, 'cycle'],
    ['hour', i => Math.floor(i / 60) % 24, 'calendar'],
    ['weekday', i => ['Mon', 'Tue'][Math.floor(i / 150)]!, 'calendar'],
    ['attack', i => Number(i > 250), 'label'],
    ['attack_P1', i => Number(i > 250), 'label'],
    ['changepoint', i => Number(i % 100 === 0), 'label'],
    ['label', i => (i > 250 ? -1 : 1), 'label'],
    ['Störung', i => Number(i > 250), 'label'],
    ['Normal/Attack', i => (i > 250 ? 'Attack' : 'Normal'), 'label'],
    ['quality', i => (i % 40 ? 192 : 0), 'quality'],
    ['opc_quality', i => (i % 40 ? 'Good' : 'Bad'), 'quality'],
    ['machineID', () => 3, 'device'],
    ['comment', i => `note ${i}`, 'text'],
    ['unixtime', i => 1_709_251_200 + i * 60, 'time'],
    [
      'local_time',
      i => `2024-03-01 ${String(Math.floor(i / 60)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}:00`,
      'time',
    ],
  ])('%s is no channel, and its reason is given', async (name, cell, role) => {
    const path = table(name, cell)
    expect(await roleOf(path)).toEqual([role, ['temp']])
    const { notes, columns } = await readTable(path)
    expect(columns[2]!.reason.length).toBeGreaterThan(5)
    expect(notes.join()).toContain(`${name} (${role}: `)
  })

  it.each<[string, (i: number) => number, string]>([
    ['rises in every row', i => i + 1, 'it rises by 1 in every row'],
    ['rises over a gap', i => (i < 100 ? i : i + 40), 'it rises by 1 in 298 of 299 steps'],
    ['rises by 5', i => 5 * i, 'it rises by 5 in every row'],
    ['starts again', i => i % 100, 'it rises by 1 in 297 of 299 steps, and falls in 2'],
    [
      'swaps rows',
      i => i + (i === 40 ? 1 : i === 41 ? -1 : 0),
      'it rises by 1 in 296 of 299 steps, and falls in 1',
    ],
  ])('that %s is given with what is seen', async (_, cell, reason) => {
    expect((await readTable(table('odd', cell))).columns[2]!.reason).toBe(reason)
  })

  it.each<[string, (i: number) => string | number, string, string[]]>([
    ['parts_total', i => Math.floor(i * 1.7), 'counter', ['parts_total.rate']],
    ['odd', i => 5 * i + (i % 3), 'counter', ['odd.rate']],
    ['wind_direction', i => (i * 7) % 360, 'angle', ['wind_direction.sin', 'wind_direction.cos']],
    ['valve', i => (i % 7 ? 'true' : 'false'), 'state', ['valve']],
    ['pump', i => (i % 7 ? 'ON' : 'OFF'), 'state', ['pump']],
    ['mode', i => ['Heat', 'Cool', 'Idle'][i % 3]!, 'state', ['mode=Heat', 'mode=Cool', 'mode=Idle']],
    ['setpoint', () => 50, 'constant', ['setpoint']],
    ['fault_current', i => (0.4 + Math.sin(i) / 9).toFixed(4), 'channel', ['fault_current']],
    ['gear', i => (i % 4) + (i % 3), 'channel', ['gear']],
    ['total_flow', i => (5 + Math.sin(i)).toFixed(3), 'channel', ['total_flow']],
  ])('%s becomes channels', async (name, cell, role, channels) => {
    expect(await roleOf(table(name, cell))).toEqual([role, ['temp', ...channels]])
  })

  it('is what is asked for', async () => {
    const path = table('No', i => i)
    expect(await roleOf(path, { roles: { No: 'channel' } })).toEqual(['channel', ['temp', 'No']])
    expect(await roleOf(path, { roles: { No: 'counter' } })).toEqual(['counter', ['temp', 'No.rate']])
    expect(await roleOf(path, { channels: ['temp', 'No'] })).toEqual(['channel', ['temp', 'No']])
    const enumeration = table('step', i => [1, 2, 5][i % 3]!)
    expect(await roleOf(enumeration, { roles: { step: 'state' } })).toEqual([
      'state',
      ['temp', 'step=1', 'step=2', 'step=5'],
    ])
    const { labels } = await readTable(
      table('bad', i => Number(i > 250)),
      { roles: { bad: 'label' } },
    )
    expect(labels!.reduce((sum, label) => sum + label, 0)).toBe(49)
  })

  it('of a device that is one of several is asked for', async () => {
    const path = table('machineID', i => 1 + (i % 3))
    const error = await readTable(path).then(
      () => expect.fail('read'),
      error => error,
    )
    expect([error.code, error.remedy]).toEqual([
      'data-many-devices',
      expect.stringContaining('--group-by machineID'),
    ])
    expect(await roleOf(path, { roles: { machineID: 'ignore' } })).toEqual(['ignore', ['temp']])
  })

  it('that would leave no channel is refused with the option that overrides it', async () => {
    const path = join(folder, 'none.csv')
    writeFileSync(path, `time,attack\n${Array.from({ length: 60 }, (_, i) => `${i},${i % 2}\n`).join('')}`)
    await expect(readTable(path)).rejects.toMatchObject({
      code: 'data-no-channels',
      message: expect.stringContaining('--role NAME=channel'),
    })
  })
})

describe('a column of texts', () => {
  const long = (name: string, textOf: (i: number) => string) => table(name, textOf, 3000)

  it('has the states of all its rows, not only of the first ones', async () => {
    const { frame, notes } = await readTable(
      long('mode', i => (i < 1200 ? 'heat' : i < 2900 ? 'cool' : 'defrost')),
    )
    expect(frame.channels).toEqual(['temp', 'mode=heat', 'mode=cool', 'mode=defrost'])
    expect(notes.join()).not.toContain('known states')
  })

  it('is one of states where a second text comes late', async () => {
    const { frame } = await readTable(long('valve', i => (i < 2000 ? 'closed' : 'open')))
    expect(frame.channels).toEqual(['temp', 'valve'])
    expect(frame.values[1]).toBe(0)
    expect(frame.values[2 * 2500 + 1]).toBe(1)
  })

  it('has no state that one row alone holds, which is named', async () => {
    const { frame, notes } = await readTable(
      long('mode', i => (i === 2000 ? 'haet' : i % 90 < 40 ? 'heat' : 'cool')),
    )
    expect(frame.channels).toEqual(['temp', 'mode=heat', 'mode=cool'])
    expect(notes.join()).toMatch(
      /1 reading of mode is none of the known states \(heat, cool\).* which holds haet/,
    )
  })
})

describe('computed channels', () => {
  const counter = table('parts_total', i => (i < 200 ? 3 * i : 3 * (i - 200)))
  it('are the same in chunks as in whole', async () => {
    const { frame } = await readTable(counter)
    expect([...frame.values].filter((_, at) => at % 2 === 1).slice(198, 203)).toEqual([
      0.05, 0.05, 0, 0.05, 0.05,
    ])
    for (const chunkRows of [1, 7, 64]) {
      const values: number[] = []
      for await (const chunk of await readChunks(counter, { chunkRows })) values.push(...chunk.frame.values)
      expect(values).toEqual([...frame.values])
    }
  })

  it('are computed again exactly as they were found, whatever a later table holds', async () => {
    const history = await readTable(table('mode', i => ['Heat', 'Cool'][i % 2]!))
    const later = table('mode', i => (i === 1 ? 'Defrost' : 'cool'), 12)
    const { frame, notes } = await readTable(later, {
      derived: JSON.parse(JSON.stringify(history.derived)),
      expectChannels: history.frame.channels,
    })
    expect(frame.channels).toEqual(['temp', 'mode=Heat', 'mode=Cool'])
    expect(notes.join('\n')).toContain(
      '1 reading of mode is none of the known states (heat, cool), so 0 in all channels of the column, first in row 1, which holds Defrost',
    )
    expect([...frame.values].slice(1, 6)).toEqual([0, 1, expect.any(Number), 0, 0])
  })

  it('are none for a model that was trained on the column itself', async () => {
    const { frame, derived } = await readTable(counter, { expectChannels: ['parts_total', 'temp'] })
    expect([frame.channels, derived, frame.values[2]]).toEqual([['parts_total', 'temp'], [], 3])
  })
})

describe('a column that is known only after a fault', () => {
  it.each<[string, (i: number) => string | number]>([
    ['y', i => Number(i > 250)],
    ['y', i => (i > 250 ? -1 : 1)],
    ['error_code', i => (i % 50 ? 0 : 101 + (i % 3))],
    ['ErrorCode', i => (i % 50 ? 0 : `E0${i % 3}`)],
    ['errno', () => 0],
    ['Fehlercode', i => (i % 60 ? 0 : 7)],
    ['last alarm number', i => (i % 60 ? 0 : 40 + (i % 9))],
  ])('is no channel, and the option that makes it one is named: %s', async (name, cell) => {
    const path = table(name, cell)
    const { columns, frame, notes } = await readTable(path)
    expect([columns[2]!.role, frame.channels]).toEqual(['label', ['temp']])
    const option = /--role ('[^']+'|\S+)=channel overrides this/.exec(notes.join('\n'))![1]!
    expect(option.replaceAll("'", '')).toBe(name)
  })

  it.each<[string, (i: number) => string | number]>([
    ['y', i => (5 * Math.cos(i / 7)).toFixed(2)],
    ['y', i => (i % 2 === 0 ? 1 : 2)],
    ['error', i => (Math.sin(i / 5) / 9).toFixed(3)],
    ['control_error_number', i => (Math.sin(i / 5) / 9).toFixed(3)],
  ])('is not seen in readings: %s', async (name, cell) => {
    expect((await readTable(table(name, cell))).frame.channels).toEqual(['temp', name])
  })
})
