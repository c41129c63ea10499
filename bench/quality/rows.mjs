// The rows of a run in a file, one JSON per line: what a run that was cut short has done is not done again.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** What makes a row the answer to a question that was asked before. */
export function keyOf({ protocol, dataset, name, detector, causal, seed, eventLength }) {
  return [protocol, dataset, name, detector, causal, seed, eventLength].join('|')
}

/** @param file undefined: nothing is kept */
export function openRows(file, fresh) {
  const rows = new Map()
  if (file !== undefined && !fresh && existsSync(file))
    for (const row of readRows(file)) rows.set(keyOf(row), row)
  if (file !== undefined) {
    mkdirSync(dirname(resolve(file)), { recursive: true })
    write([...rows.values()])
  }

  function write(list) {
    writeFileSync(file, list.map(row => `${JSON.stringify(row)}\n`).join(''))
  }

  return {
    has: key => rows.has(key),
    get size() {
      return rows.size
    },
    add(row) {
      rows.set(keyOf(row), row)
      if (file !== undefined) appendFileSync(file, `${JSON.stringify(row)}\n`)
    },
    /** All rows in the order of the manifest, whichever process was faster; the file is put in that order too. */
    finish(manifest) {
      const place = new Map(manifest.map(({ dataset, name }, i) => [`${dataset}/${name}`, i]))
      const placeOf = ({ dataset, name }) => place.get(`${dataset}/${name}`) ?? manifest.length
      const sorted = [...rows.values()].sort(
        (a, b) => placeOf(a) - placeOf(b) || keyOf(a).localeCompare(keyOf(b)),
      )
      if (file !== undefined) write(sorted)
      return sorted
    },
  }
}

/** A last line that was cut short is left out. */
function readRows(file) {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.flatMap((line, i) => {
    if (line === '') return []
    try {
      return [JSON.parse(line)]
    } catch (error) {
      if (i === lines.length - 1) return []
      throw new Error(`${file}, line ${i + 1} is no row of results; use --fresh to start over`, {
        cause: error,
      })
    }
  })
}
