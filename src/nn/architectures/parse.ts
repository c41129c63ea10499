import { type ArchitectureDefinition, checkDefinition } from './definition.js'
import { parseJson } from './json.js'
import { fromOriginal, isOriginal } from './original.js'

/**
 * Reads the text of an architecture file: our own schema, or that of the original system.
 *
 * @param file named in errors
 * @throws OptionError `architecture-invalid` with file, line or path, and what is wrong there
 */
export function parseArchitecture(text: string, file: string): ArchitectureDefinition {
  const value = parseJson(text, file)
  return isOriginal(value) ? fromOriginal(value, file) : checkDefinition(value, file)
}
