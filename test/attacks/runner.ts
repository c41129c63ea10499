import { readFileSync, writeFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { BugError, TelltaleError } from '../../src/core/errors.js'
import { createRandom, type Random } from '../../src/core/random.js'

/** One attempt: it throws when the attack succeeded. */
export interface Attempt {
  /** Enough to repeat it by hand. */
  readonly what: string
  run(): unknown
}

/** A kind of attack: a generator of attempts. New doors (a server, a stream) add entries to the table, nothing else. */
export interface Attack {
  /** What must not happen. */
  readonly name: string
  /** Attempts in the short and in the long form. */
  readonly short: number
  readonly long: number
  /** The longest that an attempt may take, ms. Default 5000. */
  readonly limitMs?: number
  /** The next attempt. Random numbers are those of the attack alone, so that one attack can be repeated without the others. */
  make(random: Random, k: number): Attempt
}

/** Threads of the commands that are attacked. */
export const THREADS = process.env.ATTACK_THREADS ?? '1'

export interface Outcome {
  readonly name: string
  readonly attempts: number
  readonly refused: number
  readonly failures: readonly string[]
  readonly slowestMs: number
  /** Which attempt that was. */
  readonly slowest: string
  /** The most memory that one attempt took above what the process had before it, bytes. */
  readonly peakBytes: number
  /** Which attempt that was. */
  readonly largest: string
}

const MOST_FAILURES = 20
const MOST_BYTES = 500e6

/** Runs attempts one after the other, from the same seed the same ones. */
export async function runAttack(attack: Attack, count: number, seed: number): Promise<Outcome> {
  const random = createRandom(seed).fork(attack.name)
  const failures: string[] = []
  const peakOf = memoryMeter()
  let [refused, slowestMs, peakBytes] = [0, 0, 0]
  let [slowest, largest] = ['', '']
  for (let k = 0; k < count && failures.length < MOST_FAILURES; k++) {
    const attempt = attack.make(random, k)
    const attemptPeak = peakOf()
    const started = performance.now()
    try {
      if ((await attempt.run()) === REFUSED) refused++
    } catch (error) {
      failures.push(`${k}: ${attempt.what}: ${(error as Error).stack?.slice(0, 600)}`)
    }
    const took = performance.now() - started
    if (took > slowestMs) [slowestMs, slowest] = [took, attempt.what]
    if (took > (attack.limitMs ?? 5000))
      failures.push(`${k}: ${attempt.what}: it took ${Math.round(took)} ms`)
    let bytes = attemptPeak()
    // Garbage that was not collected in time counts too: what the attempt itself needs is the smaller of two runs.
    if (bytes > MOST_BYTES) {
      const secondPeak = peakOf()
      await (async () => attempt.run())().catch(() => undefined)
      bytes = Math.min(bytes, secondPeak())
    }
    if (bytes > peakBytes) [peakBytes, largest] = [bytes, attempt.what]
    if (bytes > MOST_BYTES)
      failures.push(`${k}: ${attempt.what}: it took ${Math.round(bytes / 1e6)} MB of memory`)
  }
  return { name: attack.name, attempts: count, refused, failures, slowestMs, slowest, peakBytes, largest }
}

/**
 * Measures attempts one by one: called before an attempt, it returns what gives the peak of resident memory since then,
 * above what was resident at the call, bytes. Garbage of earlier attempts could be reused unseen, so it is collected
 * whenever more than 64 MB of it may lie there. Without Linux's /proc the peak is that of the end of the attempt.
 */
function memoryMeter(): () => () => number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  let floor = process.memoryUsage.rss()
  return () => {
    if (process.memoryUsage.rss() > floor + 64e6) {
      collect()
      floor = process.memoryUsage.rss()
    }
    const isLinux = resetPeak()
    const before = process.memoryUsage.rss()
    return () => Math.max(0, (isLinux ? peakRss() : process.memoryUsage.rss()) - before)
  }
}

/** Whether the highest resident size of this process counts from now on. */
function resetPeak(): boolean {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
    return true
  } catch {
    return false
  }
}

function peakRss(): number {
  return 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
}

/** What a run returns that ended in an error of the catalogue. */
export const REFUSED = Symbol('refused')

/** Runs what must end well or with an error of the catalogue that is no bug. */
export async function wellBehaved(work: () => unknown): Promise<unknown> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof TelltaleError && !(error instanceof BugError)) return REFUSED
    throw error
  }
}

/** The same for work without promises, a hundred times as fast. */
export function wellBehavedNow(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    if (error instanceof TelltaleError && !(error instanceof BugError)) return REFUSED
    throw error
  }
}

export function expectThat(isSo: boolean, reason: string): void {
  if (!isSo) throw new Error(reason)
}

export function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.integer(items.length)]!
}
