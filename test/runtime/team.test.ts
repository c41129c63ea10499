import { afterEach, describe, expect, it } from 'vitest'
import { createTeam, type Team } from '../../src/runtime/team.js'
import { WORK } from './work.mjs'

const shared = (length: number) => new Int32Array(new SharedArrayBuffer(4 * length))
const describeWork = (tickets: number) => ({ out: shared(tickets), done: shared(2), gate: shared(1) })

let team: Team
const open = (stuckAfterMs?: number) => {
  team = createTeam(new URL('./work.mjs', import.meta.url), stuckAfterMs)
  return team
}
afterEach(() => team.dismiss())

/** Calls until a helper has taken part. */
function runUntilHelped(run: () => void, done: Int32Array): void {
  const end = performance.now() + 20_000
  while (Atomics.load(done, 1) === 0 && performance.now() < end) run()
  expect(done[1]).toBeGreaterThan(0)
}

describe('a team of threads', () => {
  it('does every ticket once, whoever takes it, call after call', () => {
    const work = describeWork(500)
    const job = open().open('count', work, WORK.count(work), 3)
    let calls = 0
    runUntilHelped(() => {
      work.out.fill(0)
      calls++
      job.run(500)
      expect(Array.from(work.out)).toEqual(Array.from({ length: 500 }, (_, t) => t + 1))
    }, work.done)
    expect(work.done[0] + work.done[1]).toBe(500 * calls)
    expect(team.size()).toBe(2)
    job.close()
  })

  it('keeps its threads for the next work, and shares them between several', () => {
    const [first, second] = [describeWork(400), describeWork(300)]
    const { open: openWork, size } = open()
    const a = openWork('count', first, WORK.count(first), 2)
    const b = openWork('count', second, WORK.count(second), 2)
    runUntilHelped(() => a.run(400), first.done)
    runUntilHelped(() => b.run(300), second.done)
    a.close()
    b.close()
    const third = describeWork(200)
    const c = openWork('count', third, WORK.count(third), 2)
    runUntilHelped(() => c.run(200), third.done)
    expect(size()).toBe(1)
  })

  it.each(['throw', 'leave'])('does itself what a helper gives up: %s', kind => {
    const work = describeWork(50)
    const job = open().open(kind, work, WORK.count(work), 2)
    runUntilHelped(() => {
      work.out.fill(0)
      job.run(50)
      expect(Array.from(work.out)).toEqual(Array.from({ length: 50 }, (_, t) => t + 1))
    }, work.done)
  })

  it('starts a new helper for the next work when one has left', async () => {
    const lost = describeWork(50)
    const { open: openWork, size } = open()
    const job = openWork('leave', lost, WORK.count(lost), 2)
    runUntilHelped(() => job.run(50), lost.done)
    while (size() > 0) await new Promise(resolve => setImmediate(resolve))
    const work = describeWork(400)
    const next = openWork('count', work, WORK.count(work), 2)
    runUntilHelped(() => next.run(400), work.done)
    expect(size()).toBe(1)
  })

  it('says so when a helper does not end what it has taken', () => {
    const work = describeWork(50)
    const job = open(200).open('sleep', work, WORK.count(work), 2)
    const run = () => {
      for (let call = 0; call < 1e6; call++) job.run(50)
    }
    expect(run).toThrowError(expect.objectContaining({ code: 'worker-lost' }))
    expect(team.size()).toBe(0)
  })
})
