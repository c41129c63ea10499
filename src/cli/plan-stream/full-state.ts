import { join } from 'node:path'
import { createMonitor } from '../../live/index.js'
import type { Model } from '../../model/index.js'
import { sizeOf } from './size-of.js'

/** Samples that are given at first; then as many again, until the state no longer grows. */
const FIRST_ROUNDS = 256
const MOST_ROUNDS = 16_384
const GROWN = 1.02

/** Bytes of the state of a device, when what it keeps of its last samples is full. @param folder an empty one */
export async function fullStateBytes(
  model: Model,
  message: (device: number, round: number) => string,
  folder: string,
): Promise<number> {
  let bytes = 0
  for (let round = 0, end = FIRST_ROUNDS; end <= MOST_ROUNDS; end *= 2) {
    const monitor = await createMonitor({
      model,
      state: folder,
      ignoreWhere: true,
      aheadMs: Number.POSITIVE_INFINITY,
    })
    const readings = []
    for (; round < end; round++) {
      const { time, device, ...values } = JSON.parse(message(0, round))
      readings.push({ time, device, values })
    }
    await monitor.push(readings)
    await monitor.close()
    const before = bytes
    bytes = await sizeOf(join(folder, 'devices'))
    if (bytes <= before * GROWN) break
  }
  return bytes
}
