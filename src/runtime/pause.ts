/** Milliseconds of work between two turns of the event loop. */
const SLICE_MS = 20

/**
 * Gives the event loop a turn when enough work was done since the last one: called often, it waits rarely.
 *
 * @returns undefined when it is too early to wait
 */
export function createPause(): () => Promise<void> | undefined {
  let last = performance.now()
  return () => {
    if (performance.now() - last < SLICE_MS) return undefined
    return new Promise(resolve =>
      setImmediate(() => {
        last = performance.now()
        resolve()
      }),
    )
  }
}
