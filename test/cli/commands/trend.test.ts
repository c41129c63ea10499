import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/core/random.js'
import { scratchFolder, telltale } from '../world.js'

/** Hourly readings of `days` days; the bearing gets warmer by `wear` a day. */
function table(seed: number, days: number, wear: number): string {
  const random = createRandom(seed)
  const lines = ['time,bearing_temp,flow']
  for (let i = 0; i < 24 * days; i++) {
    const time = new Date(Date.UTC(2024, seed, 1) + i * 3_600_000).toISOString()
    const temp = 60 + 2 * Math.sin((2 * Math.PI * i) / 24) + random.normal() + (wear * i) / 24
    lines.push(`${time},${temp.toFixed(3)},${(5 + random.normal()).toFixed(3)}`)
  }
  return `${lines.join('\n')}\n`
}

let cwd: string
const run = (...args: string[]) => telltale([...args, '--workers', '1'], { cwd })
beforeEach(async () => {
  cwd = scratchFolder()
  writeFileSync(join(cwd, 'history.csv'), table(1, 40, 0))
  writeFileSync(join(cwd, 'calm.csv'), table(3, 40, 0))
  writeFileSync(join(cwd, 'wear.csv'), table(3, 40, 0.25))
  await run('train', 'history.csv', '--detector', 'z-score', '--window', '10', '--out', 'model')
})

describe('telltale trend', () => {
  it('says that there is no trend, and no time to a limit', async () => {
    const { code, stdout, stderr } = await run(
      'trend',
      'calm.csv',
      '--model',
      'model',
      '--limit',
      'bearing_temp=90',
    )
    expect([code, stdout]).toEqual([0, 'no trend\n'])
    expect(stderr).toContain('no trend in bearing_temp: no time to a limit')
  })

  it('gives the change, its interval and the time to the limit', async () => {
    const args = ['trend', 'wear.csv', '--model', 'model', '--limit', 'bearing_temp=80']
    const { stdout } = await run(...args)
    expect(stdout).toMatch(
      /^bearing_temp +\d\d(\.\d+)? +0\.2\d+ +0\.2\d* to 0\.[23]\d* +80 +\d+ d .*\(.+ to .+\)/m,
    )
    expect(stdout).not.toContain('flow')
    const { trends } = JSON.parse((await run(...args, '--format', 'json')).stdout)
    const bearing = trends.find((trend: { name: string }) => trend.name === 'bearing_temp')
    // 70 after 40 days: 40 days more.
    expect(bearing.timeToLimit.expected / 86_400_000 / 40).toBeCloseTo(1, 0)
    expect(bearing.timeToLimit.low).toBeLessThan(40 * 86_400_000)
    expect(bearing.timeToLimit.high).toBeGreaterThan(40 * 86_400_000)
  })

  it.each(['speed=3', 'bearing_temp', 'bearing_temp=hot'])('refuses the limit %s', async limit => {
    const { code, stderr } = await run('trend', 'wear.csv', '--model', 'model', '--limit', limit)
    expect(code).toBe(2)
    expect(stderr).toContain(limit === 'speed=3' ? 'bearing_temp, flow' : 'NAME=X is expected')
  })
})
