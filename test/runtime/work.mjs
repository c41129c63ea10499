// Work of the tests of a team: ticket t writes t + 1, and `faulty` helpers fail or leave.
import { isMainThread } from 'node:worker_threads'

const counting = ({ out, done }) => ({
  work(ticket) {
    out[ticket] = ticket + 1
    Atomics.add(done, isMainThread ? 0 : 1, 1)
  },
})
export const WORK = {
  count: counting,
  throw: ({ out, done }) => ({
    work(ticket) {
      Atomics.add(done, 1, 1)
      throw new Error(`ticket ${ticket} of ${out.length}`)
    },
  }),
  leave: ({ done }) => ({
    work() {
      Atomics.add(done, 1, 1)
      process.exit(1)
    },
  }),
  sleep: ({ done, gate }) => ({
    work() {
      Atomics.add(done, 1, 1)
      Atomics.wait(gate, 0, 0)
    },
  }),
}
