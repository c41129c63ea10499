import type { Severity } from './severity.js'

interface Entry {
  /** At strict, moderate and permissive; null where the level ignores it. */
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
    message: 'the file is empty (0 bytes)',
    remedy: 'Export it again.',
  },
  'file-large': {
    severity: INFO,
    message: 'the file has {size} MB',
    remedy: 'No action needed unless memory is short; `telltale plan` estimates the memory.',
  },
  'file-ending': {
    severity: WARNING,
    message: 'the extension {ending} is not that of a table',
    remedy: 'Check that this is the right file.',
  },
  'table-unreadable': {
    severity: ALWAYS_ERROR,
    message: '{reason}',
    remedy: '{remedy} Then validate again.',
  },
  'cells-refused': {
    severity: ALWAYS_ERROR,
    message: 'cells that are no numbers: {count}, the first in {where}; training refuses them',
    remedy: 'Fix the cells, or give --bad-cells missing and choose with --missing what becomes of them.',
  },
  'history-unfit': {
    severity: ALWAYS_ERROR,
    message: '{reason}',
    remedy: '{remedy} Then validate again.',
  },
  'rows-none': {
    severity: ALWAYS_ERROR,
    message: 'there are no samples',
    remedy: 'Give a table with one line per sample.',
  },
  'channels-none': {
    severity: ALWAYS_ERROR,
    message: 'there are no channels',
    remedy: 'Give at least one numeric column besides time and label.',
  },
  'rows-unchecked': {
    severity: WARNING,
    message: 'only the rows before row {row} were checked: more do not fit into --memory',
    remedy: 'Raise --memory, or check another part with --rows.',
  },
  'rows-few': {
    severity: ERROR_IF_STRICT,
    message: 'too few samples: {count}; at least {wanted} are needed for a meaningful result',
    remedy: 'Give more rows.',
  },
  'column-missing': {
    severity: ALWAYS_ERROR,
    message: 'this column is expected but missing',
    remedy: 'Check the spelling in the header, or remove it from --expected-columns.',
  },
  'column-unexpected': {
    severity: WARNING,
    message: 'this column is not expected',
    remedy: 'Add it to --expected-columns, or exclude it with --exclude-channels.',
  },
  'column-text': {
    severity: ['error', 'error', 'info'],
    message: 'the column holds text, not numbers',
    remedy:
      'Exclude it with --exclude-channels, or make it a channel per value with --role NAME=state. A decimal comma needs --decimal.',
  },
  'column-partly-text': {
    severity: ERROR_IF_STRICT,
    message: 'cells with text, treated as missing: {count}',
    remedy: 'Fix the cells: most of the column is numeric.',
  },

  // readings of a channel
  'missing-some': {
    severity: WARNING,
    message: '{share} of the readings are missing, at most {longest} consecutive',
    remedy: 'Choose how they are treated with --missing: hold, linear, mask or drop.',
  },
  'missing-refused': {
    severity: ALWAYS_ERROR,
    message: 'missing readings that `train` and `detect` refuse: {count}, the first in {where}',
    remedy: 'Say with --missing how they are treated: hold, linear, mask or drop.',
  },
  'missing-many': {
    severity: ALWAYS_ERROR,
    message: '{share} of the readings are missing; the limit is {limit}',
    remedy:
      'Exclude the channel with --exclude-channels, or choose rows in which it was recorded with --rows.',
  },
  'channel-dead': {
    severity: ERROR_UNLESS_PERMISSIVE,
    message: 'the channel has no readings',
    remedy: 'Exclude the channel with --exclude-channels, or check the sensor and its connection.',
  },
  'channel-constant': {
    severity: ERROR_IF_STRICT,
    message: 'every reading is {value}',
    remedy:
      'Check that the sensor is connected. A constant channel is kept: the model learns nothing from it, but a later change is visible.',
  },
  'infinite-values': {
    severity: ERROR_UNLESS_PERMISSIVE,
    message: 'infinite readings: {count}',
    remedy: 'Fix the source, or repair with --fix: they become missing.',
  },
  'readings-huge': {
    severity: ALWAYS_ERROR,
    message: 'readings beyond 1e+150, whose squares are too large to calculate with: {count}',
    remedy:
      'Record the channel in a larger unit, or exclude it with --exclude-channels. If most readings are smaller, `telltale validate` makes the large ones missing with --ranges {range} --fix --missing linear --output FILE; train on that file with --missing linear.',
  },
  'out-of-range': {
    severity: ERROR_UNLESS_PERMISSIVE,
    message: 'readings outside the valid range {range}: {count}',
    remedy: 'Check the sensor, or repair with --fix: they become missing.',
  },
  'frozen-run': {
    severity: WARNING_UNLESS_PERMISSIVE,
    message: 'stuck at {value} for {count} samples; up to {limit} is usual for this channel',
    remedy:
      'Leave this interval out of a history with --exclude: the sensor or its connection was probably frozen.',
  },
  sentinel: {
    severity: ERROR_IF_STRICT,
    message: 'readings of {value}, which usually stands for a missing one: {count}',
    remedy:
      'If they are missing, `telltale validate` makes them so with --ranges {range} --fix --missing linear --output FILE; train on that file with --missing linear.',
  },
  spikes: {
    severity: WARNING_UNLESS_PERMISSIVE,
    message: 'spikes, readings far from both neighbours: {count}, the largest by {largest} (usual: {usual})',
    remedy:
      'Check for transmission errors. `telltale validate` removes them with --ranges {range} --fix --missing linear --output FILE; train on that file with --missing linear.',
  },
  'spikes-within': {
    severity: WARNING_UNLESS_PERMISSIVE,
    message:
      'spikes within the range of usual readings: {count}, the largest by {largest} from both neighbours (usual: {usual})',
    remedy:
      'Check for transmission errors. No --ranges removes them: leave their times out of a history with --exclude.',
  },
  saturation: {
    severity: WARNING_UNLESS_PERMISSIVE,
    message: '{share} of the readings are exactly at the {side} {value}: the sensor seems to be saturated',
    remedy: 'Check the measuring range: values beyond it cannot be seen.',
  },
  'scale-jump': {
    severity: ERROR_IF_STRICT,
    message: 'from here on the readings are about {factor} times as large{unit}',
    remedy: 'Convert both parts to one unit, or use one of them with --rows.',
  },
  'counter-reset': {
    severity: WARNING_UNLESS_PERMISSIVE,
    message: 'the channel is a counter with resets: {count}',
    remedy:
      'Use its rate with --role NAME=counter, or exclude it with --exclude-channels: a growing total leaves the range of its history.',
  },
  'counter-growing': {
    severity: INFO,
    message: 'the channel only increases, like a counter or a clock',
    remedy:
      'Use its rate with --role NAME=counter, or exclude it with --exclude-channels: a growing total leaves the range of its history.',
  },
  'outliers-many': {
    severity: ERROR_IF_STRICT,
    message:
      '{share} of the readings are outliers, outside {low} to {high} (1.5 interquartile ranges beyond the quartiles)',
    remedy:
      'Check whether the history mixes several operating states. --scaler robust reduces the effect of outliers.',
  },
  'channels-equal': {
    severity: WARNING_UNLESS_PERMISSIVE,
    message: 'the channel equals {other} in every sample',
    remedy: 'Exclude one of the two with --exclude-channels: it would count twice.',
  },

  'channel-follows': {
    severity: WARNING_UNLESS_PERMISSIVE,
    message: 'the channel is calculated from {others}: a linear function of them in every sample',
    remedy:
      'Exclude it with --exclude-channels: what it shows counts twice, and a fault of one of its sources is also found in it.',
  },
  'history-uniform': {
    severity: WARNING_UNLESS_PERMISSIVE,
    message:
      'no channel does more than scatter around one level: the machine is seen in one operating state, and any other will be an anomaly',
    remedy:
      'Add rows in which the machine runs at other loads, speeds or products, if it has any. Otherwise no action is needed.',
  },

  // rows and time
  'rows-duplicate': {
    severity: WARNING,
    message: 'duplicate rows, with equal time: {count} ({share})',
    remedy:
      'Keep one of each with --duplicate-times first, or remove them at the source: the export probably ran twice.',
  },
  'rows-duplicate-many': {
    severity: ALWAYS_ERROR,
    message: 'duplicate rows, with equal time: {count} ({share}); the limit is {limit}',
    remedy:
      'Keep one of each with --duplicate-times first, or remove them at the source: the export probably ran twice.',
  },
  'readings-repeat': {
    severity: INFO,
    message: 'samples with the same readings as an earlier one: {count} ({share})',
    remedy:
      'No action needed if sensors are coarse or slow. With a time column, real duplicates can be distinguished.',
  },
  'time-absent': {
    severity: INFO,
    message: 'there is no time column: samples are numbered, and gaps cannot be detected',
    remedy: 'Name the column with --time-column, if there is one.',
  },
  'time-unreadable': {
    severity: ALWAYS_ERROR,
    message: 'samples without a readable time: {count}',
    remedy: 'Fix the time column, or name its format with --time-format.',
  },
  'rows-late': {
    severity: ALWAYS_ERROR,
    message: 'rows earlier than the one before, which `train` and `detect` refuse: {count}',
    remedy:
      'Sort them with --late-rows sort. If the clock was set back at the end of daylight saving, give --time-zone; rows of several devices need --group-by.',
  },
  'time-backwards': {
    severity: ERROR_IF_STRICT,
    message: 'samples earlier than the one before: {count}',
    remedy:
      'Check that they may be sorted. If the clock was set back at the end of daylight saving, give --time-zone; rows of several devices need --group-by.',
  },
  'time-repeated': {
    severity: WARNING,
    message: 'samples with the time of the one before: {count}',
    remedy:
      'Check the resolution of the clock, or whether several devices share the table: --group-by names their column. --duplicate-times joins such samples.',
  },
  'time-irregular': {
    severity: WARNING,
    message: 'only {share} of the steps are near the usual {cadence}',
    remedy: 'Resample with --cadence, so that every window has the same duration.',
  },
  'time-jitter': {
    severity: INFO,
    message: 'steps that differ from the usual {cadence}: {count}, by {largest} at most',
    remedy: 'No action needed while the steps stay near the cadence.',
  },
  'time-gaps': {
    severity: WARNING,
    message: 'gaps: {count}, with about {missing} samples missing at a cadence of {cadence}',
    remedy: 'No action needed: gaps are kept, and no window spans a gap longer than --max-gap.',
  },
  'history-short': {
    severity: WARNING_UNLESS_PERMISSIVE,
    message:
      'the history has {count} samples, {windows} windows of {window}: with fewer than {wanted}, what is normal is known from a few cycles, and the threshold from even less; --window {most} has {wanted}',
    remedy: 'Give a longer history, or use --window {most}.',
  },
  'windows-few': {
    severity: WARNING,
    message: 'few samples are in gap-free segments long enough for a window of {window}: {count}',
    remedy: 'Use a smaller window, or a --missing policy that fills short gaps.',
  },

  // when the threshold of a model was found
  'history-outlying': {
    severity: WARNING,
    message:
      'parts of the history alone set the {alignment} threshold: {level}, and {without} without the scores of {intervals}. If the machine was not normal then, train again with --exclude {ranges}; where a part is only the beginning or the end of a longer fault, exclude all of that',
    remedy:
      'If the machine was not normal then, train again with --exclude {ranges}; where a part is only the beginning or the end of a longer fault, exclude all of that. If the machine was normal, nothing needs to be done: this is how far normal operation reaches.',
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
    message: 'the model needs this channel and it is missing',
    remedy: 'Give the channels the model was trained on, or train again.',
  },
  'channel-unknown': {
    severity: ALWAYS_ERROR,
    message: 'the model does not know this channel',
    remedy: 'Exclude it with --exclude-channels, or train again.',
  },
  'cadence-differs': {
    severity: ERROR_UNLESS_PERMISSIVE,
    message: 'the cadence is {got}, but the model was trained on {wanted}',
    remedy: 'Resample with --cadence to the cadence of the history, or train again.',
  },
  'beyond-history': {
    severity: WARNING,
    message: 'readings far outside {range}, the range of the history: {count} ({share})',
    remedy: 'Check the sensor first: a sensor fault is not a machine fault.',
  },
  'scale-differs': {
    severity: ERROR_IF_STRICT,
    message: 'readings are about {factor} times those of the history{unit}',
    remedy: 'Convert the data to the unit of the history.',
  },
  'missing-more': {
    severity: WARNING,
    message: '{share} of the readings are missing, compared with {usual} in the history',
    remedy: 'Check the sensor and its connection.',
  },
  'frozen-longer': {
    severity: WARNING,
    message: 'stuck at {value} for {count} samples, in the history at most {usual}',
    remedy: 'Check the sensor and its connection.',
  },
} as const satisfies Record<string, Entry>

export type IssueCode = keyof typeof ISSUE_CATALOGUE
