import { ofKind } from './entry.js'

/** Reading or writing failed. */
export const SOURCE_ERRORS = ofKind('source', {
  'file-not-found': {
    message: '{file} does not exist',
    remedy: 'Check the path.',
  },
  'file-unreadable': {
    message: '{file} cannot be read: {reason}',
    remedy: 'Check the path and its permissions.',
  },
  'file-unwritable': {
    message: '{file} cannot be written: {reason}',
    remedy: '{help} No partial file was left behind.',
  },
  'reader-missing': {
    message: '{file} is an Excel workbook, and the package {name} that reads it is not installed',
    remedy: 'Install it with `npm install {name}`, or save the sheet as CSV.',
  },
  'temporary-folder': {
    message: 'the folder for temporary files {folder} cannot be used: {reason}',
    remedy: 'Set TMPDIR to a folder that exists and can be written.',
  },
  'engine-missing': {
    message: 'the table engine @duckdb/node-api could not be loaded: {reason}',
    remedy:
      'Run `npm install @duckdb/node-api`. It has prebuilt binaries for Linux, macOS and Windows on x64 and arm64.',
  },
  'package-missing': {
    message: 'the package {name} could not be loaded: {reason}',
    remedy: 'Run `npm install {name}`. It is needed for this source or sink only.',
  },
  'broker-unreachable': {
    message: 'the broker {url} cannot be used: {reason}',
    remedy: 'Check the address, the user and the certificates, and that the broker runs.',
  },
  'message-unusable': {
    message: '{origin}: a message cannot be used ({reason}): {detail}',
    remedy: 'Correct the sender or --map, or count such messages and continue with --bad-messages skip.',
  },
  'command-failed': {
    message: 'the command {command} failed: {reason}',
    remedy: 'Run it by itself; its output is on standard error.',
  },
  'history-unknown': {
    message: '{file} is no history of checks: {reason}',
    remedy: 'Write one with `telltale drift check DATA --model MODEL --history FILE`, and give that file.',
  },
  'status-missing': {
    message: '{place} gives no status of a stream: {reason}',
    remedy: 'Give the folder of --state, or the address that `telltale stream --health-port` printed.',
  },
  'probe-failed': {
    message: 'the stream that is measured for the plan stopped: {reason}',
    remedy: 'Start `telltale stream` with the same --model to see why, and try again.',
  },
  'snapshot-unreadable': {
    message: '{file} is not a snapshot of metrics: {reason}',
    remedy: 'Give the .json file that --metrics-file wrote, of this version.',
  },
  'state-in-use': {
    message: 'the folder {path} is in use by process {pid}',
    remedy:
      'Stop that process, or give another folder: --state of `telltale stream`, --data of `telltale serve`.',
  },
})
