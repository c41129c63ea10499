import { readFile, stat } from 'node:fs/promises'
import { createError, TelltaleError } from '../core/errors.js'
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
  return parseArchitecture(await readText(pathIn(io, nameOrFile), nameOrFile), nameOrFile)
}

async function readText(path: string, file: string): Promise<string> {
  try {
    const { size } = await stat(path)
    if (size > LIMIT_BYTES)
      throw createError('file-unreadable', {
        file,
        reason: `it holds ${size} bytes, at most ${LIMIT_BYTES} are read`,
      })
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch (cause) {
    if (cause instanceof TelltaleError) throw cause
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') throw createError('file-not-found', { file }, cause)
    const reason = code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not UTF-8 text' : message
    throw createError('file-unreadable', { file, reason }, cause)
  }
}
