import { describe, expect, it } from 'vitest'
import { TelltaleError } from '../../src/core/errors.js'
import { createKernels, preferredBuild } from '../../src/kernels/index.js'
import { BUILDS } from './twins.js'

describe.each(BUILDS)('the memory of the %s build', build => {
  it('hands out zeroed arrays at multiples of 16 bytes that do not overlap', () => {
    const { alloc } = createKernels({ bytes: 1 << 16, build })
    const arrays = [alloc(3), alloc(0), alloc(17), alloc(5), alloc(4)]
    for (const array of arrays) {
      expect(array.byteOffset % 16).toBe(0)
      expect(array.every(x => x === 0)).toBe(true)
      array.fill(1)
    }
    expect(arrays.map(array => array.length)).toEqual([3, 0, 17, 5, 4])
  })

  it('can be filled to its last byte and not further', () => {
    const { alloc } = createKernels({ bytes: 160, build })
    alloc(20)
    alloc(20).fill(1)
    try {
      alloc(1)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(TelltaleError)
      expect((error as TelltaleError).code).toBe('limit-memory')
      expect((error as TelltaleError).message).toContain('176 bytes')
    }
  })

  it('is separate for each object', () => {
    const [a, b] = [createKernels({ bytes: 1024, build }), createKernels({ bytes: 1024, build })]
    const [x, y] = [a.alloc(4), b.alloc(4)]
    x.fill(1)
    a.scale(x, 3, 4)
    expect([...y]).toEqual([0, 0, 0, 0])
    expect([...x]).toEqual([3, 3, 3, 3])
  })

  it('does not grow and leaves no garbage when kernels run', () => {
    const kernels = createKernels({ bytes: 1 << 20, build })
    const [h, c, tc, gates, xp, u] = [40, 40, 40, 160, 160, 400].map(kernels.alloc)
    const before = h.buffer.byteLength
    const call = () => {
      kernels.lstmForward(h, c, tc, gates, xp, u, 1, 4, 10, 4, 1, 0, 0, 0)
      kernels.gemm(gates, c, u, 4, 10, 10, 10, 10, 1, 40, 0)
      kernels.add(h, c, 40)
    }
    for (let i = 0; i < 3000; i++) call()
    const heap = process.memoryUsage().heapUsed
    for (let i = 0; i < 20_000; i++) call()
    expect(process.memoryUsage().heapUsed - heap).toBeLessThan(60_000 * 8)
    expect(h.buffer.byteLength).toBe(before)
  })
})

describe('the choice of a build', () => {
  it('prefers WASM where it runs and names what it gives', () => {
    expect(preferredBuild()).not.toBe('reference')
    expect(createKernels({ bytes: 16 }).build).toBe(preferredBuild())
    for (const build of BUILDS) expect(createKernels({ bytes: 16, build }).build).toBe(build)
  })

  it('refuses a memory larger than any', () => {
    expect(() => createKernels({ bytes: 2 ** 33, build: 'simd' })).toThrow(/limit is/)
  })
})
