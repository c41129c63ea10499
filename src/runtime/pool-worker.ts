// Entry of a worker of a pool: runs the tasks of one module, one at a time.
import { parentPort, workerData } from 'node:worker_threads'
import { errorToData } from './error-data.js'
import type { PoolReply, PoolRequest, Tasks } from './pool.js'

const port = parentPort as NonNullable<typeof parentPort>
const aborts = new Map<number, AbortController>()
const tasks = import(workerData as string) as Promise<Tasks>

port.on('message', (request: PoolRequest) => {
  if ('abort' in request) aborts.get(request.abort)?.abort()
  else void run(request.run, request.task, request.payload)
})

async function run(id: number, task: string, payload: unknown): Promise<void> {
  const abort = new AbortController()
  aborts.set(id, abort)
  const reply = (message: PoolReply) => port.postMessage(message)
  const progress = (message: unknown) => reply({ id, progress: message })
  try {
    const result = await (await tasks)[task](payload as never, { signal: abort.signal, progress })
    reply({ id, result })
  } catch (error) {
    reply({ id, error: errorToData(error) })
  } finally {
    aborts.delete(id)
  }
}
