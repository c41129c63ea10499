import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inspectFile, readTextFile, readWhole, rootFolders } from '../../src/files/index.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-read-'))
  writeFileSync(join(folder, 'a.txt'), '\ufeffabc')
})
afterEach(() => rmSync(folder, { recursive: true }))
const code = (wanted: string) => expect.objectContaining({ code: wanted })

describe('readWhole and readTextFile', () => {
  it('give bytes and text', async () => {
    expect((await readWhole(join(folder, 'a.txt'), 6)).length).toBe(6)
    expect(await readTextFile(join(folder, 'a.txt'), 6)).toBe('abc')
  })

  it('refuse what is too large before they allocate it', async () => {
    await expect(readWhole(join(folder, 'a.txt'), 5)).rejects.toEqual(code('file-too-large'))
    truncateSync(join(folder, 'a.txt'), 3_000_000_000)
    await expect(readWhole(join(folder, 'a.txt'), 1000)).rejects.toEqual(code('file-too-large'))
  })

  it('refuse folders, devices, and links where these are not wanted', async () => {
    symlinkSync('a.txt', join(folder, 'link'))
    await expect(readWhole(folder, 10)).rejects.toThrow(/not a regular file/)
    await expect(readWhole(join(folder, 'link'), 10, { noLinks: true })).rejects.toThrow(/not a regular file/)
    expect((await readWhole(join(folder, 'link'), 10)).length).toBe(6)
    if (process.platform === 'linux')
      await expect(readWhole('/dev/zero', 10)).rejects.toThrow(/not a regular file/)
  })

  it('name what is missing, unreadable as text or no path', async () => {
    await expect(readWhole(join(folder, 'none'), 10)).rejects.toEqual(code('file-not-found'))
    await expect(readWhole('a\0b', 10)).rejects.toEqual(code('file-unreadable'))
    writeFileSync(join(folder, 'bytes'), Buffer.of(0xff, 0xfe, 0xfd))
    await expect(readTextFile(join(folder, 'bytes'), 10)).rejects.toThrow(/not UTF-8/)
  })
})

describe('roots', () => {
  it('hold what lies below them, by real path', async () => {
    mkdirSync(join(folder, 'in'))
    mkdirSync(join(folder, '..in'), { recursive: true })
    writeFileSync(join(folder, 'in', 'b.txt'), 'b')
    symlinkSync('../a.txt', join(folder, 'in', 'out.txt'))
    const roots = [join(folder, 'in')]
    expect((await inspectFile(join(folder, 'in', 'b.txt'), { roots })).sizeBytes).toBe(1)
    await expect(inspectFile(join(folder, 'in', 'out.txt'), { roots })).rejects.toEqual(code('path-outside'))
    await expect(inspectFile(join(folder, 'a.txt'), { roots })).rejects.toEqual(code('path-outside'))
  })

  it('are named when they are missing or no folders', async () => {
    await expect(rootFolders([join(folder, 'none')])).rejects.toEqual(code('file-not-found'))
    await expect(rootFolders([join(folder, 'a.txt')])).rejects.toThrow(/not a folder/)
  })
})
