import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Io } from '../../src/cli/io.js'
import { findLine, outcomeBytes, outcomeOf } from '../../src/cli/line-record.js'
import { fakeIo, SMALL, smallTable, telltale } from './world.js'

let cwd: string
const DETECT = ['detect', 'data.csv', '--model', 'model', '--events', 'events.jsonl', '--cache', 'cache']

/** What a line gives from its record alone; undefined where the program has to be loaded. */
async function repeated(argv: readonly string[], more: Partial<Io> = {}) {
  const { io, printed } = fakeIo({ cwd, ...more })
  const run = await findLine(argv, io)
  return run && { code: await run(), ...printed }
}

describe('the record of a command line', () => {
  afterAll(() => rmSync(cwd, { recursive: true }))
  beforeAll(async () => {
    cwd = mkdtempSync(join(tmpdir(), 'telltale-line-'))
    writeFileSync(join(cwd, 'data.csv'), smallTable())
    writeFileSync(join(cwd, '.git'), '')
    await telltale(['train', 'data.csv', '--rows', ':480', '--out', 'model', ...SMALL], { cwd })
  })

  it.each([
    ['detect', DETECT],
    ['detect as CSV', [...DETECT, '--format', 'csv']],
    ['validate', ['validate', 'data.csv', '--cache=cache']],
  ])('repeats %s: what it printed and wrote, and its exit code', async (_, argv) => {
    expect(await repeated(argv)).toBeUndefined()
    const first = await telltale(argv, { cwd })
    const events = argv.includes('--events') && readFileSync(join(cwd, 'events.jsonl'), 'utf8')
    rmSync(join(cwd, 'events.jsonl'), { force: true })
    expect(await repeated(argv)).toEqual(first)
    if (events !== false) expect(readFileSync(join(cwd, 'events.jsonl'), 'utf8')).toBe(events)
  })

  it('holds until anything that the line reads or means has changed', async () => {
    const isKnown = async (argv = DETECT, more: Partial<Io> = {}) =>
      (await repeated(argv, more)) !== undefined
    const run = () => telltale(DETECT, { cwd })
    await run()
    expect(await isKnown()).toBe(true)
    expect(await isKnown([...DETECT, '--threshold', '2'])).toBe(false)
    expect(await isKnown([...DETECT, '--no-cache'])).toBe(false)
    expect(await isKnown(DETECT, { env: { TELLTALE_DETECT_THRESHOLD: '2' } })).toBe(false)
    expect(await isKnown(DETECT, { env: { TZ: 'Asia/Tokyo' } })).toBe(false)
    expect(await isKnown(DETECT, { isStdoutTerminal: true })).toBe(false)
    writeFileSync(join(cwd, 'telltale.yaml'), 'detect: {threshold: 2}\n')
    expect(await isKnown()).toBe(false)
    const { stdout } = await run()
    expect(await repeated(DETECT)).toMatchObject({ stdout })
    writeFileSync(join(cwd, 'telltale.yaml'), 'detect: {threshold: 3}\n')
    expect(await isKnown()).toBe(false)
    unlinkSync(join(cwd, 'telltale.yaml'))
    await run()
    appendFileSync(join(cwd, 'data.csv'), '2024-01-01T10:00:00.000Z,0.5,2.5,0\n')
    expect(await isKnown()).toBe(false)
    await run()
    await telltale(['train', 'data.csv', '--rows', ':481', '--out', 'model', ...SMALL], { cwd })
    expect(await isKnown()).toBe(false)
  })

  it('leaves it to the program where a file that would be written is one that is read by now', async () => {
    await telltale(DETECT, { cwd })
    rmSync(join(cwd, 'events.jsonl'))
    symlinkSync('data.csv', join(cwd, 'events.jsonl'))
    const table = readFileSync(join(cwd, 'data.csv'), 'utf8')
    expect(await repeated(DETECT)).toBeUndefined()
    expect(readFileSync(join(cwd, 'data.csv'), 'utf8')).toBe(table)
    rmSync(join(cwd, 'events.jsonl'))
  })

  it('does not exist of runs that write a log, nor of patterns, nor of models of a registry', async () => {
    await telltale(
      ['train', 'data.csv', '--rows', ':480', '--registry', 'models', '--out', 'pump', ...SMALL],
      {
        cwd,
      },
    )
    for (const argv of [
      [...DETECT, '--log-file', 'log.jsonl'],
      ['validate', 'dat*.csv', '--cache', 'cache'],
      ['detect', 'data.csv', '--model', 'pump@1', '--registry', 'models', '--cache', 'cache'],
    ]) {
      const { stderr, code } = await telltale(argv, { cwd })
      expect([stderr, code].join()).not.toContain('error')
      await telltale(argv, { cwd })
      expect(await repeated(argv)).toBeUndefined()
    }
  })
})

describe('what a run gave', () => {
  it('is the same after it was kept, whatever the files hold', () => {
    const bytes = fc.uint8Array({ maxLength: 300 })
    const files = fc.dictionary(fc.constantFrom('scores', 'events', 'report'), bytes)
    const printed = fc.array(fc.tuple(fc.constantFrom('stdout' as const, 'stderr' as const), fc.string()))
    fc.assert(
      fc.property(fc.nat(11), printed, files, (code, printed, files) => {
        const kept = outcomeOf(outcomeBytes({ code, printed, files }))
        expect([kept.code, kept.printed]).toEqual([code, printed])
        expect(Object.entries(kept.files).map(([key, file]) => [key, [...file]])).toEqual(
          Object.entries(files).map(([key, file]) => [key, [...file]]),
        )
      }),
      { seed: 1 },
    )
  })
})
