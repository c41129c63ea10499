import { takeKeyOfAddress } from './key.js'
import { createStore, useStore } from './store.js'

/** Where the page is: `#/devices/plant:pump-1?span=2h` has the parts `devices`, `plant:pump-1`. */
export interface Route {
  readonly parts: readonly string[]
  readonly query: URLSearchParams
}

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?')
  return { parts: path.split('/').filter(Boolean).map(decode), query: new URLSearchParams(query) }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** The address of a place in the page; empty values are left out of the query. */
export function linkTo(
  parts: readonly string[],
  query: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const wanted = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const text = new URLSearchParams(wanted.map(([name, value]) => [name, String(value)])).toString()
  return `#/${parts.map(encodeURIComponent).join('/')}${text && `?${text}`}`
}

function readAddress(): Route {
  takeKeyOfAddress()
  return parseRoute(location.hash)
}
const route = createStore(readAddress())
addEventListener('hashchange', () => route.set(readAddress()))

export const useRoute = () => useStore(route)

export function go(address: string): void {
  location.hash = address
}

/** Changes the query of this place without a new entry in the history of the browser. */
export function setQuery(changes: Readonly<Record<string, string | number | undefined>>): void {
  const { parts, query } = route.get()
  const address = linkTo(parts, { ...Object.fromEntries(query), ...changes })
  history.replaceState(null, '', address)
  route.set(parseRoute(address))
}
