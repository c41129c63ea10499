import { spawnSync } from 'node:child_process'
import { createError } from '../../core/errors.js'
import type { DriftVerdict } from '../../drift/index.js'
import type { Io } from '../io.js'

/** Runs the command of the user with the verdict in its environment: text from data is never a part of the command. Errors: `command-failed`. */
export function runOnDrift(command: string, { verdict, reason, channels }: DriftVerdict, io: Io): void {
  const env = {
    ...process.env,
    ...io.env,
    TELLTALE_VERDICT: verdict,
    TELLTALE_REASON: reason,
    TELLTALE_CHANNELS: channels.join(','),
  }
  const { status, error, signal } = spawnSync(command, {
    shell: true,
    cwd: io.cwd,
    env,
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0)
    throw createError('command-failed', {
      command,
      reason: error?.message ?? (signal ? `it was ended by ${signal}` : `its exit code is ${status}`),
    })
}
