import { counted } from '../../core/counted.js'
import { createError } from '../../core/errors.js'
import type { Frame } from '../../core/frame.js'
import {
  type Issue,
  isValid,
  type Prepared,
  type ValidationLevel,
  validateFrame,
} from '../../validate/index.js'
import type { TrainOptions } from '../settings/train-options.js'

/**
 * The issues of a history whose missing readings were treated.
 *
 * @throws DataError `data-invalid` when one of them is an error
 */
export function validHistory(
  prepared: Prepared,
  { validationLevel, window }: Pick<TrainOptions, 'validationLevel' | 'window'>,
  borders: readonly number[],
): readonly Issue[] {
  const frame = withoutFilling(prepared)
  const { issues } = validateFrame(frame, { validationLevel }, { window, borders }).health
  refuseErrors(issues, 'training', validationLevel)
  return issues
}

/** What helps those who use the server. */
const HELP = {
  training: 'The events of the job name all problems. A job takes the option validationLevel: permissive',
  detection:
    'Send a series like the history of the model, whose channels and `cadenceMs` GET /api/v1/models/NAME/versions/VERSION has. For series like this one, train a model with a job',
} as const

/**
 * Refuses data with errors; `issues` begins with them.
 *
 * @throws DataError `data-invalid`
 */
export function refuseErrors(
  issues: readonly Issue[],
  purpose: keyof typeof HELP,
  level: ValidationLevel,
): void {
  if (isValid(issues)) return
  const [{ channel, message }] = issues
  throw createError('data-invalid', {
    purpose,
    level,
    problems: counted(issues.filter(({ severity }) => severity === 'error').length, 'problem'),
    command: `telltale validate DATA${purpose === 'detection' ? ' --model MODEL' : ''}`,
    help: HELP[purpose],
    first: channel === undefined ? message : `${channel}: ${message}`,
  })
}

/** The frame without readings where a channel has none of its own: filled throughout, it must not pass for a channel at rest. */
function withoutFilling({ frame, masked }: Prepared): Frame {
  if (masked === undefined) return frame
  const width = frame.channels.length
  const hasReadings = new Uint8Array(width)
  masked.forEach((mask, at) => {
    if (mask === 0) hasReadings[at % width] = 1
  })
  if (hasReadings.every(Boolean)) return frame
  return { ...frame, values: frame.values.map((value, at) => (hasReadings[at % width] ? value : Number.NaN)) }
}
