import type { Severity } from './severity.js'

interface Entry {
  /** At strict, moderate and permissive; null where the level lets it pass. */
  readonly severity: readonly [Severity | null, Severity | null, Severity | null]
  /** Message with `{placeholders}`; the channel and the place stand beside it. */
  readonly message: string
  readonly remedy: string
}

const ALWAYS_ERROR = ['error', 'error', 'error'] as const
const ERROR_UNLESS_PERMISSIVE = ['error', 'error', 'warning'] as const
const ERROR_IF_STRICT = ['error', 'warning', 'warning'] as const
const WARNING = ['warning', 'warning', 'warning'] as const
const WARNING_UNLESS_PERMISSIVE = ['warning', 'warning', 'info'] as const
const INFO = ['info', 'info', 'info'] as const

/** Every issue that validation can report, in one list. Codes are stable: they may be added, never renamed. */
export const ISSUE_CATALOGUE = {
  // the file and its columns
  'file-empty': {
    severity: ALWAYS_ERROR,
    message: 'the file holds no bytes',
    remedy: 'Export it again.',
  },
  'file-large': {
    severity: INFO,
    message: 'the file holds {size} MB',
    remedy: 'Nothing, unless memory is short: `telltale plan` tells what the work needs.',
  },
  'file-ending': {
    severity: WARNING,
    message: 'the ending {ending} is not one of a table',
    remedy: 'Check that this is the file you meant.',
  },
  'table-unreadable': {
    severity: ALWAYS_ERROR,
    message: '{reason}',
    remedy: '{remedy} Then validate again.',
  },
  'rows-none': {
    severity: ALWAYS_ERROR,
    message: 'there is not a single sample',
    remedy: 'Give a table with one line per sample.',
  },
  'channels-none': {
    severity: ALWAYS_ERROR,
    message: 'there is not a single channel',
    remedy: 'Give at least one numeric column besides time and label.',
  },
  'rows-unjudged': {
    severity: WARNING,
    message: 'only the rows before row {row} were judged: more do not fit into --memory',
    remedy: 'Give more --memory, or judge another part with --rows.',
  },
  'rows-few': {
    severity: ERROR_IF_STRICT,
    message: 'too few samples: {count}; {wanted} are the least that says something',
    remedy: 'Give a longer stretch.',
  },
  'column-missing': {
    severity: ALWAYS_ERROR,
    message: 'this column is expected and is not there',
    remedy: 'Check the spelling in the header, or leave it out of the expected columns.',
  },
  'column-unexpected': {
    severity: WARNING,
    message: 'this column is not among the expected ones',
    remedy: 'Add it to the expected columns, or exclude it.',
  },
  'column-text': {
    severity: ['error', 'error', 'info'],
    message: 'the column holds text, not numbers',
    remedy: 'Exclude it, or code it as numbers before.',
  },
  'column-partly-text': {
    severity: ERROR_IF_STRICT,
    message: 'cells with text, taken as missing: {count}',
    remedy: 'Mend the cells: most of the column is numbers.',
  },

  // readings of a channel
  'missing-some': {
    severity: WARNING,
    message: '{share} of the readings are missing, at most {longest} in a row',
    remedy: 'Choose how to treat them with --missing: hold, linear, mask or drop.',
  },
  'missing-many': {
    severity: ALWAYS_ERROR,
    message: '{share} of the readings are missing; the limit is {limit}',
    remedy: 'Exclude the channel, or use a stretch in which it was recorded.',
  },
  'channel-dead': {
    severity: ERROR_UNLESS_PERMISSIVE,
    message: 'there is not a single reading',
    remedy: 'Exclude the channel, or look after the sensor.',
  },
  'channel-constant': {
    severity: ERROR_IF_STRICT,
    message: 'every reading is {value}',
    remedy:
      'Check that the sensor is connected. A constant channel is kept: it teaches nothing, and a later change shows.',
  },
  'infinite-values': {
    severity: ERROR_UNLESS_PERMISSIVE,
    message: 'infinite readings: {count}',
    remedy: 'Mend the source, or repair with --fix: they become missing.',
  },
  'out-of-range': {
    severity: ERROR_UNLESS_PERMISSIVE,
    message: 'readings outside of the valid range {range}: {count}',
    remedy: 'Check the sensor, or repair with --fix: they become missing.',
  },
  'frozen-run': {
    severity: WARNING_UNLESS_PERMISSIVE,
    message: 'stuck at {value} for {count} samples; up to {limit} would be usual for this channel',
    remedy: 'Leave the stretch out of a history: the sensor or its link was probably frozen.',
  },
  spikes: {
    severity: WARNING_UNLESS_PERMISSIVE,
    message:
      'readings that jump away from both neighbours: {count}, the farthest by {largest} (usual: {usual})',
    remedy: 'Check for transmission errors; the robust scaler is little moved by them.',
  },
  saturation: {
    severity: WARNING_UNLESS_PERMISSIVE,
    message:
      '{share} of the readings stand exactly at the {side} {value}: the sensor seems to be at its rail',
    remedy: 'Check the measuring range: what lies beyond the rail cannot be seen.',
  },
  'scale-jump': {
    severity: ERROR_IF_STRICT,
    message: 'from here on the readings are about {factor} times as large{unit}',
    remedy: 'Bring both parts to one unit, or use one of them.',
  },
  'counter-reset': {
    severity: WARNING_UNLESS_PERMISSIVE,
    message: 'the channel counts upwards; times that it falls back: {count}',
    remedy:
      'Use the difference of the counter, or exclude it: a sum that only grows is never like its history.',
  },
  'counter-growing': {
    severity: INFO,
    message: 'the channel only ever grows, like a counter or a clock',
    remedy: 'Use its difference, or exclude it: a sum that only grows is never like its history.',
  },
  'outliers-many': {
    severity: ERROR_IF_STRICT,
    message: '{share} of the readings lie outside of the fences {low} to {high} (1.5 interquartile ranges)',
    remedy:
      'Check whether the history mixes several states; the robust scaler is little moved by far readings.',
  },
  'channels-equal': {
    severity: WARNING_UNLESS_PERMISSIVE,
    message: 'the channel equals {other} in every sample',
    remedy: 'Exclude one of the two: it would count twice.',
  },

  // rows and time
  'rows-duplicate': {
    severity: WARNING,
    message: 'rows that repeat an earlier row, its time included: {count} ({share})',
    remedy: 'Remove the copies at the source: the export probably ran twice.',
  },
  'rows-duplicate-many': {
    severity: ALWAYS_ERROR,
    message: 'rows that repeat an earlier row, its time included: {count} ({share}); the limit is {limit}',
    remedy: 'Remove the copies at the source: the export probably ran twice.',
  },
  'readings-repeat': {
    severity: INFO,
    message: 'samples with the readings of an earlier one: {count} ({share})',
    remedy: 'Nothing, if sensors are coarse or slow; with a time column real copies can be told apart.',
  },
  'time-absent': {
    severity: INFO,
    message: 'there is no time column: samples are numbered, and gaps cannot be seen',
    remedy: 'Name the column with --time-column, if there is one.',
  },
  'time-unreadable': {
    severity: ALWAYS_ERROR,
    message: 'samples without a readable time: {count}',
    remedy: 'Mend the time column.',
  },
  'time-backwards': {
    severity: ERROR_IF_STRICT,
    message: 'samples earlier than the one before: {count}',
    remedy: 'Sort the table by time; a clock that was set back for the winter needs --time-zone.',
  },
  'time-repeated': {
    severity: WARNING,
    message: 'samples with the time of the one before: {count}',
    remedy: 'Check the resolution of the clock, or whether several devices share the table.',
  },
  'time-irregular': {
    severity: WARNING,
    message: 'only {share} of the steps are near the usual {cadence}',
    remedy: 'Resample to a fixed cadence before, so that a window always means the same span of time.',
  },
  'time-jitter': {
    severity: INFO,
    message: 'steps that differ from the usual {cadence}: {count}, by {largest} at most',
    remedy: 'Nothing, while the steps stay near the cadence.',
  },
  'time-gaps': {
    severity: WARNING,
    message: 'gaps: {count}, with about {missing} missing at a sample every {cadence}',
    remedy: 'Nothing: gaps are kept, and no window spans one longer than --max-gap allows.',
  },
  'windows-few': {
    severity: WARNING,
    message: 'few samples lie in stretches long enough for a window of {window}: {count}',
    remedy: 'Use a smaller window, or a --missing policy that fills short gaps.',
  },

  // in the samples of one push
  'missing-here': {
    severity: WARNING,
    message: 'missing readings: {count} ({share})',
    remedy: 'Check the sensor and its connection. --missing decides how they are treated.',
  },
  'infinite-here': {
    severity: WARNING,
    message: 'infinite readings, treated as missing: {count}',
    remedy: 'Fix the source of the data.',
  },

  // against the data that a model was trained on
  'channel-lost': {
    severity: ALWAYS_ERROR,
    message: 'the model knows this channel and it is not there',
    remedy: 'Give the channels that the model was trained on, or train again.',
  },
  'channel-unknown': {
    severity: ALWAYS_ERROR,
    message: 'the model does not know this channel',
    remedy: 'Exclude it, or train again.',
  },
  'cadence-differs': {
    severity: ERROR_UNLESS_PERMISSIVE,
    message: 'a sample every {got}, but the model was trained on one every {wanted}',
    remedy: 'Resample to the cadence of the history, or train again.',
  },
  'beyond-history': {
    severity: WARNING,
    message: 'readings far outside of {range}, all that the history held: {count} ({share})',
    remedy: 'Look at the sensor first: a fault of the sensor is no fault of the machine.',
  },
  'scale-differs': {
    severity: ERROR_IF_STRICT,
    message: 'readings are about {factor} times those of the history{unit}',
    remedy: 'Bring the data to the unit of the history.',
  },
  'missing-more': {
    severity: WARNING,
    message: '{share} of the readings are missing, in the history it was {usual}',
    remedy: 'Look after the sensor and its link.',
  },
  'frozen-longer': {
    severity: WARNING,
    message: 'stuck at {value} for {count} samples, in the history at most {usual}',
    remedy: 'Look after the sensor and its link.',
  },
} as const satisfies Record<string, Entry>

export type IssueCode = keyof typeof ISSUE_CATALOGUE
