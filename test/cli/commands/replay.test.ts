import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { telltale } from '../world.js'

const cwd = mkdtempSync(join(tmpdir(), 'telltale-replay-'))
afterAll(() => rmSync(cwd, { recursive: true }))
const run = (...args: string[]) => telltale(args, { cwd })

/** Three devices, row by row; a fault of A at 1000 and of C at 1300, B silent from 1100 to 1200. */
function table(from: number, to: number): string {
  const rows: string[] = []
  for (let i = from; i < to; i++)
    for (const device of ['A', 'B', 'C']) {
      if (device === 'B' && i >= 1100 && i < 1200) continue
      const noise = (k: number) => (((i + 1) * 7919 * (k + 3)) % 997) / 997
      const isFault = (device === 'A' && i >= 1000 && i < 1020) || (device === 'C' && i >= 1300 && i < 1320)
      const temp = 20 + Math.sin(i / 9) + noise(1) + (isFault ? 6 : 0)
      const time = new Date(Date.UTC(2024, 2, 1) + i * 60_000).toISOString()
      rows.push(`${time},${device},${temp.toFixed(3)},${(Math.cos(i / 9) + noise(2)).toFixed(3)}`)
    }
  return `time,dev,temp,flow\n${rows.join('\n')}\n`
}

beforeAll(async () => {
  writeFileSync(join(cwd, 'h.csv'), table(0, 800))
  writeFileSync(join(cwd, 'l.csv'), table(800, 1600))
  for (const [name, detector] of [
    ['one', 'pca-q'],
    ['two', 'range'],
  ]) {
    const args = ['train', 'h.csv', '--group-by', 'dev', '--out', name!, '--detector', detector!]
    const { code, stderr } = await run(...args)
    expect(code, stderr).toBe(0)
  }
}, 60_000)

describe('replay', { timeout: 60_000 }, () => {
  it('finds the events of a causal detection, and the silence of a device', async () => {
    const detected = await run(
      'detect',
      'l.csv',
      '--model',
      'one',
      '--alignment',
      'causal',
      '--format',
      'json',
    )
    const { events } = JSON.parse(detected.stdout)
    const { code, stdout, stderr } = await run(
      ...['replay', 'l.csv', '--model', 'one', '--silent-after', '10m', '--format', 'json'],
    )
    expect(code, stderr).toBe(0)
    const replayed = JSON.parse(stdout)
    const keys = (list: { device: string; id: string }[]) =>
      list.map(({ device, id }) => `${device} ${id}`).sort()
    expect(keys(replayed.events)).toEqual(keys(events))
    expect(keys(events).length).toBeGreaterThan(1)
    expect(replayed.silences).toEqual([
      {
        time: '2024-03-01T18:30:00.000Z',
        device: 'B',
        what: 'B sends nothing since 2024-03-01T18:19:00.000Z.',
      },
      { time: '2024-03-01T20:00:00.000Z', device: 'B', what: 'B sends again.' },
    ])
    expect(stderr).toContain('of 2300 samples of 3 devices scored')
  })

  it('lists how the events of two models differ', async () => {
    const same = await run('replay', 'l.csv', '--model', 'one', '--against', 'one', '--format', 'json')
    const { differences, counts } = JSON.parse(same.stdout)
    expect(differences).toEqual([])
    expect(counts).toMatchObject({ 'only A': 0, 'only B': 0, 'other times': 0 })
    expect(counts.same).toBeGreaterThan(1)
    const strict = await run('replay', 'l.csv', '--model', 'one', '--against', 'two', '--format', 'json')
    const { a, b, counts: two, differences: rows } = JSON.parse(strict.stdout)
    expect(a.events.length).toBeGreaterThan(1)
    expect(rows.length).toBe(two['only A'] + two['only B'] + two['other times'])
    const of = (side: string) =>
      rows.reduce((sum: number, row: Record<string, number>) => sum + row[`events ${side}`]!, 0)
    expect(of('B')).toBeLessThanOrEqual(b.events.length)
    const text = await run('replay', 'l.csv', '--model', 'one', '--against', 'two')
    expect(text.stdout).toContain(`${two.same} the same in both, ${two['other times']} with other times`)
  })

  it('follows the speed that was asked for, and prints events as they happen', async () => {
    writeFileSync(join(cwd, 's.csv'), table(990, 1040))
    const began = performance.now()
    const { stderr } = await run('replay', 's.csv', '--model', 'one', '--device', 'A', '--speed', '6000')
    expect(performance.now() - began).toBeGreaterThan((49 * 60_000) / 6000)
    expect(stderr).toMatch(/^2024-03-01T16:4\S* opened: .*\bA\b/m)
    expect(stderr).toMatch(/^2024-03-01T16:5\S* closed: .*\bA\b|^2024-03-01T17:0\S* closed: .*\bA\b/m)
  })

  it('refuses a table without a channel of the model, and names it', async () => {
    writeFileSync(join(cwd, 'other.csv'), table(800, 1000).replace('flow', 'renamed'))
    const { code, stderr } = await run('replay', 'other.csv', '--model', 'one')
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining('the channels do not match the model: missing flow'),
    ])
  })

  it('refuses to read standard input twice', async () => {
    const { code, stderr } = await run('replay', '-', '--model', 'one', '--against', 'two')
    expect(code).toBe(2)
    expect(stderr).toContain('--against')
  })
})
