import { zip } from '../../src/ingest/files/zip.js'

type SheetRows = readonly (readonly (string | number)[])[]
const MAIN = 'http://schemas.openxmlformats.org'

type PlaceOf = (at: string) => string

/** A workbook of sheets by their names: a ZIP file of stored entries. @param placeOf attributes of a cell that say where it is */
export function workbook(
  sheets: Readonly<Record<string, SheetRows>>,
  placeOf: PlaceOf = at => ` r="${at}"`,
): Buffer {
  const names = Object.keys(sheets)
  const types = `${MAIN}/package/2006/content-types`
  const relations = `${MAIN}/package/2006/relationships`
  const office = `${MAIN}/officeDocument/2006/relationships`
  const parts: Record<string, string> = {
    '[Content_Types].xml': `<?xml version="1.0"?><Types xmlns="${types}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>`,
    '_rels/.rels': `<?xml version="1.0"?><Relationships xmlns="${relations}"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<?xml version="1.0"?><workbook xmlns="${MAIN}/spreadsheetml/2006/main" xmlns:r="${office}"><sheets>${names
      .map((name, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="r${i + 1}"/>`)
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<?xml version="1.0"?><Relationships xmlns="${relations}">${names
      .map(
        (_, i) =>
          `<Relationship Id="r${i + 1}" Type="${office}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`,
      )
      .join('')}</Relationships>`,
    ...Object.fromEntries(
      names.map((name, i) => [`xl/worksheets/sheet${i + 1}.xml`, sheetXml(sheets[name]!, placeOf)]),
    ),
  }
  return zip(Object.entries(parts).map(([name, text]) => ({ name, data: Buffer.from(text) })))
}

function sheetXml(rows: SheetRows, placeOf: PlaceOf): string {
  const cell = (value: string | number, at: string) =>
    typeof value === 'number'
      ? `<c${placeOf(at)}><v>${value}</v></c>`
      : `<c${placeOf(at)} t="inlineStr"><is><t>${value}</t></is></c>`
  const line = (row: readonly (string | number)[], r: number) =>
    `<row r="${r}">${row.map((value, c) => cell(value, `${'ABCDEFGH'[c]}${r}`)).join('')}</row>`
  return `<?xml version="1.0"?><worksheet xmlns="${MAIN}/spreadsheetml/2006/main"><sheetData>${rows
    .map((row, i) => line(row, i + 1))
    .join('')}</sheetData></worksheet>`
}
