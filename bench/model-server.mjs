// A server of telltale with one model, in a process of its own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { saveModel } from '../dist/doors/index.js'

/**
 * @param folder for the registry and the data of the server
 * @param name of the model there
 * @returns the process, the address and the headers of a request
 */
export async function startModelServer(folder, model, name) {
  const cli = join(import.meta.dirname, '../dist/bin/telltale.js')
  const path = join(folder, 'model')
  await saveModel(model, path)
  const registry = join(folder, 'registry')
  await once(spawn(process.execPath, [cli, 'models', 'copy', path, name, '--registry', registry]), 'exit')
  const args = [cli, 'serve', '--models', registry, '--data', join(folder, 'data'), '--port', '0']
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  while (!text.includes('page:')) [text] = [text + (await once(server.stdout, 'data'))[0]]
  const [, url, key] = /page: (\S+)\/app\/#key=(\S+)/.exec(text)
  return { server, url, headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' } }
}
