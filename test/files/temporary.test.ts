import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { siblingPath, sweepSiblings, temporaryPath } from '../../src/files/index.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-temporary-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** The process number of a process that has ended. */
const dead = () => spawnSync(process.execPath, ['-e', '']).pid
/** The same name, of another process. */
const ofProcess = (path: string, pid: number) => path.replace(`-${process.pid}-`, `-${pid}-`)

describe('sweepSiblings', () => {
  it('removes what a process that is gone left beside the target', async () => {
    const target = join(folder, 'a.csv')
    writeFileSync(ofProcess(siblingPath(target), dead()), '')
    await sweepSiblings(target)
    expect(readdirSync(folder)).toEqual([])
  })

  it('leaves what is of a live process, another target, another machine or another kind', async () => {
    const target = join(folder, 'a.csv')
    const pid = dead()
    const kept = [
      siblingPath(target),
      ofProcess(siblingPath(target), process.ppid),
      ofProcess(siblingPath(join(folder, 'b.csv')), pid),
      ofProcess(siblingPath(target), pid).replace(/\.[0-9a-f]{8}-/, '.00000000-'),
      join(folder, '.a.csv.backup.tmp'),
    ]
    for (const path of kept) writeFileSync(path, '')
    await sweepSiblings(target)
    expect(readdirSync(folder).sort()).toEqual(kept.map(path => basename(path)).sort())
  })

  it('brings back a folder whose replacement was cut off, and removes it once there is another', async () => {
    const target = join(folder, 'model')
    const old = () => ofProcess(siblingPath(target, 'old'), dead())
    mkdirSync(old())
    await sweepSiblings(target)
    expect(readdirSync(folder)).toEqual(['model'])
    mkdirSync(old())
    await sweepSiblings(target)
    expect(readdirSync(folder)).toEqual(['model'])
  })
})

describe('temporaryPath', () => {
  it('is free, and names the folder when there is none', async () => {
    expect(existsSync(await temporaryPath())).toBe(false)
    const { TMPDIR } = process.env
    process.env.TMPDIR = join(folder, 'none')
    try {
      await expect(temporaryPath()).rejects.toThrow(
        /temporary files .*none cannot be used: it does not exist/,
      )
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = TMPDIR
    }
  })
})
