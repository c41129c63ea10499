import { open } from 'node:fs/promises'

/** Encodings of text that are read besides UTF-8. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

const LOOK = 1 << 16

/**
 * The encoding of a text file: by its byte order mark, by the zeros of UTF-16, else UTF-8 where its bytes are that, else Windows-1252, which
 * Latin-1 is part of. Undefined where it is no text. Cost: one pass over a file that is neither, else over its first 64 KiB.
 */
export async function encodingOf(path: string): Promise<Encoding | undefined> {
  const handle = await open(path)
  try {
    const head = Buffer.alloc(LOOK)
    const { bytesRead } = await handle.read(head, 0, LOOK, 0)
    const bytes = head.subarray(0, bytesRead)
    const wide = wideEncodingOf(bytes)
    if (wide !== undefined) return wide
    // NUL characters at its end are none of the text.
    const end = bytesRead < LOOK ? bytes.findLastIndex(byte => byte !== 0) + 1 : LOOK
    if (
      bytes.subarray(0, Math.min(end, 1 << 12)).some((byte, i) => isControl(byte) && !startsEscape(bytes, i))
    )
      return undefined
    // A text that is UTF-8 so far is read as such: a later fault is found by its reader.
    return isUtf8(bytes) ? 'utf-8' : isWindows1252(bytes) ? 'windows-1252' : undefined
  } finally {
    await handle.close()
  }
}

/** Encodings with two bytes for each character. */
export type WideEncoding = Extract<Encoding, `utf-16${string}`>

/** The kind of UTF-16 that a text begins in: by its byte order mark, else by its zeros. Undefined for other text. */
export function wideEncodingOf(bytes: Buffer): WideEncoding | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  return utf16Without(bytes)
}

/** UTF-16 without its mark: nearly every second byte is zero. */
function utf16Without(bytes: Buffer): WideEncoding | undefined {
  const look = bytes.subarray(0, 512)
  if (look.length < 8) return undefined
  let even = 0
  let odd = 0
  for (let i = 0; i < look.length; i++) if (look[i] === 0) i % 2 === 0 ? even++ : odd++
  const half = look.length / 2
  if (odd > 0.8 * half && even === 0) return 'utf-16le'
  return even > 0.8 * half && odd === 0 ? 'utf-16be' : undefined
}

/** An escape sequence of a terminal, which a text may hold. */
const startsEscape = (bytes: Buffer, i: number) => bytes[i] === 27 && bytes[i + 1] === 91
const isControl = (byte: number) => byte < 9 || (byte > 13 && byte < 32 && byte !== 26)

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

/** Bytes that Windows-1252 leaves open, and too many letters beyond ASCII, speak against a text. */
function isWindows1252(bytes: Buffer): boolean {
  let high = 0
  for (const byte of bytes) {
    if (byte === 0x81 || byte === 0x8d || byte === 0x8f || byte === 0x90 || byte === 0x9d) return false
    if (byte >= 128) high++
  }
  return high < bytes.length / 4
}
