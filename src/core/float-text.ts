const POWERS = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))
const SMALLEST_PLAIN = 1e-6

/**
 * The shortest decimal text that reads back to the same float32: 6 to 9 significant digits without their last zeros, so
 * never more than it needs. Empty for NaN. The check is exact because an integer of at most 9 digits over a power of ten
 * up to 10^22 is rounded once. Cost: a few multiplications, and one integer to text.
 */
export function floatText(x: number): string {
  const size = Math.abs(x)
  if (Number.isNaN(x)) return ''
  if (Number.isInteger(x) || !Number.isFinite(x)) return String(x)
  if (size < SMALLEST_PLAIN) return shortestByTrial(x)
  const magnitude = Math.floor(Math.log10(size))
  for (let digits = 6; digits <= 9; digits++) {
    const places = digits - 1 - magnitude
    if (places < 0) continue
    const scaled = Math.round(size * POWERS[places]!)
    if (Math.fround(scaled / POWERS[places]!) === size)
      return (x < 0 ? '-' : '') + decimalText(scaled, places)
  }
  return shortestByTrial(x)
}

/** `scaled / 10^places` in plain decimals, by integer arithmetic: much faster than a double to text. */
function decimalText(scaled: number, places: number): string {
  while (places > 0 && scaled % 10 === 0) {
    scaled /= 10
    places--
  }
  if (places === 0) return String(scaled)
  const scale = POWERS[places]!
  const whole = Math.floor(scaled / scale)
  return `${whole}.${String(scaled - whole * scale + scale).slice(1)}`
}

function shortestByTrial(x: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = x.toPrecision(digits)
    if (Math.fround(Number(text)) === x) return String(Number(text))
  }
  return String(Number(x.toPrecision(9)))
}
