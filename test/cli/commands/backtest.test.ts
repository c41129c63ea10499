import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SMALL, smallTable, telltale, workshop } from '../world.js'

const BACKTEST = ['backtest', 'data.csv', '--first-rows', '300', ...SMALL, '--format', 'json']

describe('telltale backtest', () => {
  it('cuts the time after the first rows into stretches, each scored by a model of what lies before', async () => {
    const cwd = await workshop({ trained: false })
    const { code, stdout, stderr } = await telltale([...BACKTEST, '--retrain-every', '2h'], { cwd })
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')])
    const { stretches, total } = JSON.parse(stdout)
    expect(stretches.map(({ start, end }: Record<string, number>) => [start, end])).toEqual([
      [300, 420],
      [420, 540],
      [540, 600],
    ])
    for (const { start, trainedRows } of stretches) expect(trainedRows).toBe(start)
    expect(total).toMatchObject({ labelledEvents: 1, foundEvents: 1, recall: 1 })
  })

  it('never lets a stretch see what comes after it', async () => {
    const cwd = await workshop({ trained: false })
    const args = [...BACKTEST, '--retrain-every', '120']
    const first = JSON.parse((await telltale(args, { cwd })).stdout)
    const lines = smallTable().trim().split('\n')
    const later = lines.map((line, i) =>
      i <= 540 ? line : line.replace(/,[-\d.]+,/, `,${i % 7 === 0 ? 1000 : 0},`),
    )
    writeFileSync(join(cwd, 'data.csv'), `${later.join('\n')}\n`)
    const second = JSON.parse((await telltale(args, { cwd })).stdout)
    expect(second.stretches.slice(0, 2)).toEqual(first.stretches.slice(0, 2))
    expect(second.stretches[2]).not.toEqual(first.stretches[2])
  })

  it('refuses a time that is none, with exit code 2', async () => {
    const cwd = await workshop({ trained: false })
    const { code, stderr } = await telltale([...BACKTEST, '--retrain-every', 'often'], { cwd })
    expect([code, stderr]).toEqual([2, expect.stringContaining('a time such as 7d')])
  })
})
