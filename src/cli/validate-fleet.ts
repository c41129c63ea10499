import type { z } from 'zod'
import { knownOnly } from '../core/parse-options.js'
import { trainOptions } from '../pipeline/index.js'
import { formatRows, type ResultFormat } from '../report/index.js'
import { validateFrame, validateOptions } from '../validate/index.js'
import { eachDevice } from './each-device.js'
import { EXIT_CODES, EXIT_OK } from './exit-codes.js'
import type { Fleet } from './fleet.js'
import type { Io } from './io.js'
import type { Progress } from './progress.js'
import { unfitFindings } from './unfit-findings.js'

/** Checks each device of a table by itself, as input of its model when there are models: one row per device. Returns the exit code. */
export async function validateFleet(
  io: Io,
  devices: Parameters<typeof eachDevice>[1],
  fleet: Fleet | undefined,
  options: z.output<typeof validateOptions>,
  format: ResultFormat,
  progress: Progress,
): Promise<number> {
  const { rows, code } = await eachDevice(io, devices, fleet, progress, async ({ frame }, model) => {
    const { schema, window } = model?.info ?? {}
    const context = {
      ...(schema && { schema }),
      ...(window !== undefined && { window }),
      ...(model === undefined && { findings: unfitFindings(frame, knownOnly(trainOptions, options)) }),
    }
    const { health } = validateFrame(frame, knownOnly(validateOptions, options), context)
    const count = (level: string) => health.issues.filter(({ severity }) => severity === level).length
    const worst = health.issues.find(({ severity }) => severity === (health.valid ? 'warning' : 'error'))
    const place = worst?.channel === undefined ? '' : `${worst.channel}: `
    return [
      {
        samples: frame.timeMs.length,
        errors: count('error'),
        warnings: count('warning'),
        'first problem': worst ? `${place}${worst.message}` : null,
        result: health.valid ? 'valid' : 'not valid',
      },
    ]
  })
  io.stdout(formatRows(rows, format))
  const isBad = rows.some(({ result }) => result === 'not valid')
  return code !== EXIT_OK || !isBad ? code : EXIT_CODES.data
}
