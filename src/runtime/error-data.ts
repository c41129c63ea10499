import { createError, type ErrorCode, TelltaleError } from '../core/errors.js'

/** An error as it crosses from one thread to another. */
export interface ErrorData {
  /** Of the catalogue; absent for other errors. */
  readonly code?: ErrorCode
  readonly values?: Readonly<Record<string, string | number>>
  readonly name: string
  readonly message: string
  readonly stack?: string
}

export function errorToData(error: unknown): ErrorData {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) }
  const { name, message, stack } = error
  return error instanceof TelltaleError
    ? { code: error.code, values: error.where, name, message, stack }
    : { name, message, stack }
}

/** The error again: one of the catalogue with its class, code, kind and remedy, others with name and message; with the stack of where it happened. */
export function errorFromData({ code, values, name, message, stack }: ErrorData): Error {
  const error = code === undefined ? new Error(message) : createError(code, { ...values } as never)
  error.name = name
  error.stack = stack
  return error
}
