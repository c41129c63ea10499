import { createError, TelltaleError } from '../../core/errors.js'

/** The error of the catalogue for a failed read; errors of the catalogue pass through. */
export function fileError(file: string, error: unknown): TelltaleError {
  if (error instanceof TelltaleError) return error
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return createError('file-not-found', { file }, error)
  return createError('file-unreadable', { file, reason: reasonOf(code, message) }, error)
}

export function notUtf8(file: string): TelltaleError {
  return createError('data-not-a-table', { file, reason: 'it is not UTF-8 text' })
}

function reasonOf(code: string | undefined, message: string): string {
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  if (code === 'ENOTDIR') return 'a part of its path is a file'
  if (code?.startsWith('Z_')) return `its gzip data are damaged (${message})`
  return message
}
