import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { telltale } from '../world.js'

const cwd = mkdtempSync(join(tmpdir(), 'telltale-stream-'))
afterAll(() => rmSync(cwd, { recursive: true }))
const row = (i: number) =>
  `${new Date(Date.UTC(2024, 0, 1) + i * 60_000).toISOString()},${Math.sin(i / 8).toFixed(3)},${Math.cos(i / 8).toFixed(3)}`
const rows = (from: number, to: number) =>
  `${['time,a,b', ...Array.from({ length: to - from }, (_, i) => row(from + i))].join('\n')}\n`
const stream = (lines: string, ...more: string[]) =>
  telltale(['stream', '--model', 'm', ...more], { cwd, stdin: Readable.from([lines]) })

beforeAll(async () => {
  writeFileSync(join(cwd, 'h.csv'), rows(0, 600))
  const { code, stderr } = await telltale(['train', 'h.csv', '--out', 'm', '--detector', 'z-score'], { cwd })
  expect(code, stderr).toBe(0)
}, 60_000)

describe('telltale stream', () => {
  it.each(['table', 'csv', 'md'])('refuses --format %s, and takes jsonl and json', async format => {
    const refused = await stream(rows(600, 700), '--format', format)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('it must be one of jsonl, json')
    for (const works of ['jsonl', 'json'])
      expect((await stream(rows(600, 700), '--format', works)).code).toBe(0)
    const shown = await stream(rows(600, 700), '--format', format, '--dry-run')
    expect([shown.code, shown.stderr]).toEqual([0, ''])
  })

  it('says why a run that continues from a state refuses its messages', async () => {
    const state = ['--no-events', '--state', 'state']
    const notes = async (lines: string) => (await stream(lines, ...state)).stderr
    const NOTE = 'the state in state is that of a run that took messages up to 2024-01-01T11:39:00.000Z'
    expect(await notes(rows(600, 700))).not.toContain('the state in')
    expect(await notes(rows(600, 700))).toContain(NOTE)
    expect((await notes(rows(500, 700))).split('the state in')).toHaveLength(2)
    expect(await notes(rows(700, 800))).not.toContain('the state in')
    const another = await stream(rows(600, 700), '--no-events', '--state', 'another')
    expect(another.stderr).not.toContain('refused')
  })

  it.each([
    ['--events', 'e.json', 'e.jsonl'],
    ['--scores', 's.parquet', 's.jsonl'],
    ['--scores', 's.csv.gz', 's.csv'],
  ])('refuses %s %s, which it cannot write line by line, and names %s', async (option, file, named) => {
    const more = option === '--scores' ? ['--no-events'] : []
    const refused = await stream(rows(600, 700), ...more, option, file)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain(`Name it ${named}`)
    expect(existsSync(join(cwd, file))).toBe(false)
    expect((await stream(rows(600, 700), ...more, option, named)).code).toBe(0)
    if (option === '--scores') expect(readFileSync(join(cwd, named), 'utf8')).not.toBe('')
  })
})
