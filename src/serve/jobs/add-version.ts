import { findVersion, LATEST, promote, type Registry, stageVersion, type Version } from '../../store/index.js'
import { CHAMPION } from '../scoring/served-models.js'

/**
 * Adds a version of a model without changing what is in use: where a plain name stood for the latest version because the model has no champion, that version
 * becomes it.
 *
 * @param save writes the model, or the folders of a fleet, to a path
 */
export async function addVersion(
  registry: Registry,
  name: string,
  why: string,
  save: (path: string) => Promise<void>,
): Promise<Version> {
  const staged = await stageVersion(registry, name)
  try {
    await save(staged.path)
    await keepInUse(registry, name)
    return await staged.publish(why)
  } finally {
    await staged.discard()
  }
}

async function keepInUse(registry: Registry, name: string): Promise<void> {
  const find = (version: typeof CHAMPION | typeof LATEST) =>
    findVersion(registry, { name, version }).catch(() => undefined)
  if ((await find(CHAMPION)) !== undefined) return
  const latest = await find(LATEST)
  if (latest === undefined) return
  const version = { name, version: latest.version.number }
  await promote(registry, version, CHAMPION, 'in use when the next version was added')
}
