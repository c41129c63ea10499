import { appendFileSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Acknowledgement } from '../emit/index.js'
import { writeError } from '../files/index.js'

const FILE = 'acknowledged.jsonl'
/** Larger files are not read. */
const LARGEST = 16 << 20

const acknowledgement = z.object({
  id: z.string().min(1).max(10_000),
  by: z.string().max(200).optional(),
  note: z.string().max(2000).optional(),
  at: z.iso.datetime(),
})

/** Adds to the acknowledgements of a state folder. @throws SourceError `file-unwritable` */
export function addAcknowledgement(folder: string, added: Acknowledgement): void {
  const path = join(folder, FILE)
  try {
    appendFileSync(path, `${JSON.stringify(acknowledgement.parse(added))}\n`)
  } catch (error) {
    throw writeError(path, error)
  }
}

/** Gives the acknowledgements of a state folder whenever their file has changed; lines that are none are passed over. */
export function acknowledgementsIn(folder: string): () => readonly Acknowledgement[] {
  const path = join(folder, FILE)
  let seen = 0
  return () => {
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
    if (size === seen || size > LARGEST) return []
    seen = size
    return readFileSync(path, 'utf8').split('\n').flatMap(parseLine)
  }
}

function parseLine(line: string): Acknowledgement[] {
  try {
    return [acknowledgement.parse(JSON.parse(line))]
  } catch {
    return []
  }
}
