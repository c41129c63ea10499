import type { z } from 'zod'
import { createError } from '../../core/errors.js'

/** The `options` of a body by their schema. Errors: `request-invalid` with the place. */
export function parsedOptions<Schema extends z.ZodType>(schema: Schema, options: unknown): z.output<Schema> {
  const found = schema.safeParse(options)
  if (found.success) return found.data
  const [issue] = found.error.issues
  const keys = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : issue.path.map(String)
  throw createError('request-invalid', {
    where: ['body/options', ...keys].join('/'),
    reason: `is not accepted: ${issue.message}`,
  })
}
