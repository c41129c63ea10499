import { Worker } from 'node:worker_threads'
import { expect } from 'vitest'

/**
 * Ends a test file that does not return. The timeout of a test cannot interrupt a loop, a synchronous child process or an import.
 * A thread beside the tests says where they are and kills their process; the runner reports the file and runs the others.
 */
const MINUTES = Number(process.env.TEST_FILE_MINUTES ?? 12)

const watchdog = new Worker(new URL('./watchdog-thread.mjs', import.meta.url), {
  workerData: { file: expect.getState().testPath, minutes: MINUTES },
})
watchdog.unref()
