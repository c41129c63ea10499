import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { onTestFinished } from 'vitest'
import type { Io } from '../../src/cli/io.js'
import { run } from '../../src/cli/run.js'

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** An empty folder that is gone after the test. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** An `Io` that collects what is printed. */
export function fakeIo(more: Partial<Io> = {}): { io: Io; printed: { stdout: string; stderr: string } } {
  const printed = { stdout: '', stderr: '' }
  const io: Io = {
    stdout: text => {
      printed.stdout += text
    },
    stream: new Writable({
      write(chunk, _encoding, done) {
        printed.stdout += String(chunk)
        done()
      },
    }),
    stderr: text => {
      printed.stderr += text
    },
    env: {},
    cwd: tmpdir(),
    isTerminal: false,
    columns: 80,
    signal: new AbortController().signal,
    now: () => performance.now(),
    ...more,
  }
  return { io, printed }
}

/** Runs a command line in this process, without the configuration and the environment of the machine. */
export async function telltale(args: readonly string[], more: Partial<Io> = {}): Promise<Outcome> {
  const { io, printed } = fakeIo(more)
  const code = await run(args, io)
  return { code, ...printed }
}
