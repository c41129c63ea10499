/**
 * The shortest decimal text that reads back to the same float32: 6 to 9 significant digits. Empty for NaN.
 * Cost: a few multiplications; the check is exact because a decimal of at most 9 digits over a power of ten up to 10^22
 * is rounded once.
 */
export function floatText(x: number): string {
  if (Number.isNaN(x)) return ''
  if (Number.isInteger(x) || !Number.isFinite(x)) return String(x)
  const magnitude = Math.floor(Math.log10(Math.abs(x)))
  for (let digits = 6; digits <= 9; digits++) {
    const places = digits - 1 - magnitude
    if (places < 0 || places > 22) break
    const scale = POWERS[places]!
    const rounded = Math.round(x * scale) / scale
    if (Math.fround(rounded) === x) return String(rounded)
  }
  return shortestByTrial(x)
}

const POWERS = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))

function shortestByTrial(x: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = x.toPrecision(digits)
    if (Math.fround(Number(text)) === x) return String(Number(text))
  }
  return String(Number(x.toPrecision(9)))
}
