import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { placed } from '../../../src/ingest/files/cell-places.js'
import { unzip, zip } from '../../../src/ingest/files/zip.js'

describe('cells without their place', () => {
  it.each([
    [
      'follow each other',
      '<row><c/><c/></row><row><c/></row>',
      '<row><c r="A1"/><c r="B1"/></row><row><c r="A2"/></row>',
    ],
    [
      'follow one that has it',
      '<row r="7"><c r="Z7"/><c t="s"><v>1</v></c></row>',
      '<row r="7"><c r="Z7"/><c r="AA7" t="s"><v>1</v></c></row>',
    ],
    [
      'of a row that its cells place',
      '<row><c r="B5"/></row><row><c/></row>',
      '<row><c r="B5"/></row><row><c r="A6"/></row>',
    ],
    [
      'with a prefix',
      '<x:row><x:c><x:v>1</x:v></x:c></x:row>',
      '<x:row><x:c r="A1"><x:v>1</x:v></x:c></x:row>',
    ],
    [
      'are not looked for in texts',
      '<row><c><![CDATA[<c/>]]></c><!-- <c/> --><cols/></row>',
      '<row><c r="A1"><![CDATA[<c/>]]></c><!-- <c/> --><cols/></row>',
    ],
  ])('%s', (_, sheet, wanted) => {
    expect(placed(sheet)).toBe(wanted)
  })

  it('reach the columns beyond ZZ', () => {
    const sheet = placed(`<row>${'<c/>'.repeat(703)}</row>`)
    expect([...sheet.matchAll(/r="([A-Z]+)1"/g)].map(([, letters]) => letters).slice(700)).toEqual([
      'ZY',
      'ZZ',
      'AAA',
    ])
  })
})

describe('a ZIP file', () => {
  const entries = [
    { name: 'a.xml', data: Buffer.from('<a/>') },
    { name: 'b/c.xml', data: Buffer.from('<c/>'.repeat(100)) },
  ]

  it('gives the entries that it was made of', () => {
    expect(unzip(zip(entries))).toEqual(entries)
  })

  it('unpacks no more bytes than it may, over all entries', () => {
    const entries = [
      { name: 'a', data: Buffer.alloc(10) },
      { name: 'b', data: Buffer.alloc(10) },
    ]
    expect(unzip(zip(entries), 20)).toHaveLength(2)
    expect(() => unzip(zip(entries), 19)).toThrow(RangeError)
  })

  it('is read with packed entries', () => {
    const file = zip([{ name: 'a', data: deflateRawSync(Buffer.from('text')) }])
    file.writeUInt16LE(8, file.indexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 10)
    expect(unzip(file)).toEqual([{ name: 'a', data: Buffer.from('text') }])
  })

  it.each([0, 10, 40])('that is cut off after %i bytes is refused', size => {
    expect(() => unzip(zip(entries).subarray(0, size))).toThrow(RangeError)
  })
})
