import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder, makeFolderSync } from '../../src/files/index.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-folder-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe.each([
  ['makeFolder', makeFolder],
  ['makeFolderSync', async (path: string) => makeFolderSync(path)],
])('%s', (_, make) => {
  it('makes all parents, and does nothing when the folder is there', async () => {
    await make(join(folder, 'a', 'b', 'c'))
    await make(join(folder, 'a', 'b', 'c'))
    await make(relative(process.cwd(), resolve(folder, 'd/e')))
    expect(existsSync(join(folder, 'a', 'b', 'c'))).toBe(true)
    expect(existsSync(join(folder, 'd', 'e'))).toBe(true)
  })

  it('fails when a part of the path is a file', async () => {
    writeFileSync(join(folder, 'file'), '')
    await expect(make(join(folder, 'file', 'a'))).rejects.toMatchObject({ code: 'ENOTDIR' })
  })

  it.skipIf(process.platform !== 'linux')('ends where the system never makes a folder', async () => {
    await expect(make('/proc/nothing/here')).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

it('makeFolder tells which folders it made, outermost first', async () => {
  const created: string[] = []
  await makeFolder(join(folder, 'a', 'b'), created)
  expect(created).toEqual([join(folder, 'a'), join(folder, 'a', 'b')])
})
