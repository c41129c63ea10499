import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contentHash } from '../../../src/store/index.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-hash-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('contentHash', () => {
  it('is SHA-256 of a file', async () => {
    writeFileSync(join(folder, 'a'), 'abc')
    // FIPS 180-4, example of one block.
    expect(await contentHash(join(folder, 'a'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
  })

  it('changes with every name and every byte of a folder, and not with where the folder is', async () => {
    const inside = join(folder, 'in')
    mkdirSync(join(inside, 'deep'), { recursive: true })
    writeFileSync(join(inside, 'a'), '1')
    writeFileSync(join(inside, 'deep', 'b'), '2')
    const first = await contentHash(inside)
    renameSync(inside, join(folder, 'moved'))
    expect(await contentHash(join(folder, 'moved'))).toBe(first)
    writeFileSync(join(folder, 'moved', 'deep', 'b'), '3')
    const changed = await contentHash(join(folder, 'moved'))
    renameSync(join(folder, 'moved', 'a'), join(folder, 'moved', 'c'))
    const renamed = await contentHash(join(folder, 'moved'))
    expect(new Set([first, changed, renamed]).size).toBe(3)
  })

  it('is undefined for what does not exist', async () => {
    expect(await contentHash(join(folder, 'nowhere'))).toBeUndefined()
  })
})
