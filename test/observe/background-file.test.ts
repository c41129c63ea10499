import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBackgroundFile } from '../../src/observe/background-file.js'
import { createLogger } from '../../src/observe/index.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-log-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('a log that is written in the background', () => {
  it('has every line, in order and whole, over all rotated files when it is closed', async () => {
    const file = join(folder, 'a.log')
    const options = {
      level: 'info',
      format: 'json',
      file,
      asynchronous: true,
      maxSizeBytes: 2000,
      backups: 1000,
    } as const
    const log = createLogger(options, { stderr: () => {} })
    for (let i = 0; i < 500; i++) {
      log.info({ i }, 'line')
      if (i % 50 === 0) await Promise.resolve()
    }
    await log.close()
    const number = (name: string) => Number(name.split('.')[2] ?? 0)
    const names = readdirSync(folder).sort((a, b) => number(b) - number(a))
    const texts = names.map(name => readFileSync(join(folder, name), 'utf8'))
    expect(names.length).toBeGreaterThan(10)
    for (const text of texts) expect(text.length).toBeLessThanOrEqual(2000)
    const lines = texts.join('').trimEnd().split('\n')
    expect(lines.map(line => JSON.parse(line).i)).toEqual(Array.from({ length: 500 }, (_, i) => i))
  })

  it('holds who logs up by nothing: lines wait while the disk is slow, bounded, and the lost ones are counted', async () => {
    const written: string[] = []
    let release = () => {}
    const slow = new Promise<void>(resolve => {
      release = resolve
    })
    const file = {
      append: async (lines: readonly string[]) => {
        await slow
        written.push(...lines)
      },
      close() {},
    }
    const background = createBackgroundFile(
      file,
      () => {},
      lost => `lost ${lost}`,
    )
    const line = 'x'.repeat(1024 * 1024)
    for (let i = 0; i < 20; i++) background.write(line)
    expect(written).toEqual([])
    release()
    await background.close()
    expect(written.at(-1)).toBe('lost 3')
    expect(written).toHaveLength(18)
  })

  it('says once that it has stopped, when writing fails', async () => {
    const errors: string[] = []
    const file = {
      append: async () => {
        throw new Error('disk full')
      },
      close() {},
    }
    const background = createBackgroundFile(file, error => void errors.push(error.message), String)
    background.write('a')
    await background.close()
    background.write('b')
    await background.close()
    expect(errors).toEqual(['disk full'])
  })
})
