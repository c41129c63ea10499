import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SMALL, smallTable, telltale, workshop } from '../world.js'

const BACKTEST = ['backtest', 'data.csv', '--first-rows', '300', ...SMALL, '--format', 'json']

describe('telltale backtest', () => {
  it('cuts the time after the first rows into periods, each scored by a model of what lies before', async () => {
    const cwd = await workshop({ trained: false })
    const { code, stdout, stderr } = await telltale([...BACKTEST, '--retrain-every', '2h'], { cwd })
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')])
    const { periods, total } = JSON.parse(stdout)
    expect(periods.map(({ start, end }: Record<string, number>) => [start, end])).toEqual([
      [300, 420],
      [420, 540],
      [540, 600],
    ])
    for (const { start, trainedRows } of periods) expect(trainedRows).toBe(start)
    expect(total).toMatchObject({ labelledEvents: 1, foundEvents: 1, recall: 1 })
  })

  it('never lets a period see what comes after it', async () => {
    const cwd = await workshop({ trained: false })
    const args = [...BACKTEST, '--retrain-every', '120']
    const first = JSON.parse((await telltale(args, { cwd })).stdout)
    const lines = smallTable().trim().split('\n')
    const later = lines.map((line, i) =>
      i <= 540 ? line : line.replace(/,[-\d.]+,/, `,${i % 7 === 0 ? 1000 : 0},`),
    )
    writeFileSync(join(cwd, 'data.csv'), `${later.join('\n')}\n`)
    const second = JSON.parse((await telltale(args, { cwd })).stdout)
    expect(second.periods.slice(0, 2)).toEqual(first.periods.slice(0, 2))
    expect(second.periods[2]).not.toEqual(first.periods[2])
  })

  it('counts an event that crosses the end of a period once, in the period in which it starts', async () => {
    const cwd = await workshop({ trained: false })
    const { stdout } = await telltale([...BACKTEST, '--retrain-every', '205', '--event-length', '0'], { cwd })
    const { periods, total, events } = JSON.parse(stdout)
    expect(periods.map(({ start, end }: Record<string, number>) => [start, end])).toEqual([
      [300, 505],
      [505, 600],
    ])
    expect(periods.map(({ labelledEvents }: Record<string, number>) => labelledEvents)).toEqual([1, 0])
    expect(total).toMatchObject({ labelledEvents: 1, foundEvents: 1, recall: 1 })
    const crossing = events.filter(({ start, end }: Record<string, number>) => start < 505 && end > 505)
    expect(crossing).toHaveLength(1)
    expect(total.events).toBe(events.length)
    expect(total.events).toBe(periods[0].events + periods[1].events)
  })

  it('counts a day as the time of all samples, the last one included', async () => {
    const cwd = await workshop({ trained: false })
    const { stdout } = await telltale([...BACKTEST, '--retrain-every', '120'], { cwd })
    const { periods, total } = JSON.parse(stdout)
    expect(total.days).toBeCloseTo(300 / 1440, 10)
    for (const { days } of periods.slice(0, 2)) expect(days).toBeCloseTo(120 / 1440, 10)
    expect(periods[2].days).toBeCloseTo(60 / 1440, 10)
    expect(total.alarmsPerDay).toBeCloseTo(total.events / (300 / 1440), 10)
  })

  it('looks back only unless it is asked not to: no event begins before its cause at sample 500', async () => {
    const cwd = await workshop({ trained: false })
    const rest =
      '--first-rows 300 --retrain-every 300 --detector z-score --event-length 20 --threshold-factor 8'
    const firstEvent = async (...more: string[]) => {
      const args = ['backtest', 'data.csv', ...rest.split(' '), ...more, '--format', 'json']
      return JSON.parse((await telltale(args, { cwd })).stdout).events[0]
    }
    const causal = await firstEvent()
    expect(causal.start).toBeGreaterThanOrEqual(500)
    // Two-sided scores rise before the cause; the event is placed at the samples that stand out.
    const twoSided = await firstEvent('--alignment', 'two-sided')
    expect(twoSided.start).toBe(500)
    expect(twoSided.score).not.toBe(causal.score)
  })

  it('holds the readings of each period against what its model takes for usual, where channels have rules', async () => {
    const cwd = await workshop({ trained: false })
    const eventsWith = async (rule: string) => {
      const args = [...BACKTEST, '--retrain-every', '120', '--min-absolute-by-channel', rule]
      const { code, stdout, stderr } = await telltale(args, { cwd })
      expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')])
      return JSON.parse(stdout).total
    }
    expect(await eventsWith('flow=1000,pressure=1000')).toMatchObject({ events: 0, foundEvents: 0 })
    expect(await eventsWith('flow=3,pressure=1000')).toMatchObject({ foundEvents: 1, falseAlarms: 0 })
  })

  it('refuses a rule of a channel that is not there before anything is trained', async () => {
    const cwd = await workshop({ trained: false })
    const args = [...BACKTEST, '--retrain-every', '120', '--min-absolute-by-channel', 'flew=1']
    const { code, stderr } = await telltale(args, { cwd })
    expect([code, stderr]).toEqual([2, expect.stringContaining('flow, pressure')])
  })

  it('refuses a time that is none, with exit code 2', async () => {
    const cwd = await workshop({ trained: false })
    const { code, stderr } = await telltale([...BACKTEST, '--retrain-every', 'often'], { cwd })
    expect([code, stderr]).toEqual([2, expect.stringContaining('a time such as 7d')])
  })
})
