// Requests a second of one scored window, and how fast health answers meanwhile. Usage: node bench/serve.mjs REGISTRY NAME [SECONDS]
// The server, its worker and the load share the cores of the machine.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'

const [registry, name, seconds = '10'] = process.argv.slice(2)
const data = mkdtempSync(join(tmpdir(), 'telltale-bench-'))
const cli = new URL('../dist/cli/main.js', import.meta.url).pathname
const server = spawn(process.execPath, [cli, 'serve', '--models', registry, '--data', data, '--port', '0'], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const greeting = await new Promise(resolve => {
  let text = ''
  server.stdout.on('data', bytes => {
    text += bytes
    if (text.includes('page:')) resolve(text)
  })
})
const [, url, key] = /page: (\S+)\/app\/#key=(\S+)/.exec(greeting)
const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
const facts = await (await fetch(`${url}/api/v1/models/${name}/versions/latest`, { headers })).json()
const window = Array.from({ length: facts.scoredWindow }, (_, i) =>
  facts.channelNames.map((_, c) => Number((10 + Math.sin(i + c)).toFixed(3))),
)
const load = (connections, duration) =>
  autocannon({
    url: `${url}/api/v1/models/${name}/score`,
    method: 'POST',
    headers,
    body: JSON.stringify({ window }),
    connections,
    duration,
  })

await load(10, 2)
for (const connections of [10, 20, 40, 600]) {
  let isDone = false
  const health = []
  const watch = (async () => {
    while (!isDone) {
      const from = performance.now()
      await fetch(`${url}/livez`)
      health.push(performance.now() - from)
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  })()
  const result = await load(connections, Number(seconds))
  isDone = true
  await watch
  health.sort((a, b) => a - b)
  console.log(
    JSON.stringify({
      connections,
      requestsPerSecond: Math.round(result.requests.average),
      p50: result.latency.p50,
      p99: result.latency.p99,
      ok: result['2xx'],
      refused: result.non2xx,
      errors: result.errors,
      healthP99: Math.round(health[Math.floor(health.length * 0.99)]),
      machineLoad: Number(loadavg()[0].toFixed(1)),
    }),
  )
}
server.kill('SIGTERM')
await new Promise(resolve => server.once('exit', resolve))
rmSync(data, { recursive: true, force: true })
