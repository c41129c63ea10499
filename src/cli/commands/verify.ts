import { basename } from 'node:path'
import { createError } from '../../core/errors.js'
import { formatRows } from '../../report/index.js'
import { findFleet, loadModel, verifyModel } from '../../store/index.js'
import { defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { modelIn } from '../model-place.js'
import { printNotes } from '../notes.js'

export const verifyCommand = defineCommand({
  name: 'verify',
  summary: 'Checks every byte of a model against the hashes in its manifest.',
  description:
    'Prints one row per file; exit code 4 when one is damaged or missing, and with --require-signed when none of the keys signed the model.',
  arguments: [
    {
      name: 'model',
      reads: true,
      description: 'Folder or file of the model, folder of a fleet, or NAME@VERSION.',
    },
  ],
  examples: [
    'telltale verify model',
    'telltale verify model --format json',
    'telltale verify pump@7 --registry models',
  ],
  async run({ args: [path], cli, io }) {
    const place = await modelIn(io, cli, path)
    const { files, extra } = await verifyAll(place)
    const rows = files.map(({ name, sizeBytes, sha256, ok, reason }) => ({
      file: name,
      state: ok ? 'ok' : `damaged: ${reason}`,
      bytes: sizeBytes,
      sha256: cli.format === 'table' ? sha256.slice(0, 12) : sha256,
    }))
    io.stdout(formatRows(rows, cli.format))
    printNotes(
      io,
      extra.map(name => `${name} is not part of the model and is never read`),
    )
    const damaged = files.find(({ ok }) => !ok)
    if (damaged) {
      throw createError('artefact-damaged', {
        path,
        file: damaged.name,
        reason: damaged.reason ?? 'it differs',
      })
    }
    if (io.trusted !== undefined)
      for (const model of (await findFleet(place))?.map(member => member.path) ?? [place])
        await loadModel(model, undefined, io.trusted)
    return EXIT_OK
  },
})

/** The files of a model, or of all models of a fleet, each with the folder of its device. */
async function verifyAll(path: string): Promise<Awaited<ReturnType<typeof verifyModel>>> {
  const members = await findFleet(path)
  if (members === undefined) return verifyModel(path)
  const checks = []
  for (const member of members) {
    const inFolder = (name: string) => `${basename(member.path)}/${name}`
    const { files, extra } = await verifyModel(member.path)
    checks.push({
      files: files.map(file => ({ ...file, name: inFolder(file.name) })),
      extra: extra.map(inFolder),
    })
  }
  return { files: checks.flatMap(({ files }) => files), extra: checks.flatMap(({ extra }) => extra) }
}
