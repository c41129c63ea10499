import { createError } from '../core/errors.js'
import { formatOfFile } from '../core/file-format.js'
import { writeOutput } from '../files/index.js'
import type { Io } from './io.js'
import { checkFolder, pathIn } from './paths.js'

/** The part of `@resvg/resvg-js` that is used. */
interface Rasteriser {
  readonly Resvg: new (svg: string) => { render(): { asPng(): Uint8Array } }
}

/** Writes figures of one format. */
export type FigureWriter = (svg: string) => Promise<void>

const RASTERISER = '@resvg/resvg-js'

/**
 * A writer for `.svg` or `.png`, before anything is scored. PNG needs the package `@resvg/resvg-js`.
 *
 * @throws OptionError `format-unknown`, `rasteriser-missing`
 */
export async function figureWriter(
  io: Io,
  file: string,
  load: () => Promise<Rasteriser> = () => import(RASTERISER) as Promise<Rasteriser>,
): Promise<FigureWriter> {
  const format = formatOfFile(file, { '.svg': 'svg', '.png': 'png' })
  await checkFolder(pathIn(io, file), file)
  const png = format === 'png' ? await loadRasteriser(file, load) : undefined
  return async svg => {
    await writeOutput(pathIn(io, file), [png === undefined ? svg : new png.Resvg(svg).render().asPng()])
  }
}

async function loadRasteriser(file: string, load: () => Promise<Rasteriser>): Promise<Rasteriser> {
  try {
    return await load()
  } catch (cause) {
    throw createError('rasteriser-missing', { file, name: RASTERISER }, cause)
  }
}
