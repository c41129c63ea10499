import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/core/random.js'
import { fixturePath } from '../../model/fixtures.js'
import { scratchFolder, telltale } from '../world.js'

/** 3,000 samples of two channels without a season. */
function table(seed: number, shift: number): string {
  const random = createRandom(seed)
  const lines = ['time,flow,pressure']
  for (let i = 0; i < 3000; i++) {
    const time = new Date(Date.UTC(2024, 0, seed) + i * 1000).toISOString()
    lines.push(`${time},${(5 + random.normal()).toFixed(4)},${(2 + random.normal() + shift).toFixed(4)}`)
  }
  return `${lines.join('\n')}\n`
}

let cwd: string
const run = (...args: string[]) => telltale([...args, '--workers', '1'], { cwd })
beforeEach(async () => {
  cwd = scratchFolder()
  writeFileSync(join(cwd, 'history.csv'), table(1, 0))
  writeFileSync(join(cwd, 'same.csv'), table(2, 0))
  writeFileSync(join(cwd, 'shifted.csv'), table(3, 1))
  await run(
    'train',
    'history.csv',
    '--detector',
    'z-score',
    '--window',
    '10',
    '--registry',
    'models',
    '--out',
    'pump',
  )
})
const drift = (data: string, ...more: string[]) =>
  run('drift', data, '--model', 'pump@1', '--registry', 'models', ...more)

describe('telltale drift', () => {
  it('finds nothing in data like the history', async () => {
    const { code, stdout } = await drift('same.csv', '--fail-on-drift')
    expect([code, stdout]).toEqual([0, expect.stringContaining('no drift')])
  })

  it('names the channel that has shifted, and the scores, with exit code 11 when asked', async () => {
    const { code, stdout } = await drift('shifted.csv', '--format', 'json')
    const { drifted, channels, score } = JSON.parse(stdout)
    expect([code, drifted]).toEqual([0, true])
    expect(channels.map((one: { channel: string; level: string }) => [one.channel, one.level])).toEqual([
      ['flow', 'none'],
      ['pressure', 'large'],
    ])
    expect(channels[1].meanShift).toBeCloseTo(1, 1)
    expect(['moderate', 'large']).toContain(score.level)
    expect((await drift('shifted.csv', '--fail-on-drift')).code).toBe(11)
    const csv = await drift('shifted.csv', '--format', 'csv', '--no-scores')
    expect(csv.stdout.trim().split('\n')).toHaveLength(3)
  })

  it('says what to do, and runs a command with the verdict in its environment', async () => {
    writeFileSync(
      join(cwd, 'note.mjs'),
      "import { writeFileSync } from 'node:fs'\nconst { TELLTALE_VERDICT, TELLTALE_CHANNELS } = process.env\nwriteFileSync('called', TELLTALE_VERDICT + '|' + TELLTALE_CHANNELS)\n",
    )
    const { code, stdout } = await drift('shifted.csv', '--on-drift', 'node note.mjs')
    expect(code).toBe(0)
    const verdict = /^drift: (ok|recalibrate|retrain|check sensor)\. .+\.$/m.exec(stdout)?.[1]
    expect(readFileSync(join(cwd, 'called'), 'utf8')).toBe(`${verdict}|pressure`)
    const failing = await drift('shifted.csv', '--on-drift', 'exit 3')
    expect([failing.code, failing.stderr]).toEqual([1, expect.stringContaining('its exit code is 3')])
    rmSync(join(cwd, 'called'))
    const same = await drift('same.csv', '--on-drift', 'node note.mjs')
    expect(same.stdout).toContain('no drift: ok. Nothing differs from the history.')
    expect(existsSync(join(cwd, 'called'))).toBe(false)
  })

  it('counts missing readings, and says when there are too few samples', async () => {
    writeFileSync(join(cwd, 'holes.csv'), table(2, 0).replace(/^(.*Z),[^,]*,(.*[02468])$/gm, '$1,,$2'))
    const holes = await drift('holes.csv', '--no-scores', '--format', 'json')
    expect(JSON.parse(holes.stdout).channels[0]).toMatchObject({ channel: 'flow', missingLevel: 'large' })
    const few = await drift('same.csv', '--rows', ':5', '--no-scores')
    expect([few.code, few.stderr]).toEqual([0, expect.stringContaining('too few samples to test')])
  })

  it('refuses a model of before references were kept, and data without a channel', async () => {
    cpSync(fixturePath('z-score'), join(cwd, 'old'), { recursive: true })
    const old = await run('drift', 'same.csv', '--model', 'old')
    expect([old.code, old.stderr]).toEqual([4, expect.stringContaining('error [reference-missing]')])
    writeFileSync(join(cwd, 'less.csv'), table(2, 0).replace(/,[^,\n]*$/gm, ''))
    expect((await drift('less.csv')).code).toBe(3)
  })
})
