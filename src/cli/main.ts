#!/usr/bin/env node
import { writeError } from '../files/index.js'
import { printError } from './errors.js'
import type { Io } from './io.js'
import { run } from './run.js'

const interrupt = new AbortController()
process.on('SIGINT', () => {
  // The second Ctrl-C ends the process at once.
  if (interrupt.signal.aborted) process.exit(130)
  interrupt.abort()
})

// A closed pipe (`telltale show m | head -1`) is no error; a full disk is one.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  process.exit(printError(writeError('standard output', error), io, false))
})
// A message that cannot be written does not change the result.
process.stderr.on('error', () => {})

const io: Io = {
  stdout: text => void process.stdout.write(text),
  stream: process.stdout,
  stderr: text => void process.stderr.write(text),
  env: process.env,
  cwd: process.cwd(),
  isTerminal: process.stderr.isTTY === true,
  columns: process.stderr.columns ?? 80,
  signal: interrupt.signal,
  now: () => performance.now(),
}

process.exitCode = await run(process.argv.slice(2), io)
