import { createStore } from './store.js'

const NAME = 'telltale-key'

/** The API key, kept for this tab only. */
export const apiKey = createStore(sessionStorage.getItem(NAME) ?? '')

export function setKey(key: string): void {
  if (key === '') sessionStorage.removeItem(NAME)
  else sessionStorage.setItem(NAME, key)
  apiKey.set(key)
}

/** Takes the key of `#key=KEY` and removes it from the address and the history. */
export function takeKeyOfAddress(): void {
  const found = /^#key=([^&/]+)$/.exec(location.hash)
  if (found === null) return
  setKey(decodeURIComponent(found[1]))
  history.replaceState(null, '', '#/')
}
