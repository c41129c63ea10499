import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A network between a program and a port of this machine, which can be cut: connections break, and new ones are closed at once. */
export async function startProxy(port: number) {
  const open = new Set<Socket>()
  let isCut = false
  const server = createServer(from => {
    if (isCut) {
      from.destroy()
      return
    }
    const to = connect(port, '127.0.0.1')
    for (const [one, other] of [
      [from, to],
      [to, from],
    ]) {
      open.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    isCut = true
    for (const socket of open) socket.destroy()
  }
  onTestFinished(() => {
    cut()
    server.close()
  })
  const { port: own } = server.address() as { port: number }
  return {
    port: own,
    url: `mqtt://127.0.0.1:${own}`,
    cut,
    restore() {
      isCut = false
    },
  }
}
