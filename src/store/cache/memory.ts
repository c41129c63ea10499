/** Byte arrays by key; the least recently used go when there are more than `limitBytes`. What is larger than the limit is not kept. */
export function createMemory(limitBytes: number) {
  /** In the order of their last use. */
  const kept = new Map<string, Uint8Array>()
  let total = 0
  const remove = (key: string) => {
    total -= kept.get(key)?.length ?? 0
    kept.delete(key)
  }
  return {
    get(key: string): Uint8Array | undefined {
      const bytes = kept.get(key)
      if (bytes !== undefined) {
        kept.delete(key)
        kept.set(key, bytes)
      }
      return bytes
    },
    /** @returns whether the array is kept, so that nothing else may change it */
    put(key: string, bytes: Uint8Array): boolean {
      remove(key)
      if (bytes.length > limitBytes) return false
      kept.set(key, bytes)
      total += bytes.length
      while (total > limitBytes) remove(kept.keys().next().value as string)
      return true
    },
  }
}
