import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createHoles } from '../../src/kernels/holes.js'
import { arenaOf, createArena, type Kernels } from '../../src/kernels/index.js'
import { BUILDS } from './twins.js'

const KB = 1024
const array = (length: number) => (kernels: Kernels) => ({ kernels, floats: kernels.alloc(length) })

describe.each(BUILDS)('the arena of a thread, %s build', build => {
  it('lays a region out when it is used, and leaves it where it is', () => {
    const arena = createArena(build)
    let filled = 0
    const region = arena.region(array(100), ({ floats }) => {
      filled++
      floats.fill(2)
    })
    expect(arena.size()).toEqual({ memory: 0, regions: 0 })
    const sum = () =>
      region.use(({ kernels, floats }) => {
        kernels.scale(floats, 2, 100)
        return floats.reduce((total, value) => total + value, 0)
      })
    expect([sum(), sum()]).toEqual([400, 800])
    expect(filled).toBe(1)
    expect(arena.size().regions).toBe(400)
  })

  it('gives zeroed arrays at multiples of 16 bytes, whatever lay there before', () => {
    const arena = createArena(build)
    const first = arena.region(array(1000))
    first.use(({ floats }) => floats.fill(7))
    first.free()
    const second = arena.region(k => [k.alloc(3), k.alloc(0), k.alloc(17), k.alloc(5)])
    second.use(arrays => {
      for (const floats of arrays) {
        expect(floats.byteOffset % 16).toBe(0)
        expect(floats.every(x => x === 0)).toBe(true)
        floats.fill(1)
      }
    })
    expect(arena.size()).toEqual({ memory: 2 ** 22, regions: 4 * (4 + 20 + 8) })
  })

  it('keeps what was used last, and lays out anew what had to make room', () => {
    const arena = createArena(build, { kept: 64 * KB, first: 64 * KB })
    const filled = new Array(12).fill(0)
    const regions = filled.map((_, i) =>
      arena.region(array(2 * KB), ({ floats }) => {
        filled[i]++
        floats.fill(i)
      }),
    )
    const read = (i: number) => regions[i].use(({ floats }) => floats[floats.length - 1])
    for (let i = 0; i < 12; i++) expect(read(i)).toBe(i)
    expect(arena.size()).toEqual({ memory: 64 * KB, regions: 64 * KB })
    for (let i = 11; i >= 4; i--) expect(read(i)).toBe(i)
    expect(filled.slice(4)).toEqual(new Array(8).fill(1))
    expect(read(0)).toBe(0)
    expect(filled[0]).toBe(2)
  })

  it('never takes the room of a region that is in use, nor detaches its arrays', () => {
    const arena = createArena(build, { kept: 16 * KB, first: 4 * KB })
    const others = Array.from({ length: 9 }, () => arena.region(array(KB), ({ floats }) => floats.fill(9)))
    const outer = arena.region(array(KB), ({ floats }) => floats.fill(1))
    outer.use(({ floats, kernels }) => {
      for (const other of others) other.use(inner => expect(inner.floats[0]).toBe(9))
      expect(floats).toHaveLength(KB)
      kernels.scale(floats, 3, KB)
      expect(floats.every(x => x === 3)).toBe(true)
    })
  })

  it('has room for a region larger than all that it keeps, and gives its memory back', () => {
    const arena = createArena(build, { kept: 16 * KB, first: 4 * KB })
    const large = arena.region(array(32 * KB))
    large.use(({ floats }) => floats.fill(1))
    expect(arena.size().memory).toBe(128 * KB)
    large.free()
    expect(arena.size()).toEqual({ memory: 0, regions: 0 })
  })

  it('does not grow with the number of regions', () => {
    const arena = createArena(build, { kept: 256 * KB, first: 16 * KB })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 * KB }), fc.integer(), (length, value) => {
        const region = arena.region(array(length), ({ floats }) => floats.fill(value))
        expect(region.use(({ floats }) => floats.every(x => x === Math.fround(value)))).toBe(true)
      }),
      { numRuns: 300, seed: 1 },
    )
    expect(arena.size().regions).toBeLessThanOrEqual(256 * KB + 4 * 160 * KB)
    expect(arena.size().memory).toBeLessThan(4 * 256 * KB + 4 * 160 * KB)
  })

  it('is one per thread', () => {
    expect(arenaOf(build)).toBe(arenaOf(build))
  })
})

describe('an arena', () => {
  it('refuses what no memory can hold', () => {
    const region = createArena('simd').region(k => ({ floats: k.alloc(2 ** 31) }))
    expect(() => region.use(() => 0)).toThrowError(expect.objectContaining({ code: 'limit-memory' }))
  })

  it('takes and gives holes back without overlap and without loss', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 40 })), { maxLength: 80 }),
        steps => {
          const holes = createHoles(100)
          const taken: { start: number; length: number }[] = []
          for (const [takes, length] of steps) {
            if (!takes) {
              const given = taken.splice(length % Math.max(1, taken.length), 1)[0]
              if (given) holes.give(given.start, given.length)
              continue
            }
            const start = holes.take(length)
            if (start === undefined) continue
            expect(start + length).toBeLessThanOrEqual(100)
            for (const other of taken)
              expect(start + length <= other.start || start >= other.start + other.length).toBe(true)
            taken.push({ start, length })
          }
          for (const { start, length } of taken) holes.give(start, length)
          expect(holes.isEmpty()).toBe(true)
        },
      ),
      { numRuns: 300, seed: 2 },
    )
  })
})
