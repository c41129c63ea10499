import type { Emitter, SpecOf } from './emitter.js'

/** Wavelengths go from 2 pi to this times 2 pi. */
const LONGEST = 10_000

/** Adds constant waves, `[steps, width]`: sines in the even columns, cosines in the odd ones. */
export const emitPosition: Emitter<SpecOf<'position'>> = (graph, x, { inShape: { steps, width } }) => {
  const waves = Float32Array.from({ length: steps * width }, (_, at) => {
    const column = at % width
    const angle = Math.floor(at / width) / LONGEST ** ((column - (column % 2)) / width)
    return column % 2 === 0 ? Math.sin(angle) : Math.cos(angle)
  })
  return graph.node('Add', [x, graph.constant('waves', waves, [steps, width])])
}
