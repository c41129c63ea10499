/** Who must act on an error: the class of the error, its exit code (cli) and its HTTP status (serve) follow from it. */
export type ErrorKind = 'option' | 'data' | 'source' | 'artefact' | 'limit' | 'interrupted' | 'bug'

interface CatalogueEntry {
  readonly kind: ErrorKind
  /** Message with `{placeholders}`: what happened, what was got, what was wanted, where. */
  readonly message: string
  /** What the reader can do about it. */
  readonly remedy: string
}

/**
 * Every error telltale can raise, in one list. `docs/errors.md` is generated from it.
 * Codes are stable: they may be added, never renamed.
 */
export const ERROR_CATALOGUE = {
  // option: the caller asked for something impossible
  'option-unknown': {
    kind: 'option',
    message: 'unknown option {name} in {where}',
    remedy: 'Did you mean {nearest}? `telltale help` lists the options of each command.',
  },
  'command-unknown': {
    kind: 'option',
    message: 'unknown command {name}',
    remedy: 'Did you mean {nearest}? `telltale help` lists the commands.',
  },
  'argument-unexpected': {
    kind: 'option',
    message: 'too many arguments for {where}',
    remedy: 'Put names with spaces in quotes; `--help` shows an example.',
  },
  'option-invalid': {
    kind: 'option',
    message: '{name} is {got} in {where}, but {wanted}',
    remedy: 'Give {name} a value in its range; `telltale config` shows each value and where it comes from.',
  },
  'option-missing': {
    kind: 'option',
    message: '{name} is needed and was not given',
    remedy: 'Add {name}; `--help` shows an example.',
  },
  'option-conflict': {
    kind: 'option',
    message: '{first} and {second} exclude each other',
    remedy: 'Keep one of them.',
  },
  'stream-unsupported': {
    kind: 'option',
    message: '{what} cannot be scored chunk by chunk: {reason}',
    remedy: '{remedy}, or have the table read whole: with more --memory, and without --chunk-rows.',
  },
  'config-unreadable': {
    kind: 'option',
    message: 'the configuration {file} is not valid YAML: {reason} (line {line})',
    remedy: 'Mend the line, or leave the file out with --no-config.',
  },
  'config-missing': {
    kind: 'option',
    message: 'the configuration file {file} does not exist',
    remedy: 'Check the path given by --config or TELLTALE_CONFIG.',
  },

  'config-too-large': {
    kind: 'limit',
    message: 'the configuration {file} holds {got} bytes, the limit is {wanted}',
    remedy: 'Check that {file} is the file you meant.',
  },
  'option-combination': {
    kind: 'option',
    message: 'the options of {section} do not fit together: {reason}',
    remedy: 'Change one of them; `telltale config` shows each value and where it comes from.',
  },
  'architecture-invalid': {
    kind: 'option',
    message: '{where}: {reason}',
    remedy:
      'Change it there, or a layer before it; `telltale architectures template` prints an architecture that works.',
  },
  'search-empty': {
    kind: 'option',
    message: 'none of the {trials} trials gave a model',
    remedy: 'The column error of the table says why; try other --architectures or a smaller --window.',
  },
  'architecture-unknown': {
    kind: 'option',
    message: 'unknown architecture {name}',
    remedy: 'Known are {known}; the name of an architecture file ends in .json.',
  },

  'onnx-unsupported': {
    kind: 'option',
    message: '{what} cannot be written as ONNX: opset {opset} has no counterpart',
    remedy: 'Train a model without it; docs/onnx.md lists what can be exported.',
  },
  'metric-unknown': {
    kind: 'option',
    message: 'unknown metric {name}',
    remedy: 'Did you mean {nearest}? Known are {known}.',
  },

  // data: the numbers are not what the work needs
  'data-empty': {
    kind: 'data',
    message: '{file} holds no samples: {reason}',
    remedy: 'Give a table with a header line and one line per sample.',
  },
  'data-not-a-table': {
    kind: 'data',
    message: '{file} cannot be read as a table: {reason}',
    remedy: 'Give a CSV file: a header line, then one line per sample, the same number of cells in each.',
  },
  'data-bad-cell': {
    kind: 'data',
    message: '{file}, line {line}, column {column}: {got} is not a finite number',
    remedy: 'Correct the cell, give --bad-cells missing to take it for a missing reading, or leave the column out with --exclude-channels.',
  },
  'data-missing-value': {
    kind: 'data',
    message: '{file}, line {line}, column {column}: the value is missing',
    remedy:
      'A missing value is never guessed: fill the gap, remove the line, or say with --missing how to treat it (hold, linear, mask, drop).',
  },
  'data-ragged-row': {
    kind: 'data',
    message: '{file}, line {line}: {got} cells, but the header has {wanted}',
    remedy: 'Mend the line: each line needs one cell per column.',
  },
  'data-duplicate-column': {
    kind: 'data',
    message: '{file}: the column {column} appears {count} times in the header',
    remedy: 'Rename the columns so that each name is used once.',
  },
  'data-no-channels': {
    kind: 'data',
    message: '{file} has no channel: {reason}',
    remedy: 'Give at least one numeric column besides time and label.',
  },
  'data-column-missing': {
    kind: 'data',
    message: '{file} has no column {column}; it has {got}',
    remedy: 'Did you mean {nearest}? Check the spelling of the column name.',
  },
  'data-bad-time': {
    kind: 'data',
    message: '{file}, line {line}, column {column}: {reason}',
    remedy:
      'Name another column with --time-column or the form of its times with --time-format. Rows out of order: --late-rows sort; of several devices: --group-by COLUMN. A clock that was put back: --time-zone.',
  },
  'data-ambiguous-date': {
    kind: 'data',
    message: '{file}, line {line}, column {column}: {reason}',
    remedy: 'No other row of the column decides which number is the day. Add the option that fits.',
  },
  'data-ambiguous-number': {
    kind: 'data',
    message: '{file}, column {column}: {got} is {first} or {second}',
    remedy:
      'Give --decimal , when the comma stands before decimals; otherwise write the numbers without groups of thousands.',
  },
  'data-bad-label': {
    kind: 'data',
    message: '{file}, line {line}, column {column}: the label is {got}, wanted 0 or 1',
    remedy: 'Labels are 0 (normal) or 1 (anomalous) in every row.',
  },
  'labels-length': {
    kind: 'data',
    message: 'there are {got} labels for {wanted} samples',
    remedy: 'Give one label per sample, in the same order, or intervals of anomalous samples.',
  },
  'labels-value': {
    kind: 'data',
    message: 'the label of sample {sample} is {got}, wanted 0 or 1',
    remedy: 'Labels are 0 (normal) or 1 (anomalous) for every sample.',
  },
  'labels-unknown': {
    kind: 'option',
    message: '--labels {name} is neither a file nor a column of {file}, which has {columns}',
    remedy:
      'Did you mean {nearest}? Give a column of 0/1, a file with one 0 or 1 a line, or a file of intervals START,END.',
  },
  'labels-interval': {
    kind: 'data',
    message: 'the labelled interval [{start}, {end}) does not fit a series of {samples} samples',
    remedy:
      'Give whole sample numbers with 0 <= start < end <= {samples}; the end is not part of the interval.',
  },
  'data-too-short': {
    kind: 'data',
    message:
      '{rows} samples are too few for {purpose}: at least {wanted} are needed with a window of {window}',
    remedy: 'Give more samples or a smaller --window.',
  },
  'data-calibration-short': {
    kind: 'data',
    message: '{got} calibration scores are too few for {purpose}: at least {wanted} are needed',
    remedy: 'Calibrate on more normal data, or ask for more frequent alarms.',
  },
  'calibration-timeless': {
    kind: 'data',
    message:
      '{wanted} cannot be promised: the history has no regular times, so there are no days to count in',
    remedy:
      'Name its time column with --time-column and resample it to a fixed cadence, or give the threshold with --quantile.',
  },
  'data-seen': {
    kind: 'data',
    message:
      'the model has learnt from all {rows} rows of the table, so it cannot be judged by faults in them',
    remedy:
      'Give rows that are normal and later than the history, or the history itself: then its calibration part is taken.',
  },
  'data-constant': {
    kind: 'data',
    message: 'every channel is constant in the training part: there is nothing to learn',
    remedy: 'Give a history in which at least one channel changes.',
  },
  'data-channels-differ': {
    kind: 'data',
    message: 'the channels do not match the model: missing {missing}; not known to the model {extra}',
    remedy:
      'Give the channels the model was trained on (`telltale show MODEL` lists them), or train a new model.',
  },
  'data-invalid': {
    kind: 'data',
    message: 'the data are not fit for {purpose} ({count} problems at level {level}): {first}',
    remedy: '`telltale validate DATA` shows all of them; --validation-level permissive asks for less.',
  },
  'data-training-diverged': {
    kind: 'data',
    message: 'the loss became {got} in epoch {epoch}',
    remedy: 'Use a smaller --learning-rate, or look for extreme values in the data.',
  },

  'data-files-differ': {
    kind: 'data',
    message: '{file} does not continue {first}: {reason}',
    remedy: 'Give files with the same columns, or choose those they share with --channels.',
  },
  'data-many-devices': {
    kind: 'data',
    message: '{file} holds {count} devices in the column {column}: {got}',
    remedy:
      'Give --group-by {column}: `train` and `detect` then take them all, and --device NAME chooses one. If it tells no devices apart: --role {column}=ignore.',
  },
  'device-needed': {
    kind: 'option',
    message: '{path} holds the models of {count} devices: {got}',
    remedy: 'Choose one with --device; `detect` and `threshold` take them all with --group-by COLUMN.',
  },
  'data-duplicate-reading': {
    kind: 'data',
    message: '{file}: {count} readings are there more than once, the first in row {row}',
    remedy: 'Say which of them counts with --duplicate-times first, last or mean.',
  },

  // source: reading or writing failed
  'file-not-found': {
    kind: 'source',
    message: '{file} does not exist',
    remedy: 'Check the path.',
  },
  'file-unreadable': {
    kind: 'source',
    message: '{file} cannot be read: {reason}',
    remedy: 'Check the path and its permissions.',
  },
  'file-unwritable': {
    kind: 'source',
    message: '{file} cannot be written: {reason}',
    remedy: 'Check free space and permissions, or choose another place. Nothing was left half written.',
  },
  'path-outside': {
    kind: 'option',
    message: '{file} lies outside of the folders that may be read: {roots}',
    remedy: 'Move the file there, or allow its folder.',
  },
  'query-refused': {
    kind: 'option',
    message: '{what} is refused: {reason}',
    remedy:
      "Give one SELECT that only reads, such as select * from 'data/*.parquet', over files below the allowed folders.",
  },
  'format-unknown': {
    kind: 'option',
    message: '{file} has the ending {got}, which is no known format; wanted {wanted}',
    remedy: 'Use one of the known endings.',
  },
  'reader-missing': {
    kind: 'source',
    message: '{file} is an Excel workbook, and the package {name} that reads it is not installed',
    remedy: 'Install it with `npm install {name}`, or save the sheet as CSV.',
  },
  'engine-missing': {
    kind: 'source',
    message: 'the table engine @duckdb/node-api could not be loaded: {reason}',
    remedy:
      'Run `npm install @duckdb/node-api`; it has ready builds for Linux, macOS and Windows on x64 and arm64.',
  },

  // artefact: a stored model cannot be used
  'checkpoint-differs': {
    kind: 'artefact',
    message: 'the checkpoint {path} is of another training: {differs} differ',
    remedy:
      'Give the same data and options as then, or another --checkpoint; delete the folder to begin anew.',
  },
  'artefact-missing': {
    kind: 'artefact',
    message: '{path} is not a model: {reason}',
    remedy: 'Give the folder that `telltale train --out` wrote.',
  },
  'artefact-damaged': {
    kind: 'artefact',
    message: '{path} is damaged: {file}: {reason}',
    remedy: 'Restore the folder from a copy, or train again.',
  },
  'artefact-version': {
    kind: 'artefact',
    message: '{path} has format version {got}, this telltale reads {wanted}',
    remedy: 'Use the telltale version that wrote it, or train again.',
  },
  'artefact-exists': {
    kind: 'artefact',
    message: '{path} exists and {reason}',
    remedy: 'Choose another --out, or remove what is there; only a model is ever replaced.',
  },

  // limit: too big, too many
  'limit-memory': {
    kind: 'limit',
    message: '{what} needs {got}, the limit is {wanted}',
    remedy: 'Use a smaller --window, --units or --batch-size.',
  },
  'limit-blocks': {
    kind: 'limit',
    message: 'there is room for {got} samples of the history, but blocks of {length} need {wanted}',
    remedy: 'Give more --memory, a smaller --window, or fewer --channels.',
  },
  'limit-columns': {
    kind: 'limit',
    message: '{file} has {got} columns, the limit is {wanted}',
    remedy: 'Split the table, or leave columns out.',
  },

  interrupted: {
    kind: 'interrupted',
    message: '{what} was interrupted',
    remedy: 'Run it again; with --keep-best the best weights so far are kept.',
  },
  bug: {
    kind: 'bug',
    message: 'this should not happen: {reason}',
    remedy: 'Please report it with the command and the output of --debug.',
  },
} as const satisfies Record<string, CatalogueEntry>

