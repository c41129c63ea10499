// Entry of a helper thread: takes tickets of the work that it was given, and sleeps when there are none.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { OpenWork, Work } from './jobs.js'
import type { HelperData, HelperMessage } from './team.js'
import { giveUp, type TicketCounter, waitWhile, workOff } from './tickets.js'

const { module, thread, signal } = workerData as HelperData
const { WORK } = (await import(module)) as { readonly WORK: Readonly<Record<string, OpenWork>> }
const open = new Map<number, Work & { readonly counter: TicketCounter }>()
let held: { readonly counter: TicketCounter; readonly ticket: number } | undefined

// Whatever ends this thread: what it has taken is done by another.
process.on('exit', () => {
  if (held) giveUp(held.counter, thread, held.ticket)
})

function hear(message: HelperMessage): void {
  if ('close' in message) {
    open.get(message.close)?.close?.()
    open.delete(message.close)
  } else {
    const { kind, description, counter } = message
    open.set(message.open, { ...WORK[kind](description as never), counter })
  }
}

function help(): number {
  let done = 0
  for (const { counter, work } of open.values()) {
    done += workOff(counter, work, ticket => {
      held = { counter, ticket }
    })
    held = undefined
  }
  return done
}

for (;;) {
  const seen = Atomics.load(signal, 0)
  for (let next = receiveMessageOnPort(parentPort!); next; next = receiveMessageOnPort(parentPort!))
    hear(next.message as HelperMessage)
  if (help() === 0) waitWhile(signal, 0, seen)
}
