import { z } from 'zod'
import { checkParts } from '../core/check-input.js'
import { option } from '../core/options.js'
import { parseOptions } from '../core/parse-options.js'
import { DIFFICULTIES } from './faults/catalogue.js'

const ISO_TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/

/** Fewest samples of the test file for one fault: room for the fault and for normal operation around it. */
const SAMPLES_PER_FAULT = 40

const isTime = (text: string) => ISO_TIME.test(text) && Number.isFinite(Date.parse(text))

/** The files that `generate` writes. */
const FILES = ['train.csv', 'test.csv', 'labels.csv', 'events.csv', 'sensor_data.csv', 'sensor_labels.csv']

const shape = {
  mode: option(
    z.enum(['plant', 'sine']).default('plant'),
    'plant = correlated channels with daily rhythm, operating modes and a catalogue of faults, in a training and a test file; sine = one file of independent noisy sines with one level shift.',
  ),
  rows: option(
    z.number().int().positive().max(10_000_000).optional(),
    'Samples of each file; 10000 in plant mode (training and test file each), 1000 in sine mode.',
  ),
  channels: option(
    z.number().int().positive().max(1000).optional(),
    'Number of channels; 6 in plant mode, 3 in sine mode.',
    { value: 'C' },
  ),
  seed: option(
    z.number().int().nonnegative().max(0xffffffff).default(1),
    'Seed of the random numbers; the same seed gives the same files.',
    { value: 'S' },
  ),
  cadenceSeconds: option(z.number().positive().default(60), 'Seconds between two samples (plant mode).', {
    value: 'SECONDS',
  }),
  start: option(
    z
      .string()
      .refine(isTime, 'must be a time with zone such as 2024-01-01T00:00:00Z, or a date')
      .default('2024-01-01T00:00:00Z'),
    'Time of the first sample (plant mode): ISO 8601 with zone, or a date.',
    { value: 'TIME' },
  ),
  difficulty: option(
    z.enum(DIFFICULTIES).default('medium'),
    'How far the faults of plant mode stand out: easy ones leave the normal range, hard ones stay inside it, subtle ones are a few times the noise and come and go gradually.',
  ),
  faults: option(
    z.number().int().nonnegative().default(12),
    `Number of faults in the test file (plant mode); at least ${SAMPLES_PER_FAULT} samples are needed for each.`,
  ),
  anomalyStart: option(
    z.number().int().nonnegative().default(200),
    'First sample of the level shift (sine mode).',
  ),
  anomalyLength: option(
    z.number().int().nonnegative().default(20),
    'Samples of the level shift (sine mode); 0 = a series without one.',
  ),
  anomalyMagnitude: option(
    z.number().nonnegative().default(3),
    'Height of the level shift of the first channel (sine mode); the sine has amplitude 1.',
    { value: 'X' },
  ),
}

/** The last instant of the calendar, ms since the epoch. */
const LATEST_MS = 8.64e15

const DEFAULT_SIZES = { plant: { rows: 10_000, channels: 6 }, sine: { rows: 1000, channels: 3 } }

interface Sized {
  start: string
  cadenceSeconds: number
  mode: 'plant' | 'sine'
  rows?: number
  channels?: number
  faults: number
  anomalyStart: number
  anomalyLength: number
}

function refuseImpossible(options: Sized, context: z.RefinementCtx): void {
  const rows = options.rows ?? DEFAULT_SIZES[options.mode].rows
  const refuse = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message })
  const { anomalyStart: start, anomalyLength: length, faults } = options
  if (options.mode === 'sine' && length > 0 && start + length > rows) {
    const key = start >= rows ? 'anomalyStart' : 'anomalyLength'
    refuse(key, `the anomaly [${start}, ${start + length}) must lie inside the ${rows} samples`)
  }
  const endMs = Date.parse(options.start) + 2 * rows * options.cadenceSeconds * 1000
  if (options.mode === 'plant' && !(endMs <= LATEST_MS))
    refuse('cadenceSeconds', `must be so short that ${2 * rows} samples end within the calendar`)
  if (options.mode === 'plant' && faults * SAMPLES_PER_FAULT > rows) {
    refuse('faults', `must be <= ${Math.floor(rows / SAMPLES_PER_FAULT)} with ${rows} rows`)
  }
}

const simulateOptions = z.object(shape).superRefine(refuseImpossible)

/** Options of `telltale generate`. */
export const generateOptions = z
  .strictObject({
    out: option(z.string().min(1), 'Folder for the files; it is created if needed.', {
      value: 'DIR',
      path: FILES,
    }),
    ...shape,
  })
  .superRefine(refuseImpossible)
export type GenerateOptions = z.infer<typeof generateOptions>

/** What a simulation can be given: the options of `generate` without the folder, all with defaults. */
export type SimulateOptions = z.input<typeof simulateOptions>
type Resolved = z.output<typeof simulateOptions> & { rows: number; channels: number }

/** Checked options with every default filled in. Errors: `option-invalid`. */
export function resolveOptions(options: SimulateOptions, mode: 'plant' | 'sine'): Resolved {
  checkParts(options, [], 'options', 'the simulation')
  const checked = parseOptions(simulateOptions, { ...options, mode }, 'the simulation')
  return { ...DEFAULT_SIZES[mode], ...withoutUndefined(checked) } as Resolved
}

function withoutUndefined(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
}
