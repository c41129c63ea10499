import type { EffectiveConfig } from '../config/index.js'
import { createError, TelltaleError } from '../core/errors.js'
import { camelCase } from '../core/options.js'

/** An error about an option that counts for nothing, with where the option was given when it was not the command line: a variable or a file. */
export function namedBySource(error: unknown, { sources }: EffectiveConfig, command: string): unknown {
  if (!(error instanceof TelltaleError) || error.code !== 'option-without-effect') return error
  const { name, where, wanted } = error.where as { name: string; where: string; wanted: string }
  const given = sources[command]?.[camelCase(name.replace(/^--/, ''))]
  if (given === undefined || (given.source !== 'env' && given.source !== 'file')) return error
  return createError(
    'option-without-effect',
    { name, where: `${where}; ${given.where} sets it`, wanted },
    error,
  )
}
