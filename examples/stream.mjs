// Sends the rows of a table as live messages, as fast as they are read: node examples/stream.mjs data.csv | telltale stream --model model
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

const [file = new URL('data/mote-1.csv', import.meta.url).pathname] = process.argv.slice(2)
let header
for await (const line of createInterface({ input: createReadStream(file) })) {
  const cells = line.split(',')
  if (header === undefined) header = cells
  else console.log(JSON.stringify(Object.fromEntries(header.map((name, c) => [name, cells[c]]))))
}
