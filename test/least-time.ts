/**
 * The least of up to five measurements, ms, of which the first below the limit is enough: another process may take the processor during one of
 * them, but work that is too slow is too slow every time.
 */
export async function leastTime(limitMs: number, measure: () => number | Promise<number>): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let k = 0; k < 5 && least >= limitMs; k++) least = Math.min(least, await measure())
  return least
}
