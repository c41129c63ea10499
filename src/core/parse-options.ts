import type { z } from 'zod'
import { shownValue } from './check-input.js'
import { createError } from './errors.js'
import { similarName } from './nearest.js'
import { kebabCase, type OptionMeta } from './options.js'

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

/**
 * Refuses a setting that a schema does not name; one that is undefined counts as not given.
 *
 * @param where what the settings are of, for the message
 * @throws OptionError `option-unknown` with the nearest name
 * @example
 * import { z } from 'zod'
 * import { refuseUnknown } from './parse-options.js'
 * refuseUnknown(z.object({ window: z.number() }), { windw: undefined }, 'the training') // => undefined
 */
export function refuseUnknown(schema: z.ZodObject, given: object, where: string): void {
  const known = Object.keys(schema.shape)
  const name = Object.keys(given).find(key => !known.includes(key) && isGiven(given, key))
  if (name !== undefined)
    throw createError('option-unknown', { name, where, nearest: similarName(name, known) })
}

/** A getter that throws gives something. */
function isGiven(given: object, key: string): boolean {
  try {
    return (given as Record<string, unknown>)[key] !== undefined
  } catch {
    return true
  }
}

/** As `parseOptions`, and a setting that the schema does not name is refused as by `refuseUnknown`. */
export function parseKnown<S extends z.ZodObject>(schema: S, given: object, where: string): z.output<S> {
  const options = parseOptions(schema, given, where)
  refuseUnknown(schema, given, where)
  return options
}

/**
 * Refuses an option that was given and has no effect on a detector.
 *
 * @param isTrained the detector is that of a model, and cannot be changed
 * @throws OptionError `option-without-effect`
 * @example
 * import { z } from 'zod'
 * import { optionOf } from './options.js'
 * import { refuseWithoutEffect } from './parse-options.js'
 * const schema = z.object({ epochs: optionOf(['autoencoder'], z.number(), 'Passes.') })
 * refuseWithoutEffect(schema, { epochs: 5 }, 'autoencoder') // => undefined
 */
export function refuseWithoutEffect(
  schema: z.ZodObject,
  given: object,
  detector: string,
  isTrained = false,
): void {
  const name = Object.keys(schema.shape).find(key => isGiven(given, key) && !countsFor(schema, key, detector))
  if (name === undefined) return
  throw createError('option-without-effect', {
    name: `--${kebabCase(name)}`,
    where: `on ${isTrained ? 'a model of ' : ''}the detector ${detector}`,
    wanted: `${isTrained ? 'a model of ' : ''}--detector ${detectorsOf(schema, name)?.[0]}`,
  })
}

/** Whether an option of a schema has an effect on a detector. */
export function countsFor(schema: z.ZodObject, key: string, detector: string): boolean {
  return detectorsOf(schema, key)?.includes(detector) ?? true
}

/** The detectors that an option counts for; none when it counts for all. */
export function detectorsOf(schema: z.ZodObject, key: string): OptionMeta['detectors'] {
  return (schema.shape[key]?.meta() as OptionMeta | undefined)?.detectors
}

/** The values of the options that have no default before the detector is known. */
export function standardsOf(schema: z.ZodObject): Record<string, unknown> {
  const all = Object.entries(schema.shape).map(([key, property]) => [
    key,
    (property.meta() as OptionMeta | undefined)?.standard,
  ])
  return Object.fromEntries(all.filter(([, value]) => value !== undefined))
}

/** The options that a schema names: the part of a command's options that a function takes. */
export function knownOnly<S extends z.ZodObject, O extends object>(
  schema: S,
  options: O,
): Pick<O, keyof O & keyof z.output<S>> {
  return Object.fromEntries(Object.entries(options).filter(([key]) => key in schema.shape)) as never
}
