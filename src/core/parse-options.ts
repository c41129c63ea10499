import type { z } from 'zod'
import { shownValue } from './check-input.js'
import { createError } from './errors.js'
import { kebabCase } from './options.js'

/**
 * Options with every default filled in.
 *
 * @param where what the options are of, for the message
 * @throws OptionError `option-invalid` naming the first that is out of range, or that is not known where the schema is strict
 * @example
 * import { z } from 'zod'
 * import { parseOptions } from './parse-options.js'
 * parseOptions(z.object({ window: z.number().min(1).default(30) }), {}, 'training').window // => 30
 */
export function parseOptions<S extends z.ZodType>(schema: S, given: unknown, where: string): z.output<S> {
  let result: z.ZodSafeParseResult<z.output<S>>
  try {
    result = schema.safeParse(given)
  } catch (cause) {
    const wanted = 'it must be a plain object'
    throw createError('option-invalid', { name: 'options', got: 'unreadable', where, wanted }, cause)
  }
  if (result.success) return result.data
  const [{ path, message }] = result.error.issues
  let got: unknown = given
  for (const key of path) got = (got as Record<PropertyKey, unknown> | undefined)?.[key]
  throw createError('option-invalid', {
    name: path.map(key => (typeof key === 'string' ? kebabCase(key) : String(key))).join('.') || 'options',
    got: shownValue(got),
    where,
    wanted: message,
  })
}
