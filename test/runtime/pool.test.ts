import { afterEach, describe, expect, it } from 'vitest'
import { createPool, type Pool, type Tasks } from '../../src/runtime/index.js'
import { leastTime } from '../least-time.js'

interface TestTasks extends Tasks {
  echo<T>(payload: T): T
  steps(count: number): Promise<{ done: number; aborted: boolean }>
  untilAborted(payload: null): Promise<never>
  deaf(payload: null): never
  leave(payload: null): never
  fail(payload: null): never
  stumble(payload: null): never
  burn(ms: number): number
}

let pool: Pool<TestTasks>
const open = (threads: number, mostWaiting?: number) => {
  pool = createPool<TestTasks>({ threads, tasks: new URL('./tasks.mjs', import.meta.url), mostWaiting })
  return pool
}
afterEach(() => pool.close())

/** An abort that happens when the task says that it has begun. */
function abortWhenBegun() {
  const abort = new AbortController()
  return { signal: abort.signal, onProgress: () => abort.abort() }
}

describe('a pool of workers', () => {
  it('runs tasks with copies of their payload, and moves what is to be transferred', async () => {
    const { run } = open(2)
    const values = Float32Array.of(1, 2, 3)
    expect(await run('echo', { values })).toEqual({ values })
    expect(values).toHaveLength(3)
    expect(await run('echo', values, { transfer: [values.buffer] })).toEqual(Float32Array.of(1, 2, 3))
    expect(values).toHaveLength(0)
  })

  it('begins jobs in the order of the calls, and tells their progress to who asked', async () => {
    const { run } = open(1)
    const heard: string[] = []
    const results = await Promise.all(
      ['a', 'b', 'c'].map(name =>
        run('steps', 2, { onProgress: step => heard.push(`${name}${step}`) }).then(({ done }) => {
          heard.push(`${name} is done`)
          return done
        }),
      ),
    )
    expect(heard).toEqual(['a', 'b', 'c'].flatMap(name => [`${name}0`, `${name}1`, `${name} is done`]))
    expect(results).toEqual([2, 2, 2])
  })

  it('refuses jobs when too many wait', async () => {
    const { run } = open(1, 1)
    const first = run('steps', 1)
    const second = run('steps', 1)
    await expect(run('steps', 1)).rejects.toMatchObject({ code: 'limit-queue', where: { got: 1, wanted: 1 } })
    expect(await Promise.all([first, second])).toHaveLength(2)
  })

  it('carries errors over: of the catalogue with code, kind, remedy and facts, others with name and message', async () => {
    const { run } = open(1)
    const error = await run('fail', null).catch((error: unknown) => error)
    expect(error).toMatchObject({ name: 'DataError', code: 'data-too-short', kind: 'data' })
    expect(error).toMatchObject({
      where: { rows: 3, wanted: 5 },
      remedy: 'Give at least 5 samples.',
    })
    expect((error as Error).stack).toContain('tasks.mjs')
    await expect(run('stumble', null)).rejects.toMatchObject({ name: 'RangeError', message: /catalogue/ })
    await expect(run('echo', (() => 0) as never)).rejects.toThrow(/could not be cloned/)
    expect(await run('echo', 1)).toBe(1)
  })

  it('tells an aborted task, which may end with a result or with an error', async () => {
    const { run } = open(1)
    expect(await run('steps', 1e9, abortWhenBegun())).toMatchObject({ aborted: true })
    await expect(run('untilAborted', null, abortWhenBegun())).rejects.toMatchObject({
      code: 'interrupted',
      message: 'the task itself was interrupted',
    })
  })

  it('ends a task that does not hear, and replaces its worker', async () => {
    const { run } = open(1)
    const ended = run('deaf', null, abortWhenBegun())
    const next = run('echo', 2)
    await expect(ended).rejects.toMatchObject({ code: 'interrupted' })
    expect(await next).toBe(2)
  })

  it('interrupts a job that waits, and one whose signal has aborted before', async () => {
    const { run } = open(1)
    const abort = new AbortController()
    const first = run('steps', 3)
    const waits = run('steps', 1, { signal: abort.signal })
    abort.abort()
    await expect(waits).rejects.toMatchObject({ code: 'interrupted' })
    await expect(run('echo', 1, { signal: abort.signal })).rejects.toMatchObject({ code: 'interrupted' })
    expect(await first).toMatchObject({ done: 3 })
  })

  it('answers the job of a worker that dies, and goes on with a new one', async () => {
    const { run } = open(1)
    const lost = run('leave', null)
    const next = run('echo', 'alive')
    await expect(lost).rejects.toMatchObject({ code: 'worker-lost' })
    expect(await next).toBe('alive')
  })

  it('interrupts all jobs when it is closed', async () => {
    const { run, close } = open(1)
    const ends = [run('deaf', null), run('echo', 1)].map(job => job.catch(error => error.code))
    await close()
    expect(await Promise.all(ends)).toEqual(['interrupted', 'interrupted'])
    await expect(run('echo', 1)).rejects.toMatchObject({ code: 'interrupted' })
  })

  it('leaves the event loop free while a job runs', async () => {
    const { run } = open(1)
    await run('echo', 0)
    const longestBlock = async () => {
      let isRunning = true
      let longest = 0
      let last = performance.now()
      const tick = () => {
        longest = Math.max(longest, performance.now() - last)
        last = performance.now()
        if (isRunning) setTimeout(tick, 1)
      }
      tick()
      expect(await run('burn', 400)).toBeGreaterThan(0)
      isRunning = false
      return longest
    }
    expect(await leastTime(100, longestBlock)).toBeLessThan(100)
  })
})
