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
    remedy: 'Check free space and permissions, or choose another location. No partial file was left behind.',
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
})
