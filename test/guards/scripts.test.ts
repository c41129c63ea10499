import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listFiles, ROOT } from './sources.js'

const programs = ['scripts', 'bench'].flatMap(folder =>
  listFiles(folder, path => path.endsWith('.mjs') && !path.includes('node_modules')),
)
const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const usageOf = (path: string) =>
  textOf(path)
    .split('\n')[0]!
    .replace(/^\/\/ ?/, '')
/** Those that are started by hand read their arguments; peers need packages of others. */
const scripts = programs.filter(
  path => textOf(path).includes('readArguments(import.meta') && !path.includes('/peers/'),
)
const run = (path: string, ...args: string[]) =>
  spawnSync(process.execPath, [path, ...args], { cwd: ROOT, encoding: 'utf8', timeout: 60_000 })

describe('a script', () => {
  it('reads its arguments in the one way', () => {
    expect(scripts.length).toBeGreaterThan(40)
    const isOther = (path: string) => path !== 'scripts/arguments.mjs' && /\bparseArgs\(/.test(textOf(path))
    expect(programs.filter(isOther)).toEqual([])
  })

  it.each(scripts)('%s says its usage for --help', { timeout: 60_000 }, path => {
    const { status, stdout, stderr } = run(path, '--help')
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain(usageOf(path))
  })

  it.each([
    ['scripts/attack.mjs', ['--no-such-option'], "Unknown option '--no-such-option'"],
    ['scripts/attack.mjs', ['more'], 'unknown argument more'],
    ['scripts/attack.mjs', ['--seed'], "Option '--seed <value>' argument missing"],
    ['bench/report.mjs', [], 'an argument is missing'],
  ])('%s says what is wrong with %j, and its usage', { timeout: 60_000 }, (path, args, problem) => {
    const { status, stderr } = run(path, ...args)
    expect(status).toBe(2)
    expect(stderr).toContain(`error: ${problem}`)
    expect(stderr).toContain(usageOf(path))
    expect(stderr).not.toMatch(/^\s+at /m)
  })
})
