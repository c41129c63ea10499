import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeFileAtomic, writeOutput } from '../../src/files/index.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-files-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('writeFileAtomic', () => {
  it('writes text and bytes in order and leaves nothing else', async () => {
    await writeFileAtomic(join(folder, 'a.csv'), ['é\n', Uint8Array.of(65, 10), ''])
    expect(readFileSync(join(folder, 'a.csv'), 'utf8')).toBe('é\nA\n')
    expect(readdirSync(folder)).toEqual(['a.csv'])
  })

  it('keeps the old file when the new content breaks off', async () => {
    const path = join(folder, 'a.csv')
    writeFileSync(path, 'old')
    const broken = function* () {
      yield 'new'
      throw Object.assign(new Error('write failed'), { code: 'ENOSPC' })
    }
    await expect(writeFileAtomic(path, broken())).rejects.toMatchObject({
      code: 'file-unwritable',
      where: { file: path, reason: 'no space is left on the disk' },
    })
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['a.csv'])
  })

  it.each([
    ['a missing folder', (f: string) => join(f, 'none', 'a.csv'), 'its folder does not exist'],
    ['a path below a file', (f: string) => join(f, 'file', 'a.csv'), 'a part of its path is a file'],
    ['a folder', (f: string) => join(f, 'folder'), 'it is a folder'],
  ])('refuses %s', async (_, pathIn, reason) => {
    writeFileSync(join(folder, 'file'), '')
    mkdirSync(join(folder, 'folder'))
    const path = pathIn(folder)
    const before = readdirSync(folder)
    await expect(writeFileAtomic(path, ['x'])).rejects.toMatchObject({
      code: 'file-unwritable',
      where: { reason },
    })
    expect(readdirSync(folder)).toEqual(before)
  })
})

describe('writeOutput', () => {
  it('makes the folders above a file, and names a part of the path that is a file', async () => {
    const path = join(folder, 'new', 'er', 'a.csv')
    await writeOutput(path, ['a\n'])
    expect(readFileSync(path, 'utf8')).toBe('a\n')
    await expect(writeOutput(join(path, 'b.csv'), ['b\n'])).rejects.toMatchObject({
      code: 'file-unwritable',
      where: { reason: 'a part of its path is a file' },
    })
  })
})
