import { TelltaleError } from '../../core/errors.js'
import type { Row } from '../../report/index.js'
import { kafka, mqtt } from './broker-paths.js'
import type { VerifyInput, VerifyPath } from './input.js'
import { firstDifference, type Recordings, sizeOf } from './recording.js'
import { server } from './server-path.js'
import { chunks, wholeTable } from './session-paths.js'
import { growingFile, standardInput } from './stream-paths.js'

/** Every path that is compared with the whole table. */
const PATHS: readonly VerifyPath[] = [chunks, standardInput, growingFile, mqtt, kafka, server]

/** One row per path: whether it gave the same bits as the whole table. */
export interface VerifiedPaths {
  readonly rows: readonly Row[]
  /** Paths that gave something else. */
  readonly different: readonly Row[]
  /** Paths that were not scored to the end. */
  readonly failed: readonly Row[]
}

/** Scores a table on every path and compares the bits of scores, and the events. */
export async function verifyPaths(input: VerifyInput): Promise<VerifiedPaths> {
  const wanted: Recordings = new Map()
  await wholeTable.run(input, wanted)
  const rows: Row[] = [{ path: wholeTable.name, result: 'reference', ...sizeOf(wanted), detail: '' }]
  for (const path of PATHS) {
    if (input.io.signal.aborted) break
    rows.push({ path: path.name, ...(await compare(path, input, wanted)) })
  }
  const of = (wanted: string) => rows.filter(({ result }) => result === wanted)
  return { rows, different: of('different'), failed: of('failed') }
}

async function compare(path: VerifyPath, input: VerifyInput, wanted: Recordings): Promise<Row> {
  const got: Recordings = new Map()
  try {
    const why = await path.run(input, got)
    if (why !== undefined) return { result: 'skipped', samples: null, events: null, detail: why }
    const difference = firstDifference(wanted, got)
    return { result: difference ? 'different' : 'equal', ...sizeOf(got), detail: difference ?? '' }
  } catch (error) {
    if (!(error instanceof TelltaleError)) throw error
    if (error.code === 'package-missing')
      return { result: 'skipped', samples: null, events: null, detail: `${error.message}. ${error.remedy}` }
    return { result: 'failed', ...sizeOf(got), detail: error.message }
  }
}
