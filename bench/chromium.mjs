import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
/** Where a Chromium is; undefined when there is none. */
export const CHROMIUM = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find(path => path !== undefined && existsSync(path))
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-pipe',
]
/** Opens an address in a new Chromium and waits until it has loaded. */
export async function openPage(chromium, address, { width = 1440, height = 900, dark = false } = {}) {
  const profile = mkdtempSync(join(tmpdir(), 'telltale-chromium-'))
  const browser = spawn(chromium, [...ARGUMENTS, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const { call, events } = connect(browser)
  const { targetInfos } = await call('Target.getTargets')
  const target = targetInfos.find(({ type }) => type === 'page')
  const { sessionId } = await call('Target.attachToTarget', {
    targetId: target?.targetId,
    flatten: true,
  })
  const send = (method, params = {}) => call(method, params, sessionId)
  const page = {
    send,
    events,
    async evaluate(expression) {
      const { result, exceptionDetails } = await send('Runtime.evaluate', {
        expression,
        awaitPromise: true,
        returnByValue: true,
      })
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? 'the page failed')
      return result.value
    },
    async close() {
      const ended = new Promise(resolve => browser.once('exit', resolve))
      if (browser.pid !== undefined && browser.exitCode === null) process.kill(-browser.pid, 'SIGKILL')
      await ended
      await rm(profile, { recursive: true, force: true, maxRetries: 20 })
    },
  }
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await send(`${domain}.enable`)
  await send('Emulation.setDeviceMetricsOverride', {
    width,
    height,
    deviceScaleFactor: 1,
    mobile: width < 600,
  })
  const features = [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }]
  await send('Emulation.setEmulatedMedia', { features })
  await send('Page.navigate', { url: address })
  const limit = Date.now() + 60_000
  while (!events.some(({ method }) => method === 'Page.loadEventFired')) {
    if (Date.now() > limit) throw new Error('the page did not load')
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  return page
}
/** Calls over the pipes 3 and 4 of a browser: JSON messages that end with a zero byte. */
function connect(browser) {
  const [, , , to, from] = browser.stdio
  const waiting = new Map()
  const events = []
  let next = 0
  let rest = ''
  from.setEncoding('utf8')
  from.on('data', piece => {
    const messages = (rest + piece).split('\0')
    rest = messages.pop() ?? ''
    for (const text of messages) {
      const { id, method, params, result, error } = JSON.parse(text)
      if (id === undefined) events.push({ method, params })
      else if (error) waiting.get(id)?.reject(new Error(error.message))
      else waiting.get(id)?.resolve(result)
    }
  })
  browser.once('exit', code => {
    for (const { reject } of waiting.values()) reject(new Error(`the browser ended with ${code}`))
  })
  return {
    events,
    call: (method, params = {}, sessionId) =>
      new Promise((resolve, reject) => {
        const id = ++next
        waiting.set(id, { resolve, reject })
        to.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`)
      }),
  }
}
