import { crc32, inflateRawSync } from 'node:zlib'

/** An entry of a ZIP file, unpacked. */
export interface ZipEntry {
  readonly name: string
  readonly data: Buffer
}

/** Bytes that all entries together unpack to at most. */
const MOST_UNPACKED = 1 << 28
const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50
const END = 0x06054b50
const STORED = 0

/** Unpacks the entries of a ZIP file that its directory lists (APPNOTE 6.3.10, 4.3). Errors: those of zlib; RangeError for one that is cut off, and above `most` bytes. Memory: all of it. */
export function unzip(file: Buffer, most = MOST_UNPACKED): ZipEntry[] {
  const end = file.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  if (end < 0) throw new RangeError('no directory')
  const entries: ZipEntry[] = []
  let left = most
  for (let at = file.readUInt32LE(end + 16); file.readUInt32LE(at) === CENTRAL; ) {
    const [method, size] = [file.readUInt16LE(at + 10), file.readUInt32LE(at + 20)]
    const [nameSize, extra, comment] = [28, 30, 32].map(offset => file.readUInt16LE(at + offset))
    const start = file.readUInt32LE(at + 42)
    const from = start + 30 + file.readUInt16LE(start + 26) + file.readUInt16LE(start + 28)
    const packed = file.subarray(from, from + size)
    const data = method === STORED ? packed : inflateRawSync(packed, { maxOutputLength: Math.max(1, left) })
    left -= data.length
    if (left < 0) throw new RangeError(`more than ${most} bytes`)
    entries.push({ name: file.toString('utf8', at + 46, at + 46 + nameSize!), data })
    at += 46 + nameSize! + extra! + comment!
  }
  return entries
}

/** A ZIP file of entries that are stored as they are. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const { name, data } of entries) {
    const title = Buffer.from(name)
    const head = Buffer.alloc(30)
    head.writeUInt32LE(LOCAL, 0)
    head.writeUInt16LE(20, 4)
    head.writeUInt32LE(crc32(data), 14)
    head.writeUInt32LE(data.length, 18)
    head.writeUInt32LE(data.length, 22)
    head.writeUInt16LE(title.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(CENTRAL, 0)
    entry.writeUInt16LE(20, 4)
    head.copy(entry, 6, 4, 28)
    entry.writeUInt32LE(at, 42)
    files.push(head, title, data)
    directory.push(entry, title)
    at += head.length + title.length + data.length
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(END, 0)
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(
    directory.reduce((sum, { length }) => sum + length, 0),
    12,
  )
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...files, ...directory, end])
}
