import { useCallback, useEffect, useState } from 'preact/hooks'
import type { Problem } from '../../src/serve/contract/index.js'
import { ApiError, connection, get } from './api.js'
import { apiKey } from './key.js'
import { useStore } from './store.js'

export interface Resource<T> {
  readonly data: T | undefined
  readonly problem: Problem | undefined
  readonly isLoading: boolean
  reload(): void
  /** Replaces what is shown until the next load, such as after a change. */
  put(data: T): void
}

/** Answers of this visit, by path: they are shown at once, and where the server no longer answers. */
const kept = new Map<string, unknown>()
const MOST_KEPT = 200

function keep(path: string, data: unknown): void {
  kept.delete(path)
  kept.set(path, data)
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value as string)
}

/** The answer to a path, loaded again when the path, the key or the connection changes; undefined loads nothing. */
export function useResource<T>(path: string | undefined): Resource<T> {
  const key = useStore(apiKey)
  const online = useStore(connection)
  const [round, setRound] = useState(0)
  const [state, setState] = useState<{ path?: string; problem?: Problem; isLoading: boolean }>({
    isLoading: true,
  })
  useEffect(() => {
    if (path === undefined) return
    const stop = new AbortController()
    setState({ path, isLoading: true })
    get<T>(path, stop.signal)
      .then(data => {
        keep(path, data)
        setState({ path, isLoading: false })
      })
      .catch(error => {
        if (stop.signal.aborted) return
        if (!(error instanceof ApiError)) throw error
        setState({ path, problem: error.problem, isLoading: false })
      })
    return () => stop.abort()
  }, [path, key, online, round])
  const reload = useCallback(() => setRound(n => n + 1), [])
  const put = useCallback(
    (data: T) => {
      if (path === undefined) return
      keep(path, data)
      setState(before => ({ ...before, path, isLoading: false }))
    },
    [path],
  )
  const isCurrent = state.path === path
  return {
    data: path === undefined ? undefined : (kept.get(path) as T | undefined),
    problem: isCurrent ? state.problem : undefined,
    isLoading: path !== undefined && (!isCurrent || state.isLoading),
    reload,
    put,
  }
}

/** Runs a change once at a time; keeps the problem of the last one. */
export function useAction<A extends unknown[]>(act: (...given: A) => Promise<void>) {
  const [state, setState] = useState<{ busy: boolean; problem?: Problem }>({ busy: false })
  const run = async (...given: A) => {
    if (state.busy) return
    setState({ busy: true })
    try {
      await act(...given)
      setState({ busy: false })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setState({ busy: false, problem: error.problem })
    }
  }
  return { ...state, run }
}
