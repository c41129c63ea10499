import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createError } from '../../core/errors.js'
import { makeFolder } from '../../files/index.js'
import { type EvaluationResult, evaluationResult, type Job } from '../contract/index.js'

/** What evaluations found, as a file for each of their jobs; it goes when its job is forgotten. */
export interface Evaluations {
  /** Where the process of a job writes what it found, and the address at which it is read. */
  placeOf(id: string): Promise<{ readonly out: string; readonly address: string }>
  /** Errors: `name-unknown`. */
  get(id: string): Promise<EvaluationResult>
  forget(job: Job): Promise<void>
}

/** Of a job. */
const ID = /^[0-9a-f-]{36}$/

export function openEvaluations(folder: string): Evaluations {
  const fileOf = (id: string) => join(folder, `${id}.json`)
  return {
    async placeOf(id) {
      await makeFolder(folder)
      return { out: fileOf(id), address: `/api/v1/evaluations/${id}` }
    },
    async get(id) {
      const text = ID.test(id) ? await readFile(fileOf(id), 'utf8').catch(() => undefined) : undefined
      if (text !== undefined) return evaluationResult.parse(JSON.parse(text))
      throw createError('name-unknown', {
        what: 'evaluation',
        name: id.slice(0, 100),
        nearest: 'the result of a job of /api/v1/jobs',
      })
    },
    async forget({ id, kind }) {
      if (kind === 'evaluation') await rm(fileOf(id), { force: true })
    },
  }
}
