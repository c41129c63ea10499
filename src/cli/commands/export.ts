import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { createError, TelltaleError } from '../../core/errors.js'
import { option } from '../../core/options.js'
import { knownOnly } from '../../core/parse-options.js'
import { isEnsemble } from '../../detect/index.js'
import { writeOutput } from '../../files/index.js'
import { OPSET, OUTSIDE, timeUnit } from '../../onnx/index.js'
import { exportOnnx, exportSettings, onnxInput } from '../../pipeline/index.js'
import { formatBytes, formatRows, formatSummary, type ResultFormat, type Row } from '../../report/index.js'
import { type FleetMember, findFleet } from '../../store/index.js'
import { checkThresholdOptions } from '../../threshold/index.js'
import { defineCommand } from '../command.js'
import { EXIT_CODES, EXIT_OK } from '../exit-codes.js'
import type { Io } from '../io.js'
import { modelIn } from '../model-place.js'
import { printNotes } from '../notes.js'
import { onnxNotes } from '../onnx-notes.js'
import { loadTrusted } from '../open-model.js'
import { checkFolder, pathIn } from '../paths.js'

const exportOptions = z.strictObject({
  out: option(
    z.string().min(1),
    'File to write; - is stdout. Of a fleet: a folder, with one file per device.',
    { value: 'FILE', path: 'write' },
  ),
  format: option(z.enum(['onnx']).default('onnx'), 'Format of the file.', { value: 'FORMAT' }),
  ...exportSettings.shape,
})

/** Names of the detectors that have no counterpart. */
const outside = Object.keys(OUTSIDE)
  .map(kind => kind.replace('detector:', ''))
  .join(', ')

export const exportCommand = defineCommand({
  name: 'export',
  summary: 'Exports a model as one ONNX file that other languages and browsers can run.',
  description:
    `Scaler, detector, score and threshold are included (opset ${OPSET}). Input: a window of readings, float64 [batch, samples, channels], and with a daily or weekly cycle its times. Output: score ` +
    '(1.0 = threshold), flag and residual per channel; of a single network also errors per sample. The score is causal, as in `detect --alignment causal`. Not exported: ' +
    `the detectors ${outside}; a threshold per regime (--regimes) or that adapts (--adapt); events. docs/onnx.md shows how to run it.`,
  arguments: [{ name: 'model', reads: true, description: 'Folder of the model, or of a fleet.' }],
  schema: exportOptions,
  examples: [
    'telltale export model --out model.onnx',
    'telltale export model --format onnx --out deploy/pump.onnx',
    'telltale export model --out model.onnx --threshold 1.5',
    'telltale export model --out - > model.onnx',
  ],
  async run({ args: [path], options, cli, io }) {
    checkThresholdOptions(options)
    const { out, format } = options
    const place = await modelIn(io, cli, path)
    const members = await findFleet(place)
    if (members !== undefined) return exportFleet(io, members, options, cli.format)
    const file = pathIn(io, out)
    if (file !== '-') {
      await checkFolder(file, out)
      await checkReplaced(file, out)
    }
    const model = await loadTrusted(io, place)
    const bytes = exportOnnx(model, knownOnly(exportSettings, options))
    if (file === '-') {
      await new Promise<void>((done, fail) => io.stream.write(bytes, error => (error ? fail(error) : done())))
    } else {
      await writeOutput(file, [bytes])
    }
    const { channels } = model.info
    const { samples, horizon } = onnxInput(model)
    const cycle = isEnsemble(model.detector) ? model.detector.cycle : undefined
    const input = `float64 [batch, ${samples}, ${channels.length}]`
    const facts = [
      ['file', out],
      ['format', `${format}, opset ${OPSET}`],
      ['size', formatBytes(bytes.length)],
      ['input', `window, ${input}: ${channels.join(', ')}`],
      ...(cycle ? [['input', `time, float64 [batch, ${samples}]: ${timeUnit(cycle)}`] as const] : []),
      ['outputs', `score (1.0 = threshold), flag, residual${isEnsemble(model.detector) ? '' : ', errors'}`],
    ] as const
    const whole = {
      file: out,
      format,
      opset: OPSET,
      sizeBytes: bytes.length,
      window: samples - horizon,
      samples,
      channels,
    }
    const print = file === '-' ? io.stderr : io.stdout
    print(formatSummary(facts, whole, cli.format))
    printNotes(io, onnxNotes(model))
    return EXIT_OK
  },
})

/** Refuses to write over a file that is not called an ONNX file: it would be the data of someone. */
async function checkReplaced(file: string, out: string): Promise<void> {
  const isThere = (await stat(file).catch(() => undefined))?.isFile() === true
  if (isThere && !/\.onnx$/i.test(out))
    throw createError('artefact-exists', { path: out, reason: 'is not called an ONNX file (.onnx)' })
}

/** One file for each device of a fleet, in the folder `--out`. A model that has no counterpart does not stop the others. */
async function exportFleet(
  io: Io,
  members: readonly FleetMember[],
  options: z.output<typeof exportOptions>,
  format: ResultFormat,
): Promise<number> {
  const { out } = options
  const isFolder = (await stat(pathIn(io, out)).catch(() => undefined))?.isDirectory()
  if (out === '-' || isFolder === false || /\.onnx$/i.test(out))
    throw createError('option-invalid', {
      name: '--out',
      got: JSON.stringify(out),
      where: 'the command',
      wanted: 'of a fleet it must be a folder, which gets one file per device',
    })
  const rows: Row[] = []
  const notes = new Set<string>()
  let code = EXIT_OK
  for (const { device, path } of members) {
    const name = join(out, `${basename(path)}.onnx`)
    try {
      const model = await loadTrusted(io, path)
      const bytes = exportOnnx(model, knownOnly(exportSettings, options))
      for (const note of onnxNotes(model)) notes.add(note)
      await writeOutput(pathIn(io, name), [bytes])
      rows.push({ device, file: name, bytes: bytes.length, result: 'exported' })
    } catch (error) {
      if (!(error instanceof TelltaleError) || error.code !== 'onnx-unsupported') throw error
      rows.push({ device, file: null, bytes: null, result: error.message })
      if (code === EXIT_OK) code = EXIT_CODES[error.kind]
    }
  }
  io.stdout(formatRows(rows, format))
  printNotes(io, [...notes])
  return code
}
