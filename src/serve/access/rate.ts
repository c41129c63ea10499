/** Limits how often each name may act, by a bucket of tokens that fills at the rate: a burst of one second is allowed. */
export interface RateLimiter {
  /** How often the name may act again at once, or -1 when it may not act now. Cost O(1). */
  take(name: string): number
}

/** Names that are remembered; the oldest are forgotten. */
const MOST_NAMES = 10_000

/** @param now a clock, ms */
export function createRateLimiter(perSecond: number, now: () => number): RateLimiter {
  const buckets = new Map<string, { tokens: number; atMs: number }>()
  return {
    take(name) {
      const atMs = now()
      const bucket = buckets.get(name)
      if (bucket === undefined) {
        if (buckets.size >= MOST_NAMES) buckets.delete(buckets.keys().next().value as string)
        buckets.set(name, { tokens: perSecond - 1, atMs })
        return perSecond - 1
      }
      bucket.tokens = Math.min(perSecond, bucket.tokens + ((atMs - bucket.atMs) / 1000) * perSecond)
      bucket.atMs = atMs
      if (bucket.tokens < 1) return -1
      bucket.tokens--
      return Math.floor(bucket.tokens)
    },
  }
}
