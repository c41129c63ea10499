// Makes the pictures of docs/page.md from the simulated plant: npm run build && node bench/page/pictures.mjs
import { writeFileSync } from 'node:fs'
import { readArguments } from '../../scripts/arguments.mjs'
import { CHROMIUM, openPage } from '../chromium.mjs'
import { startPlant } from './plant-server.mjs'

readArguments(import.meta)
const server = await startPlant({ devices: 25 })
const event = server.world.plant[0].events.at(-1)
const VIEWS = [
  ['overview', '#/', 'document.querySelectorAll(".lane").length === 25'],
  [
    'event',
    `#/events/${encodeURIComponent(event.id)}`,
    'document.querySelector(".order td") && document.querySelector(".chart canvas")',
  ],
]
for (const [name, hash, ready] of VIEWS) {
  const page = await openPage(CHROMIUM, server.address + hash, { width: 1200, height: 800 })
  while (!(await page.evaluate(ready))) await new Promise(resolve => setTimeout(resolve, 50))
  await page.evaluate('new Promise(resolve => setTimeout(resolve, 1500))')
  const { data } = await page.send('Page.captureScreenshot', { format: 'webp', quality: 80 })
  writeFileSync(`docs/images/page-${name}.webp`, Buffer.from(data, 'base64'))
  await page.close()
}
await server.close()
