import { createHash } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { createError } from '../../core/errors.js'
import { similarName } from '../../core/nearest.js'
import { makeFolder, writeFileAtomic } from '../../files/index.js'
import { type Dataset, dataset, slug } from '../contract/index.js'

/** Tables that were uploaded, as files below one folder. */
export interface Datasets {
  list(): Promise<readonly Dataset[]>
  /** Errors: `name-unknown`. */
  get(name: string): Promise<Dataset & { readonly path: string }>
  /** Errors: `name-taken`, `file-unwritable`. */
  add(name: string, format: 'csv' | 'ndjson' | 'parquet', bytes: string | Uint8Array): Promise<Dataset>
  /** Errors: `name-unknown`. */
  remove(name: string): Promise<void>
}

const facts = z.strictObject(dataset.shape)

export function openDatasets(folder: string, now: () => number): Datasets {
  const factsFile = (name: string) => join(folder, `${name}.json`)
  const names = async () =>
    (await readdir(folder).catch(() => []))
      .filter(file => file.endsWith('.json'))
      .map(file => file.slice(0, -5))
      .sort()

  async function get(name: string) {
    const text = slug.safeParse(name).success
      ? await readFile(factsFile(name), 'utf8').catch(() => undefined)
      : undefined
    if (text === undefined)
      throw createError('name-unknown', {
        what: 'data set',
        name,
        nearest: similarName(name, await names()),
      })
    const own = facts.parse(JSON.parse(text))
    return { ...own, path: join(folder, `${own.name}.data.${own.format}`) }
  }

  return {
    list: async () =>
      Promise.all(
        (await names()).map(async name => facts.parse(JSON.parse(await readFile(factsFile(name), 'utf8')))),
      ),
    get,
    async add(name, format, bytes) {
      await makeFolder(folder)
      if ((await names()).includes(name)) throw createError('name-taken', { what: 'data set', name })
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      const own = { name, format, bytes: Buffer.byteLength(bytes), sha256, atMs: now() }
      await writeFileAtomic(join(folder, `${name}.data.${format}`), [bytes])
      await writeFileAtomic(factsFile(name), [JSON.stringify(own)])
      return own
    },
    async remove(name) {
      const { path } = await get(name)
      await rm(factsFile(name), { force: true })
      await rm(path, { force: true })
    },
  }
}
