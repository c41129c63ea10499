import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from './sources.js'

/** Folders of one person's or one machine's disk, and hosts inside a private network. */
const MACHINE_PATH =
  /(?<![\w.])\/(?:home|Users|root|work)\/(?!NAME\b)[\w.-]+|[A-Z]:\\Users\\(?!\\?NAME\b)|\/tmp\/[\w.-]+|https?:\/\/(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d/
const TEXT = /\.(?:ts|mjs|js|json|jsonc|md|yaml|yml|css|html|py|txt|sh)$|^\.ci\/|^NOTICE$/

function machinePaths(path: string, text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, i) => (MACHINE_PATH.test(line) ? [`${path}:${i + 1}: ${line.trim().slice(0, 120)}`] : []))
}

describe('the files of the project', () => {
  it('name no folder of the machine they were written on', () => {
    const tracked = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n')
    // Tests of redaction and this guard itself need made-up paths to look for.
    const checked = tracked.filter(
      path => TEXT.test(path) && !/^test\/(observe|guards)\/|generated|fixtures/.test(path),
    )
    expect(checked.length).toBeGreaterThan(10)
    expect(checked.flatMap(path => machinePaths(path, readFileSync(join(ROOT, path), 'utf8')))).toEqual([])
  })

  it('are caught when they do', () => {
    expect(machinePaths('x', 'cd /home/ann/project')).toHaveLength(1)
    expect(machinePaths('x', 'see docs/home/page and ./work/x')).toEqual([])
  })
})
