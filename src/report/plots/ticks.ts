/** Round values inside a range: multiples of 1, 2 or 5 times a power of ten, about `count` of them. */
export function roundTicks(from: number, to: number, count: number): number[] {
  const span = to - from
  if (!(span > 0) || !Number.isFinite(span)) return [from]
  const rough = span / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map(factor => factor * power).find(size => size >= rough) ?? rough
  const first = Math.ceil(from / step)
  const last = Math.floor(to / step)
  return Array.from({ length: Math.max(0, last - first) + 1 }, (_, k) =>
    Number(((first + k) * step).toPrecision(12)),
  )
}

/** Factors of a power of ten, coarse to fine. */
const FACTORS = [[1], [1, 3], [1, 2, 5]] as const
/** Powers of ten that say enough by themselves. */
const ENOUGH = 3

/**
 * Ticks of a scale of logarithms, as logarithms to base 10: powers of ten, with 2 and 5, or 3, between them where there are fewer than three. Where a range
 * has fewer than two of them, it is as good as linear.
 *
 * @param most ticks that fit
 */
export function logTicks(from: number, to: number, most: number): number[] {
  const sets = FACTORS.map(factors => ticksWith(factors, from, to))
  const [powers] = sets
  if (powers.length >= ENOUGH) {
    const step = Math.ceil(powers.length / Math.max(2, most))
    return powers.filter(power => power % step === 0)
  }
  const fitting = sets.filter(ticks => ticks.length <= Math.max(2, most))
  const ticks = fitting.at(-1) ?? powers
  return ticks.length < 2 ? roundTicks(10 ** from, 10 ** to, most).map(Math.log10) : ticks
}

function ticksWith(factors: readonly number[], from: number, to: number): number[] {
  const first = Math.floor(from)
  const count = Math.max(0, Math.floor(to) - first + 1)
  return Array.from({ length: count }, (_, k) => factors.map(factor => first + k + Math.log10(factor)))
    .flat()
    .filter(tick => tick >= from && tick <= to)
}
