import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cacheCounts, cacheKey, clearCache, listCache, openCache } from '../../../src/store/index.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-cache-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const key = (text: string) => cacheKey([text])
const bytes = (text: string) => Buffer.from(text)

describe('cacheKey', () => {
  it('differs for every other list of parts', () => {
    const parts = fc.array(fc.string({ maxLength: 6 }), { maxLength: 4 })
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(cacheKey(a) === cacheKey(b)).toBe(JSON.stringify(a) === JSON.stringify(b))
      }),
      {
        seed: 1,
        numRuns: 1000,
        examples: [
          [['1:a'], ['', 'a']],
          [
            ['ab', 'c'],
            ['a', 'bc'],
          ],
        ],
      },
    )
  })
})

describe('openCache', () => {
  it('gives back what was put, to another process too, and nothing for another key', async () => {
    await openCache({ folder }).put(key('a'), 'detect', bytes('result'))
    const other = openCache({ folder })
    expect(Buffer.from((await other.get(key('a')))!).toString()).toBe('result')
    expect(await other.get(key('b'))).toBeUndefined()
    expect(await cacheCounts(folder)).toEqual({ hits: 1, misses: 1 })
  })

  it('gives copies: neither who puts nor who gets can change what it holds', async () => {
    for (const cache of [openCache({}), openCache({ folder, memoryBytes: 0 }), openCache({ folder })]) {
      const own = bytes('abc')
      await cache.put(key('a'), 'detect', own)
      own.fill(0)
      const got = (await cache.get(key('a')))!
      expect(Buffer.from(got).toString()).toBe('abc')
      got.fill(0)
      expect(Buffer.from((await cache.get(key('a')))!).toString()).toBe('abc')
    }
  })

  it('takes every flipped byte for not there, and removes it', async () => {
    const cache = openCache({ folder, memoryBytes: 0 })
    await cache.put(key('a'), 'detect', bytes('result'))
    const file = join(folder, `${key('a')}.cache`)
    const whole = readFileSync(file)
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole)
      damaged[at] ^= 0x21
      writeFileSync(file, damaged)
      expect(await cache.get(key('a'))).toBeUndefined()
      expect(readdirSync(folder)).not.toContain(`${key('a')}.cache`)
    }
    writeFileSync(file, whole.subarray(0, -1))
    expect(await cache.get(key('a'))).toBeUndefined()
  })

  it('removes the least recently used on disk when there are too many bytes', async () => {
    const cache = openCache({ folder, memoryBytes: 0, diskBytes: 1000 })
    const old = (name: string, seconds: number) =>
      utimesSync(join(folder, `${key(name)}.cache`), seconds, seconds)
    for (const [i, name] of ['a', 'b', 'c'].entries()) {
      await cache.put(key(name), 'detect', Buffer.alloc(200))
      old(name, 1000 + i)
    }
    await cache.get(key('a'))
    await cache.put(key('d'), 'detect', Buffer.alloc(200))
    const left = (await listCache(folder)).map(entry => entry.key)
    expect(left.sort()).toEqual([key('a'), key('c'), key('d')].sort())
    await cache.put(key('large'), 'detect', Buffer.alloc(2000))
    expect(await cache.get(key('large'))).toBeUndefined()
  })

  it('keeps at most its limit in memory', async () => {
    const cache = openCache({ memoryBytes: 250 })
    for (const name of ['a', 'b']) await cache.put(key(name), 'detect', Buffer.alloc(100))
    await cache.get(key('a'))
    await cache.put(key('c'), 'detect', Buffer.alloc(100))
    const has = async (name: string) => (await cache.get(key(name))) !== undefined
    expect([await has('a'), await has('b'), await has('c')]).toEqual([true, false, true])
  })

  it('holds when many write and read the same and other keys at once', async () => {
    const caches = Array.from({ length: 4 }, () => openCache({ folder, memoryBytes: 0, diskBytes: 5000 }))
    const wrong: string[] = []
    await Promise.all(
      caches.flatMap(cache =>
        Array.from({ length: 25 }, async (_, i) => {
          const name = `n${i % 8}`
          await cache.put(key(name), 'detect', Buffer.alloc(900, name))
          const got = await cache.get(key(name))
          if (got !== undefined && !Buffer.alloc(900, name).equals(got)) wrong.push(name)
        }),
      ),
    )
    expect(wrong).toEqual([])
    for (const { ok } of await listCache(folder)) expect(ok).toBe(true)
  })

  it('refuses to put where it cannot write, and still finds nothing', async () => {
    writeFileSync(join(folder, 'file'), '')
    const cache = openCache({ folder: join(folder, 'file', 'cache'), memoryBytes: 0 })
    await expect(cache.put(key('a'), 'detect', bytes('x'))).rejects.toMatchObject({ code: 'file-unwritable' })
    expect(await cache.get(key('a'))).toBeUndefined()
  })
})

describe('clearCache', () => {
  it('removes entries and leaves what is not of the cache', async () => {
    await openCache({ folder }).put(key('a'), 'detect', bytes('x'))
    writeFileSync(join(folder, 'mine.txt'), '')
    expect(await clearCache(folder)).toBe(1)
    expect(readdirSync(folder)).toContain('mine.txt')
    expect(await listCache(folder)).toEqual([])
    expect(await listCache(join(folder, 'nowhere'))).toEqual([])
  })
})
