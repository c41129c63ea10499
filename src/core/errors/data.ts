import { ofKind } from './entry.js'

/** The data are not what the work needs. */
export const DATA_ERRORS = ofKind('data', {
  'data-empty': {
    message: '{file} contains no samples: {reason}',
    remedy: 'Give a table with a header line and one line per sample.',
  },
  'data-none-left': {
    message: '{file}: {reason}',
    remedy: 'Change {option}, or leave it out to take all rows.',
  },
  'frame-invalid': {
    message: '{where} cannot use this frame: {reason}',
    remedy: 'Give N times within the calendar, N * C values row by row, and C different names of channels.',
  },
  'data-not-a-table': {
    message: '{file} cannot be read as a table: {reason}',
    remedy:
      'Give a CSV file with a header line, then one line per sample with the same number of cells in each.',
    answer:
      'Send a table with one column per channel of the model and, where there are times, a column time; or JSON. /openapi.json describes the bodies.',
  },
  'data-server-error': {
    message: '{file} holds no table but the answer of a server that could not give it: {got}',
    remedy:
      'Correct the query or the access that the message speaks of, save the answer again, and give the new file.',
    answer: 'Send the table itself: the body holds the answer of another server.',
  },
  'data-bad-line': {
    message: '{file}, line {line}: {got} is not a line of {wanted}',
    remedy: 'Correct the line, or remove it.',
    answer: 'Send a table with one column per channel.',
  },
  'data-one-scrape': {
    message: '{file} is one scrape in the text format of Prometheus: {count} series with one reading each',
    remedy:
      'Ask Prometheus for a range of time and give its answer: curl -G http://HOST:9090/api/v1/query_range -d query=NAME -d start=TIME -d end=TIME -d step=60 > range.json.',
    answer: 'Send the answer to a query over a range, of /api/v1/query_range, or a table.',
  },
  'data-log-lines': {
    message: '{file} holds lines of text of Loki, of {count} streams: no numbers',
    remedy:
      'Ask /loki/api/v1/query_range for numbers and give its answer: the query avg_over_time({selector} | logfmt | unwrap FIELD [1m]) with start, end and step.',
    answer: 'Send the answer to a query of metrics, of /loki/api/v1/query_range, or a table.',
  },
  'data-bad-cell': {
    message: '{file}, {row}, column {column}: {got} is not a finite number',
    remedy:
      'Fix the cell; or give --bad-cells missing to treat it as a missing reading, with --missing (hold, linear, mask or drop); or leave the column out with --exclude-channels.',
    answer: 'Send a number, or null for a reading that is missing.',
  },
  'data-marked-number': {
    message: '{file}, line {line}, column {column}: {got} is {what}, not a number',
    remedy: 'Give --bad-cells missing to treat it as a missing reading{instead}.',
    answer: 'Send a number, or null for a reading that is missing.',
  },
  'data-missing-value': {
    message: '{file}, {row}, column {column}: the value is missing',
    remedy:
      'Choose how missing readings are treated with --missing (hold, linear, mask or drop), or fill the gap in the file.',
    answer:
      'Send a number in its place, or leave the sample out. A job takes the option missing: hold, linear, mask or drop.',
  },
  'data-no-reading': {
    message: '{file}: {column} has no reading at {time}, where another sensor has one',
    remedy: 'Choose how missing readings are treated with --missing (hold, linear, mask or drop).',
    answer: 'Send a number in its place, or leave the sample out.',
  },
  'data-ragged-row': {
    message: '{file}, line {line}: {got} cells, but the header has {wanted}',
    remedy:
      'Fix the line: each line needs one cell per column. --bad-rows skip leaves such lines out. Decimal commas need quotes, or another character between cells.',
    answer: 'Send one cell per column in every row.',
  },
  'data-duplicate-column': {
    message: '{file}: the column {column} appears {count} times in the header',
    remedy:
      'Rename the columns so that each name is used once, or give --sql "select * from \'{file}\'" in place of the file: it numbers the names.',
    answer: 'Send each column once, under a name of its own.',
  },
  'data-no-channels': {
    message: '{file} has no channel: {reason}',
    remedy: 'Give at least one numeric column besides time and label.',
  },
  'data-column-missing': {
    message: '{file} has no column {column}; it has {got}',
    remedy: 'Did you mean {nearest}? Check the spelling of the column name.',
  },
  'data-bad-time': {
    message: '{file}, line {line}, column {column}: {reason}',
    remedy:
      'Name another column with --time-column, or give the format of the times with --time-format. A row that has none: --bad-rows skip. Rows out of order: --late-rows sort. Rows of several devices: --group-by COLUMN. A clock that was set back: --time-zone.',
    answer:
      'Send times that rise, in a column time: as times with a zone, or as milliseconds since 1970-01-01.',
  },
  'data-ambiguous-date': {
    message: '{file}, line {line}, column {column}: {reason}',
    remedy: 'No other row of the column decides it. Add the option that fits.',
    answer:
      'Send times with the year first and a zone, such as 2024-05-03T10:00:00Z, or as milliseconds since 1970-01-01.',
  },
  'data-ambiguous-number': {
    message: '{file}, column {column}: {got} is {first} or {second}',
    remedy:
      'Give --decimal , when the comma is the decimal separator; otherwise write the numbers without thousands separators.',
    answer: 'Send numbers, not texts, or numbers with a point before the decimals.',
  },
  'data-bad-label': {
    message: '{file}, line {line}, column {column}: the label is {got}, expected 0 or 1',
    remedy: 'Write 0 (normal) or 1 (anomalous) in every row of the label column.',
  },
  'labels-length': {
    message: '{got} labels were given for {wanted} samples',
    remedy: 'Give one label per sample in the same order, or intervals of anomalous samples.',
  },
  'labels-value': {
    message: 'the label of sample {sample} is {got}, expected 0 or 1',
    remedy: 'Give 0 (normal) or 1 (anomalous) for every sample.',
  },
  'labels-interval': {
    message: 'the labelled interval [{start}, {end}) does not fit a series of {samples} samples',
    remedy: 'Give whole sample numbers with 0 <= start < end <= {samples}; the end is exclusive.',
  },
  'data-too-short': {
    message: '{rows} samples are too few for {purpose}: at least {wanted} are required{window}',
    remedy: '{remedy}.',
  },
  'data-gaps': {
    message:
      '{rows} samples are without a gap, too few for {purpose}: at least {wanted} are required with a window of {window}',
    remedy:
      'Windows span gaps of up to {gap} missing samples with --max-gap {gap}. Otherwise use a smaller --window, or give longer runs.',
  },
  'data-calibration-short': {
    message: '{got} calibration scores are too few for {purpose}: at least {wanted} are required',
    remedy: 'Calibrate on more normal data, or allow more frequent alarms.',
  },
  'times-needed': {
    message:
      'the readings have no times, and the model compares {channel} with what it usually reads at that time',
    remedy: 'Give a table with times, and name their column with --time-column where it is not found.',
    answer:
      'Send a series with its times to /api/v1/models/NAME/detect: `times` beside `rows`, or a column `time` in CSV, NDJSON, Parquet or Arrow. Windows have no times.',
  },
  'calibration-timeless': {
    message: '{wanted} cannot be estimated: the history has no regular times, so days cannot be counted',
    remedy:
      'Name the time column with --time-column and resample it with --cadence, or set the threshold with --quantile.',
  },
  'data-seen': {
    message: 'the model was trained on all {rows} rows of the table, so they cannot be used to test it',
    remedy:
      'Give normal rows that are later than the history, or the whole history: then its calibration part is used.',
  },
  'data-no-calm': {
    message: 'no fault can be injected: {reason}',
    remedy: '{remedy}.',
  },
  'data-constant': {
    message: 'every channel is constant in the training part: there is nothing to learn',
    remedy: 'Give a history in which at least one channel changes.',
  },
  'data-channels-differ': {
    message: 'the channels do not match the model: {difference}',
    remedy:
      'Give the channels the model was trained on (`telltale show MODEL` lists them), with --rename OLD=NEW where they have other names, or train a new model.',
    answer:
      'Send the channels that the model was trained on: GET /api/v1/models/NAME/versions/VERSION lists them.',
  },
  'data-invalid': {
    message: 'the data cannot be used for {purpose} ({problems} at level {level}): {first}',
    remedy: '`{command}` shows all problems. --validation-level permissive is less strict.',
    answer: '{help}.',
  },
  'data-training-diverged': {
    message: 'the loss became {got} in epoch {epoch}',
    remedy: 'Use a smaller --learning-rate, or look for extreme values in the data.',
  },
  'data-no-tables': {
    message: '{folder} is a folder without tables: no name in it ends in {endings}',
    remedy:
      'Give a file, or a pattern in quotes such as "DATA/*.log". Folders within a folder are not searched.',
  },
  'data-files-differ': {
    message: '{file} does not continue {first}: {reason}',
    remedy: 'Give files with the same columns, or select the columns they share with --channels.',
    answer: 'Send tables with the same columns.',
  },
  'data-many-devices': {
    message: '{file} contains {count} devices in the column {column}: {got}',
    remedy:
      'Give --group-by {column}: `train`, `validate` and `detect` then take every device, and with --device {device} as well only that one. If the column is no device: --role {column}=ignore.',
    answer: 'Send the samples of one device, and its name as device.',
  },
  'data-duplicate-reading': {
    message: '{file}: {count} readings occur more than once, the first in row {row}',
    remedy: 'Choose which one counts with --duplicate-times first, last or mean.',
    answer: 'Send each reading once.',
  },
  'data-mixed-readings': {
    message: '{file}: {count} readings have the time and the name of another one, and {column}',
    remedy: 'Give {option}. Where they are copies of each other: --duplicate-times last.',
    answer: 'Send the samples of one device, with one column per channel.',
  },
  'stream-unscored': {
    message: '{source} has ended, and {unscored}: {reason}',
    remedy:
      '{help}; `telltale stream --dry-run` shows how messages are read. A whole table is scored by `telltale detect`.',
  },
  'data-mixed-units': {
    message: '{file}, column {column}: the readings of {sensor} have the units {got}',
    remedy: 'Correct the file, or leave the sensor out: --where "{sensorColumn} <> \'{sensor}\'".',
    answer: 'Send numbers in one unit per channel.',
  },
  'frame-no-channels': {
    message: 'the frame has no channel',
    remedy: 'Give the readings of at least one channel.',
  },
  'frame-lengths': {
    message: 'the channel {channel} has {got} readings, expected {wanted}',
    remedy: 'Give one reading per sample and channel; null is a missing reading.',
  },
  'frame-time': {
    message: 'the time of sample {sample} cannot be read: {got}',
    remedy: 'Give a Date, ms since 1970 as a number, or a text with its zone such as 2024-01-01T06:00:00Z.',
  },
  'frame-value': {
    message: 'the reading of {channel} in sample {sample} is {got}, not a number',
    remedy: 'Give numbers; null is a missing reading. Name the channels when the rows hold other things too.',
  },
})
