import type { Delivery, Refusal } from '../sources/index.js'
import type { Batch } from './batch.js'

export interface IntakeOptions {
  /** How far ahead of the clock of this machine a message may be, ms. */
  readonly aheadMs: number
  /** Messages of one device in a second; Infinity: any number. */
  readonly ratePerSecond: number
}

/** A batch, and the messages of its delivery that are not in it. */
export interface TakenIn {
  readonly batch: Batch
  readonly refusals: readonly Refusal[]
}

/** What depends on the clock of this machine: messages from the future and devices that send too fast are refused before they are kept. */
export function createIntake({ aheadMs, ratePerSecond }: IntakeOptions) {
  let second = 0
  const sent = new Map<string, number>()
  const isTooFast = (device: string, nowMs: number): boolean => {
    if (ratePerSecond === Number.POSITIVE_INFINITY) return false
    if (Math.floor(nowMs / 1000) !== second) sent.clear()
    second = Math.floor(nowMs / 1000)
    const count = (sent.get(device) ?? 0) + 1
    sent.set(device, count)
    return count > ratePerSecond
  }
  return (delivery: Omit<Delivery, 'acknowledge'>, nowMs: number): TakenIn => {
    const { messages, refused, badReadings, position } = delivery
    const all = { ...refused }
    const refusals: Refusal[] = []
    const kept = messages.filter(message => {
      const { device, timeMs } = message
      const reason = timeMs > nowMs + aheadMs ? 'future' : isTooFast(device, nowMs) ? 'rate' : undefined
      if (reason === undefined) return true
      all[reason] = (all[reason] ?? 0) + 1
      refusals.push({ message, reason })
      return false
    })
    return { batch: { nowMs, messages: kept, refused: all, badReadings, position }, refusals }
  }
}
