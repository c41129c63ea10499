import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generatePlant } from '../../src/simulate/index.js'
import { telltale } from './world.js'

/** Rows of three devices as JSON lines. */
const { train } = generatePlant({ rows: 1500, channels: 3, seed: 9 })
const lineOf = (device: string, i: number) =>
  JSON.stringify({
    time: new Date(train.timeMs[i]).toISOString(),
    device,
    ...Object.fromEntries(train.channels.map((name, c) => [name, train.values[3 * i + c]])),
  })
const linesOf = (devices: readonly string[], from: number, to: number) =>
  Array.from({ length: to - from }, (_, k) => devices.map(device => lineOf(device, from + k)))
    .flat()
    .join('\n')
    .concat('\n')

let cwd: string
const stream = async (args: readonly string[], lines: string) => {
  writeFileSync(join(cwd, 'in.ndjson'), lines)
  const run = await telltale(['stream', '--source', 'in.ndjson', '--no-follow', '--no-events', ...args], {
    cwd,
  })
  expect(run.code, run.stderr).toBe(0)
  return run.stderr.trim().split('\n').at(-1) ?? ''
}
const csv = (device: boolean) =>
  [
    ['time', ...(device ? ['device'] : []), ...train.channels].join(),
    ...Array.from(train.timeMs, (time, i) =>
      [
        new Date(time).toISOString(),
        ...(device ? ['fan-1'] : []),
        ...train.values.slice(3 * i, 3 * i + 3),
      ].join(),
    ),
  ].join('\n')

describe('telltale stream, devices that are new', () => {
  beforeAll(async () => {
    cwd = mkdtempSync(join(tmpdir(), 'telltale-cold-start-'))
    writeFileSync(join(cwd, 'one.csv'), csv(false))
    writeFileSync(join(cwd, 'fleet.csv'), csv(true))
    const one = await telltale(['train', 'one.csv', '--detector', 'pca-q', '--out', 'pump'], { cwd })
    expect(one.code, one.stderr).toBe(0)
    const args = ['train', 'fleet.csv', '--group-by', 'device', '--detector', 'pca-q', '--out', 'fleet']
    const fleet = await telltale(args, { cwd })
    expect(fleet.code, fleet.stderr).toBe(0)
  })

  afterAll(() => rmSync(cwd, { recursive: true, force: true }))

  it('tells a fault inside of what a device has learnt from', async () => {
    const rows = Array.from({ length: 900 }, (_, i) =>
      JSON.stringify({
        time: new Date(1_767_000_000_000 + 60_000 * i).toISOString(),
        power: 20 + Math.sin(i / 9) + 0.02 * ((i * 7) % 11) + (i >= 500 && i < 520 ? 9 : 0),
        flow: 5 + Math.cos(i / 9) + 0.02 * ((i * 5) % 13),
      }),
    )
    writeFileSync(join(cwd, 'in.ndjson'), `${rows.join('\n')}\n`)
    const args = ['stream', '--source', 'in.ndjson', '--no-follow', '--no-events', '--learn', '800']
    const { stderr } = await telltale(args, { cwd })
    expect(stderr).toMatch(
      /note: the device: parts of the history alone set the .* threshold: .*\(most in power\)/,
    )
  })

  it('says that a device does not continue from the state of another model', async () => {
    const other = await telltale(['train', 'one.csv', '--detector', 'ewma', '--out', 'other'], { cwd })
    expect(other.code, other.stderr).toBe(0)
    const run = async (model: string, from: number) => {
      writeFileSync(join(cwd, 'in.ndjson'), linesOf([''], from, from + 50))
      const args = ['stream', '--source', 'in.ndjson', '--no-follow', '--no-events', '--state', 'kept']
      return (await telltale([...args, '--model', model], { cwd })).stderr
    }
    const text = 'the state of the device is of another model or of other settings: it starts again'
    expect(await run('pump', 0)).not.toContain(text)
    expect(await run('pump', 50)).not.toContain(text)
    expect(await run('other', 100)).toContain(text)
  })

  it('takes the first model that has one of the device', async () => {
    const devices = ['fan-1', 'pump-1', 'pump-2', 'other']
    const map = ['--map', 'time=time,device=device']
    const lines = linesOf(devices, 0, 50)
    expect(await stream(['--model', 'fleet', ...map], lines)).toMatch(
      /1 device;.*refused: unknown-device 150/,
    )
    expect(await stream(['--model', 'fleet,pump', ...map], lines)).toMatch(/4 devices;(?!.*refused)/)
    expect(await stream(['--model', 'fleet,pump-*=pump', ...map], lines)).toMatch(
      /3 devices;.*refused: unknown-device 50/,
    )
  })

  it('lets each learn a model, and keeps it', async () => {
    const args = ['--learn', '400', '--map', 'device=device', '--state', 'state']
    const first = await stream(args, linesOf(['a', 'b'], 0, 450))
    expect(first).toMatch(/2 devices;.*not scored: learning 800/)
    const run = await telltale(
      ['stream', '--source', 'in.ndjson', '--no-follow', '--no-events', '--scores', 'scores.jsonl', ...args],
      { cwd },
    )
    expect(run.stderr).not.toContain('learnt')
    writeFileSync(join(cwd, 'in.ndjson'), linesOf(['a', 'b', 'c'], 450, 500))
    const more = await telltale(
      ['stream', '--source', 'in.ndjson', '--no-follow', '--no-events', '--scores', 'scores.jsonl', ...args],
      { cwd },
    )
    expect(more.stderr).toContain('learning 850')
    const devices = readFileSync(join(cwd, 'scores.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).device)
    expect(new Set(devices)).toEqual(new Set(['a', 'b']))
  })

  it('learns from numbers alone: not from texts, nor from labels', async () => {
    const lines = linesOf(['a'], 0, 450).replaceAll('"device":"a"', '"device":"a","label":0')
    writeFileSync(join(cwd, 'in.ndjson'), lines)
    const run = await telltale(
      ['stream', '--source', 'in.ndjson', '--no-follow', '--no-events', '--learn', '400'],
      { cwd },
    )
    expect(run.stderr).toContain(`learnt from 400 samples of ${train.channels.join(', ')}: `)
    expect(run.stderr).toMatch(/not scored: learning 400/)
    const mixed = linesOf(['a', 'b'], 0, 300)
    expect(await stream(['--learn', '400'], mixed)).toMatch(/refused: duplicate 300;.*learning 300/)
  })

  it('needs a model, or devices that learn', async () => {
    const run = await telltale(['stream', '--source', 'in.ndjson'], { cwd })
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('--model')
  })
})
