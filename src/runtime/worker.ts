// Entry of a worker thread: helps in training or in scoring, as `workerData` says.
import { parentPort, workerData } from 'node:worker_threads'
import { networkResiduals } from '../detect/index.js'
import { createNetwork, createTrainingSession } from '../nn/index.js'
import { CONTROL, waitWhile, workOff } from './shared-loop.js'
import type { ScoringJob, TrainingJob } from './threads.js'
import { claimPart } from './threads.js'

const job = workerData as TrainingJob | ScoringJob

if (job.task === 'train') {
  const { shared, build } = job
  const session = createTrainingSession(createNetwork(job.architecture), shared.series, build)
  let version = -1
  try {
    for (;;) {
      const limit = Atomics.load(shared.control, CONTROL.limit)
      version = workOff(shared, session, version)
      if (Atomics.load(shared.control, CONTROL.stop)) break
      waitWhile(shared.control, CONTROL.limit, limit)
    }
  } catch (error) {
    Atomics.store(shared.control, CONTROL.failed, 1)
    Atomics.add(shared.control, CONTROL.done, 1)
    Atomics.notify(shared.control, CONTROL.done)
    throw error
  }
} else {
  const network = createNetwork(job.architecture)
  const { width } = network.inShape
  for (;;) {
    const part = claimPart(job)
    if (part === undefined) break
    const out = job.out.subarray(part.start * width, part.end * width)
    for (const _ of networkResiduals(network, job.weights, job.series, part, job.options, out)) {
      if (Atomics.load(job.control, 1)) break
    }
    Atomics.add(job.control, 2, part.end - part.start)
  }
  parentPort?.postMessage('done')
}
