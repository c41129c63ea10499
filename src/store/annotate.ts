import { addChange } from './history.js'
import type { Reference } from './names.js'
import type { Registry } from './registry.js'
import { checkNotDeleted, findVersion } from './resolve.js'

/** Sets a tag of a version, or removes it with the value null. Errors: `model-unknown`, `artefact-damaged`, `file-unwritable`. */
export async function tagVersion(
  registry: Registry,
  reference: Reference,
  key: string,
  value: string | null,
  why: string,
): Promise<void> {
  const { version } = await findVersion(registry, reference)
  await addChange(registry, version.name, why, history => {
    checkNotDeleted(registry, version, history)
    return { action: 'tag', version: version.number, key, value }
  })
}

/** Sets the note of a version, in place of an earlier one. Errors: as `tagVersion`. */
export async function noteVersion(
  registry: Registry,
  reference: Reference,
  text: string,
  why: string,
): Promise<void> {
  const { version } = await findVersion(registry, reference)
  await addChange(registry, version.name, why, history => {
    checkNotDeleted(registry, version, history)
    return { action: 'note', version: version.number, text }
  })
}
