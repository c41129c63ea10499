import { readTextFile } from '../files/index.js'
import {
  ARCHITECTURES,
  type ArchitectureDefinition,
  findArchitecture,
  parseArchitecture,
} from '../nn/index.js'
import type { Io } from './io.js'
import { pathIn } from './paths.js'

const LIMIT_BYTES = 1_048_576

/**
 * The architecture that the command line names: a predefined one, by default the first, or a file.
 *
 * Errors: `architecture-unknown`, `architecture-invalid`, `file-not-found`, `file-unreadable`.
 */
export async function readArchitecture(
  io: Io,
  nameOrFile: string = ARCHITECTURES[0].name,
): Promise<ArchitectureDefinition> {
  const isFile = /[/\\]|\.json$/i.test(nameOrFile)
  if (!isFile || ARCHITECTURES.some(({ name }) => name === nameOrFile)) return findArchitecture(nameOrFile)
  return parseArchitecture(
    await readTextFile(pathIn(io, nameOrFile), LIMIT_BYTES, { shown: nameOrFile }),
    nameOrFile,
  )
}
