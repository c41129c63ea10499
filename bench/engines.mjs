// The engines of a run and the line protocol to them (peers/problems.py).
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const here = path => fileURLToPath(new URL(path, import.meta.url))

/** Interpreter of the Python peers, or undefined when peers/install.sh has not run. */
export function python() {
  const path = here('peers/.venv/bin/python')
  return existsSync(path) ? path : undefined
}

const py = (script, ...more) => ({ command: python(), args: [here(`peers/${script}`), ...more] })
const js = (script, ...more) => ({ command: process.execPath, args: [here(script), ...more] })

const EVERYTHING = ['train', 'layers', 'score', 'latency']

/** Every engine with what it can do; `layers` is training of networks of other layers. */
export const ENGINES = [
  { id: 'telltale-1', does: EVERYTHING, ...js('telltale.mjs', '--threads', '1') },
  { id: 'telltale-2', does: ['train', 'layers', 'score'], ...js('telltale.mjs', '--threads', '2') },
  { id: 'torch-1', does: EVERYTHING, ...py('torch_peer.py', '--threads', '1') },
  { id: 'torch-2', does: ['train', 'layers', 'score'], ...py('torch_peer.py', '--threads', '2') },
  { id: 'keras', does: ['train', 'score'], ...py('keras_peer.py') },
  { id: 'onnxruntime-1', does: ['score', 'latency'], ...py('onnxruntime_peer.py', '--threads', '1') },
  { id: 'onnxruntime-2', does: ['score'], ...py('onnxruntime_peer.py', '--threads', '2') },
  { id: 'tfjs-wasm', does: ['train', 'score'], ...js('peers/tfjs-peer.mjs') },
]

/** The environment without limits that were set for other numeric programs. */
export function cleanEnvironment() {
  const limits = /^(OPENBLAS|GOTO|MKL|OMP|GOMP|KMP|DNNL|ONEDNN|ORT|TF_NUM)_/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !limits.test(name)))
}

/** The line of a program's error output that says what went wrong. */
export function reasonIn(complaint) {
  const lines = complaint.trim().split('\n')
  return lines.find(line => /error/i.test(line))?.trim() ?? lines.at(-1)
}

const REQUEST_MS = 180_000

/**
 * Starts an engine. Resolves to `{hello, ask, close}`, or to `{missing: reason}` when it is not installed or does not start.
 */
export async function startEngine({ command, args }) {
  if (command === undefined) return { missing: 'not installed' }
  const child = spawn(command, args, { env: cleanEnvironment(), stdio: ['pipe', 'pipe', 'pipe'] })
  let complaint = ''
  child.stderr.on('data', chunk => {
    complaint = (complaint + chunk).slice(-4000)
  })
  child.stdin.on('error', () => {})
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()

  const answer = async () => {
    const timer = setTimeout(() => child.kill('SIGKILL'), REQUEST_MS)
    const { value, done } = await lines.next()
    clearTimeout(timer)
    return done ? undefined : JSON.parse(value)
  }
  const hello = await answer().catch(() => undefined)
  if (hello === undefined) {
    const absent = /ModuleNotFoundError|Cannot find package/.test(complaint)
    return { missing: absent ? 'not installed' : `does not start: ${reasonIn(complaint)}` }
  }
  return {
    hello,
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`)
      return (await answer().catch(() => undefined)) ?? { error: 'ended without an answer' }
    },
    close() {
      child.stdin.end()
      child.kill()
    },
  }
}
