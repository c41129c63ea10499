import { createError } from '../../core/errors.js'
import { formatRows } from '../../report/index.js'
import { verifyArtefact } from '../../store/index.js'
import { defineCommand } from '../command.js'
import { EXIT_OK } from '../exit-codes.js'
import { printNotes } from '../notes.js'
import { pathIn } from '../paths.js'

export const verifyCommand = defineCommand({
  name: 'verify',
  summary: 'Checks every byte of a model against the hashes in its manifest.',
  description: 'Prints one row per file; exit code 4 when one is damaged or missing.',
  arguments: [{ name: 'model', reads: true, description: 'Folder of the model.' }],
  examples: ['telltale verify model', 'telltale verify model --format json'],
  async run({ args: [path], cli, io }) {
    const { files, extra } = await verifyArtefact(pathIn(io, path))
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
    return EXIT_OK
  },
})
