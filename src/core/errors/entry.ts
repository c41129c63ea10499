/** Who must act on an error. Its class, its exit code (cli) and its HTTP status (serve) follow from it. */
export type ErrorKind =
  | 'option'
  | 'data'
  | 'source'
  | 'artefact'
  | 'limit'
  | 'request'
  | 'interrupted'
  | 'bug'

interface Texts {
  /** Message with `{placeholders}`: what happened, what was found, what was expected, where. */
  readonly message: string
  /** What the reader can do about it, with the option that helps. */
  readonly remedy: string
  /** The remedy in an answer of the server, where a request has other fields than a command line has options. */
  readonly answer?: string
}

/** The errors of one kind: the texts of each code, with the kind added. */
export function ofKind<const Kind extends ErrorKind, const Entries extends Readonly<Record<string, Texts>>>(
  kind: Kind,
  entries: Entries,
): { readonly [Code in keyof Entries]: Entries[Code] & { readonly kind: Kind } } {
  const withKind = Object.entries(entries).map(([code, texts]) => [code, { kind, ...texts }])
  return Object.fromEntries(withKind)
}