export type ErrorCode = keyof typeof ERROR_CATALOGUE

type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never

/** The values that the message and remedy of an error need. */
export type ErrorValues<Code extends ErrorCode> = Record<
  Names<(typeof ERROR_CATALOGUE)[Code]['message']> | Names<(typeof ERROR_CATALOGUE)[Code]['remedy']>,
  string | number
>

/** Base of every error that telltale raises on purpose. */
export class TelltaleError extends Error {
  readonly code: ErrorCode
  readonly remedy: string
  /** The facts of the message, by name (file, line, column, ...). */
  readonly where: Readonly<Record<string, string | number>>

  constructor(code: ErrorCode, values: Record<string, string | number>, cause?: unknown) {
    const entry = ERROR_CATALOGUE[code]
    super(fill(entry.message, values), cause === undefined ? undefined : { cause })
    this.name = this.constructor.name
    this.code = code
    this.remedy = fill(entry.remedy, values)
    this.where = values
  }

  get kind(): ErrorKind {
    return ERROR_CATALOGUE[this.code].kind
  }
}

/** The caller asked for something impossible. */
export class OptionError extends TelltaleError {}
/** The data are not what the work needs. */
export class DataError extends TelltaleError {}
/** Reading or writing failed. */
export class SourceError extends TelltaleError {}
/** A stored model cannot be used. */
export class ArtefactError extends TelltaleError {}
/** Too big or too many. */
export class LimitError extends TelltaleError {}
/** The user stopped the work. */
export class InterruptedError extends TelltaleError {}
/** A mistake of telltale's own. */
export class BugError extends TelltaleError {}

const CLASSES: Record<ErrorKind, typeof TelltaleError> = {
  option: OptionError,
  data: DataError,
  source: SourceError,
  artefact: ArtefactError,
  limit: LimitError,
  interrupted: InterruptedError,
  bug: BugError,
}

/**
 * Makes an error of the catalogue, of the class that its kind names.
 *
 * @example
 * import { createError } from 'telltale'
 * createError('file-not-found', { file: 'a.csv' }).message // => 'a.csv does not exist'
 */
export function createError<Code extends ErrorCode>(
  code: Code,
  values: ErrorValues<Code>,
  cause?: unknown,
): TelltaleError {
  return new CLASSES[ERROR_CATALOGUE[code].kind](code, values, cause)
}

function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]))
}
