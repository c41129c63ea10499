import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Io } from '../../src/cli/io.js'
import { SMALL, smallTable, telltale } from './world.js'

let cwd: string
const CACHE = ['--cache', 'cache']
const counts = async () =>
  JSON.parse((await telltale(['cache', 'stats', ...CACHE, '--format', 'json'], { cwd })).stdout)[0]
/** Whether a run repeated a result that was kept. */
async function isHit(args: readonly string[]): Promise<boolean> {
  const before = await counts()
  const { code, stderr } = await telltale([...args, ...CACHE], { cwd })
  if (code !== 0) throw new Error(stderr)
  const { hits, misses } = await counts()
  expect(hits + misses - before.hits - before.misses).toBe(1)
  return hits > before.hits
}

describe('the cache of results', () => {
  afterAll(() => rmSync(cwd, { recursive: true }))
  beforeAll(async () => {
    cwd = mkdtempSync(join(tmpdir(), 'telltale-run-cache-'))
    writeFileSync(join(cwd, 'data.csv'), smallTable())
    const { code, stderr } = await telltale(
      ['train', 'data.csv', '--rows', ':480', '--out', 'model', ...SMALL],
      { cwd },
    )
    if (code !== 0) throw new Error(stderr)
  })

  it.each([
    ['detect', ['detect', 'data.csv', '--model', 'model', '--scores', 'out.csv', '--events', 'events.jsonl']],
    ['evaluate', ['evaluate', 'data.csv', '--model', 'model', '--labels', 'label', '--resamples', '100']],
    ['validate', ['validate', 'data.csv', '--report', 'health.md']],
    [
      'backtest',
      ['backtest', 'data.csv', '--detector', 'z-score', '--window', '10', '--retrain-every', '100'],
    ],
  ])('repeats %s: what it printed, what it wrote and its exit code', async (_, args) => {
    const written = ['out.csv', 'events.jsonl', 'health.md']
    const run = async (more: string[] = CACHE) => {
      for (const file of written) rmSync(join(cwd, file), { force: true })
      const outcome = await telltale([...args, ...more], { cwd })
      const files = written.map(file => (args.includes(file) ? readFileSync(join(cwd, file), 'utf8') : ''))
      return { ...outcome, files }
    }
    const plain = await run([])
    const first = await run()
    const again = await run()
    expect(first).toEqual(plain)
    expect(again).toEqual(plain)
    expect(await isHit(args)).toBe(true)
  })

  it('misses after any change of data, options, format or model', async () => {
    const detect = ['detect', 'data.csv', '--model', 'model']
    expect([await isHit(detect), await isHit(detect)]).toEqual([expect.any(Boolean), true])
    expect(await isHit([...detect, '--threshold', '1.5'])).toBe(false)
    expect(await isHit([...detect, '--format', 'json'])).toBe(false)
    expect(await isHit([...detect, '--rows', ':300'])).toBe(false)
    const table = readFileSync(join(cwd, 'data.csv'), 'utf8')
    appendFileSync(join(cwd, 'data.csv'), '2024-01-01T10:00:00.000Z,0.5,2.5,0\n')
    expect(await isHit(detect)).toBe(false)
    writeFileSync(join(cwd, 'data.csv'), table)
    expect(await isHit(detect)).toBe(true)
    await telltale(['train', 'data.csv', '--rows', ':481', '--out', 'model', ...SMALL], { cwd })
    expect(await isHit(detect)).toBe(false)
  })

  it('keeps what a terminal shows apart from what a program reads', async () => {
    const detect = ['detect', 'data.csv', '--model', 'model', '--threshold', '1.2']
    const run = (more: Partial<Io>, cache: readonly string[] = CACHE) =>
      telltale([...detect, ...cache], { cwd, ...more })
    const plain = await run({}, [])
    await run({ isStdoutTerminal: true })
    expect(await run({})).toEqual(plain)
  })

  it('keeps nothing with --no-cache, of runs that fail, and of tables on standard output', async () => {
    const before = await counts()
    await telltale(['detect', 'data.csv', '--model', 'model', ...CACHE, '--no-cache'], { cwd })
    await telltale(['detect', 'data.csv', '--model', 'model', '--scores', '-', ...CACHE], { cwd })
    expect(await counts()).toEqual(before)
    const failing = ['detect', 'data.csv', '--model', 'model', '--channel-unknown', ...CACHE]
    expect((await telltale(failing, { cwd })).code).not.toBe(0)
    expect((await counts()).entries).toBe(before.entries)
  })

  it('gives the result all the same when the cache cannot be written', async () => {
    const plain = await telltale(['detect', 'data.csv', '--model', 'model'], { cwd })
    writeFileSync(join(cwd, 'file'), '')
    const { code, stdout, stderr } = await telltale(
      ['detect', 'data.csv', '--model', 'model', '--cache', join('file', 'cache')],
      { cwd },
    )
    expect([code, stdout]).toEqual([plain.code, plain.stdout])
    expect(stderr).toContain('the result was not kept in the cache')
  })

  it('is shown, checked and emptied by telltale cache', async () => {
    const list = await telltale(['cache', 'list', ...CACHE], { cwd })
    expect(list.stdout).toMatch(/detect .*ok$/m)
    const verify = await telltale(['cache', 'verify', ...CACHE, '--format', 'json'], { cwd })
    expect(JSON.parse(verify.stdout)[0]).toMatchObject({ damaged: 0 })
    const asked = await telltale(['cache', 'clear', ...CACHE], { cwd })
    expect(asked.stdout).toContain('would be removed')
    await telltale(['cache', 'clear', ...CACHE, '--yes'], { cwd })
    expect((await counts()).entries).toBe(0)
    expect((await telltale(['cache', 'stats'], { cwd })).code).toBe(2)
    const file = await telltale(['cache', 'stats', '--cache', 'data.csv'], { cwd })
    expect([file.code, file.stderr]).toEqual([1, expect.stringContaining('data.csv cannot be read')])
    expect((await telltale(['cache', 'stat', ...CACHE], { cwd })).stderr).toContain('stats')
  })
})
