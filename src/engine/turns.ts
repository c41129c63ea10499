/**
 * Work that takes long waits for what this gives now and then: when it has kept the event loop for longer than `longestMs`, everything that waits there goes first.
 */
export function createTurns(longestMs: number): () => Promise<void> {
  let sinceMs = performance.now()
  return async () => {
    if (performance.now() - sinceMs < longestMs) return
    await new Promise<void>(resolve => setImmediate(resolve))
    sinceMs = performance.now()
  }
}
