import { describe, expect, it } from 'vitest'
import { caseFolder } from '../cases/world.js'

const { read } = caseFolder()
const table = (name: string, time: (i: number) => string) =>
  `"${name}",temp,flow\n${Array.from({ length: 80 }, (_, i) => `${time(i)},${20 + (i % 7) / 4},${5 - (i % 5) / 8}\n`).join('')}`

describe('a time since the start of a recording', () => {
  it.each([
    ['elapsed_s', 's', (i: number) => (i * 0.5).toFixed(1), 500],
    ['t', 's', (i: number) => String(10 * i), 10_000],
    ['Time (s)', 's', (i: number) => (i * 0.1).toFixed(1), 100],
    ['time_ms', 'ms', (i: number) => String(250 * i), 250],
    ['Time [min]', 'min', (i: number) => String(5 * i), 300_000],
    ['hours', 'h', (i: number) => String(i), 3_600_000],
    ['Messzeit[s]', 's', (i: number) => (i * 0.2).toFixed(1), 200],
    ['X_Value', 's', (i: number) => (i * 0.001).toFixed(3), 1],
  ] as const)(
    'is no channel, and the options named make it the time: %s',
    async (name, unit, time, stepMs) => {
      const { frame, notes } = await read(table(name, time))
      expect([frame.channels, frame.timeKind]).toEqual([['temp', 'flow'], 'index'])
      expect(notes.join('\n')).toContain(`--time-column '${name}' --time-unit ${unit} makes it the time`)
      const asTime = await read(table(name, time), { timeColumn: name, timeUnit: unit })
      expect([...asTime.frame.timeMs.slice(0, 3)]).toEqual([0, stepMs, 2 * stepMs])
    },
  )

  it('is none either where its steps are uneven, nor without a name that says so where they are even', async () => {
    const uneven = (i: number) => (i * 0.25 + (i % 3) * 0.01).toFixed(2)
    expect((await read(table('Elapsed Time', uneven))).frame.channels).toEqual(['temp', 'flow'])
    expect((await read(table('ramp', i => (i * 0.4).toFixed(1)))).frame.channels).toEqual(['temp', 'flow'])
    expect((await read(table('ramp', uneven))).frame.channels).toEqual(['ramp', 'temp', 'flow'])
  })

  it('is left out without advice where there is a time', async () => {
    const text = table('elapsed_s', i => `${i},`).replace('"elapsed_s",', 'elapsed_s,time,')
    const timed = text.replace(
      /^(\d+),,/gm,
      (_, i) => `${i},2024-03-01T00:${String(i % 60).padStart(2, '0')}:00Z,`,
    )
    const { notes } = await read(timed, { lateRows: 'sort' })
    expect(notes.join('\n')).toContain('elapsed_s (row-number')
    expect(notes.join('\n')).not.toContain('makes it the time')
  })
})
