/**
 * Tickets of one job in shared memory. A call hands out tickets 0..n-1: `limit` is raised once the inputs are written, tickets below it are taken by
 * compare-and-swap, and the call ends when all of them are done. A thread that comes late finds none, so inputs never change while somebody reads
 * them.
 */
const FIELDS = { next: 0, limit: 1, base: 2, open: 3, failures: 4, events: 5 } as const
/** Tickets that were given up, by thread: ticket number + 1. */
const FAILED = Object.keys(FIELDS).length
/** Most threads of a job, the calling one included. */
export const MAX_THREADS = 8
/** Looks at a number before a thread sleeps until it changes: some microseconds, less than what waking up costs. */
const LOOKS = 200

export type TicketCounter = Int32Array<SharedArrayBuffer>

export function createTickets(): TicketCounter {
  return new Int32Array(new SharedArrayBuffer(4 * (FAILED + MAX_THREADS)))
}

/** Hands out `count` tickets. */
export function handOut(counter: TicketCounter, count: number): void {
  const base = Atomics.load(counter, FIELDS.next)
  Atomics.store(counter, FIELDS.open, count)
  Atomics.store(counter, FIELDS.base, base)
  Atomics.store(counter, FIELDS.limit, base + count)
}

/** Takes a ticket; undefined when none is left. */
function take(counter: TicketCounter): number | undefined {
  for (;;) {
    const next = Atomics.load(counter, FIELDS.next)
    // The difference, since numbers wrap around after 2^31 tickets.
    if (((Atomics.load(counter, FIELDS.limit) - next) | 0) <= 0) return undefined
    if (Atomics.compareExchange(counter, FIELDS.next, next, (next + 1) | 0) === next)
      return (next - Atomics.load(counter, FIELDS.base)) | 0
  }
}

function wake(counter: TicketCounter): void {
  Atomics.add(counter, FIELDS.events, 1)
  Atomics.notify(counter, FIELDS.events)
}

function finish(counter: TicketCounter): void {
  if (Atomics.sub(counter, FIELDS.open, 1) === 1) wake(counter)
}

/**
 * Takes tickets and works them off until none is left; how many it were.
 *
 * @param taken is called with a ticket before the work on it begins
 */
export function workOff(
  counter: TicketCounter,
  work: (ticket: number) => void,
  taken?: (ticket: number) => void,
): number {
  for (let done = 0; ; done++) {
    const ticket = take(counter)
    if (ticket === undefined) return done
    taken?.(ticket)
    work(ticket)
    finish(counter)
  }
}

/** Gives up a ticket that thread `thread` has taken: the calling thread does it. */
export function giveUp(counter: TicketCounter, thread: number, ticket: number): void {
  Atomics.store(counter, FAILED + thread, ticket + 1)
  Atomics.add(counter, FIELDS.failures, 1)
  wake(counter)
}

/**
 * Waits for the tickets that other threads have taken, and does those that they gave up.
 *
 * @returns false when nothing has happened for `timeoutMs`
 */
export function awaitOpen(
  counter: TicketCounter,
  work: (ticket: number) => void,
  timeoutMs: number,
): boolean {
  for (let looks = 0; ; looks++) {
    const events = Atomics.load(counter, FIELDS.events)
    if (Atomics.load(counter, FIELDS.failures) > 0) doFailed(counter, work)
    if (Atomics.load(counter, FIELDS.open) === 0) return true
    if (looks >= LOOKS && Atomics.wait(counter, FIELDS.events, events, timeoutMs) === 'timed-out')
      return false
  }
}

function doFailed(counter: TicketCounter, work: (ticket: number) => void): void {
  for (let thread = 0; thread < MAX_THREADS; thread++) {
    const failed = Atomics.exchange(counter, FAILED + thread, 0)
    if (failed === 0) continue
    Atomics.sub(counter, FIELDS.failures, 1)
    work(failed - 1)
    finish(counter)
  }
}

/** Waits while a number stays as it is. */
export function waitWhile(numbers: Int32Array, index: number, value: number): void {
  for (let looks = 0; looks < LOOKS; looks++) if (Atomics.load(numbers, index) !== value) return
  Atomics.wait(numbers, index, value)
}
