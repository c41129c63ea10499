import { afterAll, describe, expect, it } from 'vitest'
import { detect, openWorkerPool, trainModel } from '../../src/pipeline/index.js'
import { leastTime } from '../least-time.js'
import { swinging } from './machine.js'

/** The longest time that the event loop was not free while something ran, ms. */
async function longestBlock(run: () => Promise<unknown>): Promise<number> {
  let last = performance.now()
  let longest = 0
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }, 1)
  await run()
  longest = Math.max(longest, performance.now() - last)
  clearInterval(timer)
  return longest
}

describe('a pool of workers', () => {
  const pool = openWorkerPool()
  afterAll(() => pool.close())
  const history = swinging(3000, 1)
  const options = { window: 12, quantile: 0.99 } as const

  it('trains and scores as on the calling thread, bit for bit', async () => {
    const issues: string[] = []
    const model = await pool.trainModel(history, options, {
      device: 'pump',
      onIssues: found => issues.push(...found.map(({ code }) => code)),
    })
    const own = await trainModel(history, { ...options, workers: 1 })
    expect(model.info.device).toBe('pump')
    expect(model.calibrations).toMatchObject({ causal: { scores: own.calibrations.causal?.scores } })
    const live = swinging(400, 2)
    const there = await pool.detect(model, live)
    const here = await detect(own, live)
    expect(there).toEqual({ ...here, events: there.events })
    expect(there.events).toEqual(here.events)
    expect(issues).toEqual([])
  })

  it('leaves the event loop free while it trains and scores', async () => {
    const long = swinging(20_000, 3)
    const model = await pool.trainModel(long, options)
    const whileTraining = () => longestBlock(() => pool.trainModel(long, options))
    const whileScoring = () => longestBlock(() => pool.detect(model, long))
    expect(await leastTime(100, whileTraining)).toBeLessThan(100)
    expect(await leastTime(100, whileScoring)).toBeLessThan(100)
  })

  it('hears an abort, and goes on with the next job', async () => {
    const stop = new AbortController()
    const training = pool.trainModel(swinging(60_000, 4), options, { signal: stop.signal })
    setTimeout(() => stop.abort(), 30)
    await expect(training).rejects.toMatchObject({ code: 'interrupted' })
    await expect(pool.trainModel(swinging(40, 5), options)).rejects.toMatchObject({
      code: 'data-too-short',
      remedy: expect.any(String),
    })
    const model = await pool.trainModel(swinging(400, 5), options)
    expect(model.info.channels).toEqual(['a', 'b'])
  })
})
