import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createError } from '../core/errors.js'
import { listNames } from '../core/list-names.js'
import { shellWord } from '../core/shell-word.js'
import { infoFromManifest, type ModelInfo } from '../model/index.js'
import { readManifest } from './load.js'
import { contentOf } from './manifest.js'
import { naming } from './models.js'

/** The model of one device of a fleet, as it lies on the disk. */
export interface FleetMember {
  readonly device: string
  readonly path: string
  readonly info: Pick<ModelInfo, 'channels' | 'options' | 'timeColumn' | 'labelColumn' | 'device'>
}

/** Names that stay as they are: the same on every file system, whatever it thinks of letters and reserved words. */
const SAFE = /^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)$/

/**
 * The folder of a device's model in the folder of a fleet: its name where every file system takes that for a name, else what is safe of it and a hash,
 * so that two devices never share one.
 *
 * @example
 * import { deviceFolder } from 'telltale/io'
 * deviceFolder('pump-7') // => 'pump-7'
 * deviceFolder('../Pump 7').replace(/[0-9a-f]{12}$/, '<hash>') // => 'pump-7-<hash>'
 */
export function deviceFolder(device: string): string {
  if (SAFE.test(device) && !RESERVED.test(device)) return device
  const words = device
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
  const hash = createHash('sha256').update(device).digest('hex').slice(0, 12)
  return `${words === '' ? 'device' : words}-${hash}`
}

/**
 * The models of a fleet, by the name of their device; undefined when there is none, as in the folder of a single model. Only manifests are read; what is of no
 * device, and no model, is passed over.
 *
 * Errors: `artefact-damaged`, `artefact-version` of a manifest.
 */
export async function findFleet(path: string): Promise<readonly FleetMember[] | undefined> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  if (entries.some(({ name }) => name === 'manifest.json')) return undefined
  const members: FleetMember[] = []
  for (const entry of entries) {
    const folder = join(path, entry.name)
    const isModel = entry.isDirectory() && (await stat(join(folder, 'manifest.json')).catch(() => undefined))
    if (!isModel) continue
    const { manifest } = await readManifest(folder)
    if (manifest.device === undefined) continue
    const info = naming(folder, () => infoFromManifest(contentOf(manifest), manifest.formatVersion))
    members.push({ device: info.device as string, path: folder, info })
  }
  return members.length === 0 ? undefined : members.sort((a, b) => (a.device < b.device ? -1 : 1))
}

/**
 * Where the model of a device lies: in a fleet that of the device, else the path itself.
 *
 * Errors: `device-needed` when a fleet is given without a device, `device-unknown` when it has no model of it.
 */
export async function modelPath(path: string, device: string | undefined): Promise<string> {
  const fleet = await findFleet(path)
  if (fleet === undefined) return path
  const names = fleet.map(member => member.device)
  if (device === undefined)
    throw createError('device-needed', {
      path,
      count: names.length,
      got: listNames(names, 10),
      device: shellWord(names[0]!),
    })
  const member = fleet.find(member => member.device === device)
  if (member !== undefined) return member.path
  throw createError('device-unknown', { path, device, got: listNames(names, 10) })
}
