import { at, perChannel } from '../evidence.js'
import { brief } from '../issue.js'
import { unitHint } from './units.js'

/** Ratio between both sides from which a jump looks like a change of unit. */
const LEAST_FACTOR = 3
/** All intervals of a side lie within this factor of each other: two clean levels, no trend. */
const SPREAD = 1.5
/** Intervals of the outline that a side must hold. */
const LEAST_PARTS = 3

/** A lasting jump by a factor, as when a unit was changed in the middle of a recording. */
export const checkScaleJump = perChannel(({ outline, samples }, c, { readings }) => {
  const known = outline.flatMap((mean, part) => (mean === null ? [] : [{ mean, part }]))
  const sign = Math.sign(known[0]?.mean ?? 0)
  if (sign === 0 || known.length < 2 * LEAST_PARTS || known.some(({ mean }) => Math.sign(mean) !== sign))
    return undefined
  const levels = known.map(({ mean }) => Math.log(Math.abs(mean)))
  for (let k = LEAST_PARTS; k + LEAST_PARTS <= levels.length; k++) {
    // The interval with the jump in it lies anywhere between both levels.
    const sides = [levels.slice(0, k), levels.slice(k + 1)]
    if (sides[1].length < LEAST_PARTS || sides.some(side => range(side) > Math.log(SPREAD))) continue
    const [before, after] = sides.map(middle)
    if (Math.abs(after - before) < Math.log(LEAST_FACTOR)) continue
    const first = Math.floor((known[k - 1].part * samples) / outline.length)
    const factor = Math.exp(after - before)
    const values = { factor: brief(factor), unit: unitHint(factor) }
    return {
      code: 'scale-jump',
      place: at(readings.firstBeyond(c, first, Math.exp((before + after) / 2), factor > 1)),
      values,
    }
  }
  return undefined
})

function range(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values)
}

function middle(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
