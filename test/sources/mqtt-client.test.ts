import { once } from 'node:events'
import { createServer, Socket } from 'node:net'
import { expect, it, onTestFinished, vi } from 'vitest'
import { connectMqtt } from '../../src/sources/mqtt-client.js'

const CONNACK = Buffer.from([0x20, 2, 0, 0])

it('sends small messages at once, also after the connection was lost', async () => {
  const sockets: Socket[] = []
  const broker = createServer(socket => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.once('data', () => socket.write(CONNACK))
  }).listen(0, '127.0.0.1')
  await once(broker, 'listening')
  onTestFinished(() => void broker.close())
  const noDelay = vi.spyOn(Socket.prototype, 'setNoDelay')
  onTestFinished(() => noDelay.mockRestore())
  const { port } = broker.address() as { port: number }
  const client = await connectMqtt({ url: `mqtt://127.0.0.1:${port}`, clientId: 'one', version: '3.1.1' })
  onTestFinished(() => void client.end(true))
  const own = () => noDelay.mock.contexts.filter(socket => socket === client.stream).length
  expect(own()).toBe(1)
  sockets[0]!.destroy()
  await new Promise<void>(resolve => client.once('connect', () => resolve()))
  expect(own()).toBe(1)
  expect(noDelay.mock.calls).toEqual([[true], [true]])
})
