import { MASK, redactText } from './secret-text.js'

const DEEPEST = 8
/** Maximum number of values visited in one call; beyond it a text says so, so that no structure can block the program. */
const MOST_VALUES = 20_000

/**
 * A copy that is safe to log: secrets as `***`, home folders as `~`.
 *
 * In texts: `password`, `passwd`, `passphrase`, `secret`, `token`, `api-key`, `access-key`, `private-key`, `authorization` or
 * `credentials`, `account-key`, `session-id`, `oauth` followed by `=` or `:` (or `%3D`, `%3A`) and a value (quoted or one word; JSON too), `Bearer ...`,
 * `--token VALUE`,
 * `scheme://user:pass@host` (scheme and host stay), secret query parameters, private key blocks, ssh keys, `/home/NAME`,
 * `/Users/NAME`, `C:\Users\NAME`, `/root`. In objects, at any depth: fields whose name says that they are secret, whole.
 * Errors become `{ type, message, stack, cause, ... }`; cycles, depth past 8 and unreadable fields become a short text; byte
 * arrays become their size. What is spelled in full-width letters or over several lines is not found. The input is never changed. Cost linear in the length of the texts.
 */
export function redact(value: unknown): unknown {
  return copy(value, { ancestors: [], left: MOST_VALUES })
}

/** Whether a field of this name holds a secret: `dbPassword`, `X-Api-Key`, `access_token`; but not `tokenCount`. */
export function isSecretName(name: string): boolean {
  const words = name
    .slice(0, 200)
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter(Boolean)
  const joined = words.join('')
  return (
    words.some(word =>
      /(?:passw(?:or)?d|passphrase|secret)s?$|^(?:authorization|credentials?)$/.test(word),
    ) || /(?:token|(?:api|access|private|encryption|signing)key|setcookie|^cookie)s?$/.test(joined)
  )
}

interface Walk {
  readonly ancestors: object[]
  left: number
}

function copy(value: unknown, walk: Walk): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value)
  if (typeof value === 'function') return `[Function ${value.name}]`
  if (typeof value !== 'object' || value === null) return value
  if (walk.ancestors.includes(value)) return '[Circular]'
  if (walk.ancestors.length >= DEEPEST) return '[Deep]'
  if (walk.left-- <= 0) return '[Truncated]'
  walk.ancestors.push(value)
  try {
    return copyObject(value, walk)
  } catch {
    return '[Unreadable]'
  } finally {
    walk.ancestors.pop()
  }
}

function copyObject(value: object, walk: Walk): unknown {
  if (value instanceof Error) return copyError(value, walk)
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`
  if (Array.isArray(value)) return copyList(value, walk)
  if (value instanceof Set) return copyList([...value], walk)
  if (value instanceof Map) {
    const entries = new Map([...value].map(([key, item]) => [String(key), item]))
    return copyFields([...entries.keys()], key => entries.get(key), walk)
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') return copy(value.toJSON(), walk)
  return copyFields(Object.keys(value), key => (value as Record<string, unknown>)[key], walk)
}

function copyError(error: Error, walk: Walk): unknown {
  const own = Object.keys(error).filter(key => key !== 'name')
  const inherited = ['message', 'stack', 'cause', 'errors'].filter(key => Object.hasOwn(error, key))
  const read = (key: string) =>
    key === 'type' ? error.name : (error as unknown as Record<string, unknown>)[key]
  return copyFields([...new Set(['type', ...inherited, ...own])], read, walk)
}

function copyList(items: readonly unknown[], walk: Walk): unknown[] {
  const out: unknown[] = []
  for (const item of items) {
    if (walk.left-- <= 0) return [...out, '[Truncated]']
    out.push(copy(item, walk))
  }
  return out
}

function copyFields(
  keys: readonly string[],
  read: (key: string) => unknown,
  walk: Walk,
): Record<string, unknown> {
  const out: [string, unknown][] = []
  for (const key of keys) {
    if (walk.left-- <= 0) {
      out.push(['[Truncated]', true])
      break
    }
    out.push([redactText(key), isSecretName(key) ? MASK : readCopy(key, read, walk)])
  }
  return Object.fromEntries(out)
}

function readCopy(key: string, read: (key: string) => unknown, walk: Walk): unknown {
  try {
    return copy(read(key), walk)
  } catch {
    return '[Unreadable]'
  }
}
