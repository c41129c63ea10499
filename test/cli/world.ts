import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { onTestFinished } from 'vitest'
import type { Io } from '../../src/cli/io.js'
import { run } from '../../src/cli/run.js'
import { NO_METRICS } from '../../src/observe/index.js'

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
    isStdoutTerminal: false,
    columns: 80,
    signal: new AbortController().signal,
    now: () => performance.now(),
    metrics: NO_METRICS,
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

/** Options that make training a matter of milliseconds. */
export const SMALL = ['--window', '10', '--units', '4', '--latent', '2', '--epochs', '2', '--workers', '1']

/** 600 samples of two correlated channels with time stamps; samples 500 to 509 are far off and labelled. */
export function smallTable(): string {
  const lines = ['time,flow,pressure,label']
  for (let i = 0; i < 600; i++) {
    const off = i >= 500 && i < 510
    const time = new Date(Date.UTC(2024, 0, 1) + i * 60_000).toISOString()
    const flow = Math.sin(i / 8) + 0.05 * Math.sin(i * 7.3) + (off ? 6 : 0)
    lines.push(`${time},${flow.toFixed(4)},${(2 + Math.cos(i / 8)).toFixed(4)},${off ? 1 : 0}`)
  }
  return `${lines.join('\n')}\n`
}

/** A folder with `data.csv` (`smallTable`) and, when wanted, `model`, trained on its first 480 rows. */
export async function workshop(options: { trained: boolean }): Promise<string> {
  const cwd = scratchFolder()
  writeFileSync(join(cwd, 'data.csv'), smallTable())
  if (options.trained) {
    const { code, stderr } = await telltale(
      ['train', 'data.csv', '--rows', ':480', '--out', 'model', ...SMALL],
      { cwd },
    )
    if (code !== 0) throw new Error(stderr)
  }
  return cwd
}
