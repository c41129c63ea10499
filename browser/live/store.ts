import { useEffect, useState } from 'preact/hooks'

/** A value that components follow. */
export interface Store<T> {
  get(): T
  set(value: T): void
  follow(changed: () => void): () => void
}

export function createStore<T>(value: T): Store<T> {
  const followers = new Set<() => void>()
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return
      value = next
      for (const changed of [...followers]) changed()
    },
    follow(changed) {
      followers.add(changed)
      return () => followers.delete(changed)
    },
  }
}

/** The value of a store; the component is drawn again when it changes. */
export function useStore<T>(store: Store<T>): T {
  const [, draw] = useState(0)
  useEffect(() => store.follow(() => draw(n => n + 1)), [store])
  return store.get()
}
