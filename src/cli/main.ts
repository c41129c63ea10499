#!/usr/bin/env node
import nodeModule from 'node:module'
import type { ProcessIo } from './io.js'

/** Absent before Node.js 22.1. */
const { enableCompileCache } = nodeModule as { enableCompileCache?: () => unknown }

const interrupt = new AbortController()
let isRunning = false
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    // Before a command runs there is nothing to stop in order. The second signal ends the process at once.
    if (!isRunning || interrupt.signal.aborted) process.exit(code)
    interrupt.abort()
  })
}

// A closed pipe (`telltale show m | head -1`) is no error; a full disk is one.
process.stdout.on('error', async (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  const [{ printError }, { writeError }] = await Promise.all([
    import('./errors.js'),
    import('../files/index.js'),
  ])
  process.exit(printError(writeError('standard output', error), io, false))
})
// A message that cannot be written does not change the result.
process.stderr.on('error', () => {})

const io: ProcessIo = {
  stdout: text => void process.stdout.write(text),
  stream: process.stdout,
  stderr: text => void process.stderr.write(text),
  env: process.env,
  cwd: process.cwd(),
  isTerminal: process.stderr.isTTY === true,
  isStdoutTerminal: process.stdout.isTTY === true,
  columns: process.stderr.columns ?? 80,
  signal: interrupt.signal,
  onHangup(listener) {
    process.on('SIGHUP', listener)
    return () => void process.off('SIGHUP', listener)
  },
  now: () => performance.now(),
}

// Compiled code is kept between runs, where this version of Node.js can do that.
enableCompileCache?.()
// Loaded only now: loading takes a moment, in which Ctrl-C is heard.
const argv = process.argv.slice(2)
const known = await knownRun()
const run = known ?? (await import('./run.js')).run
isRunning = true
process.exitCode = await run(argv, io)

/** Of a command line whose result is in the cache: most of the program is not loaded for it. */
async function knownRun(): Promise<(() => Promise<number>) | undefined> {
  const isCaching = argv.some(arg => arg.startsWith('--cache')) || process.env.TELLTALE_CACHE
  return isCaching ? (await import('./line-record.js')).findLine(argv, io) : undefined
}
