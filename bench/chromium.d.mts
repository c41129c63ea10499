/** Where a Chromium is; undefined when there is none. */
export const CHROMIUM: string | undefined

/** A page in a headless Chromium that is driven over a pipe. */
export interface BrowserPage {
  /** A command of the DevTools protocol. */
  send(method: string, params?: object): Promise<Record<string, unknown>>
  /** The value of an expression in the page, awaited. */
  evaluate<T>(expression: string): Promise<T>
  /** Messages of the protocol so far that no command asked for. */
  readonly events: readonly { readonly method: string; readonly params: Record<string, unknown> }[]
  close(): Promise<void>
}

/** Opens an address in a new Chromium and waits until it has loaded. */
export function openPage(
  chromium: string,
  address: string,
  size?: { readonly width?: number; readonly height?: number; readonly dark?: boolean },
): Promise<BrowserPage>
