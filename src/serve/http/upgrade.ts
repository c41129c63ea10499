import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import { createError } from '../../core/errors.js'

/** Name of the protocol that both sides speak over a WebSocket. */
export const PROTOCOL = 'telltale.v1'
/** A browser can send no header with a key, but names of protocols: this one with the key after it. It is never sent back. */
const KEY_PROTOCOL = 'telltale.key.'

interface Upgrade {
  readonly socket: Duplex
  readonly head: Buffer
  readonly response: ServerResponse
}
/** Requests that ask for a WebSocket. */
const upgrades = new WeakMap<IncomingMessage, Upgrade>()

/** The key in the protocols that a request for a WebSocket names; undefined for none. */
export function keyOfProtocols(request: IncomingMessage): string | undefined {
  if (!upgrades.has(request)) return undefined
  const key = protocolsOf(request).find(name => name.startsWith(KEY_PROTOCOL))
  return key?.slice(KEY_PROTOCOL.length, KEY_PROTOCOL.length + 200)
}

function protocolsOf({ headers }: IncomingMessage): string[] {
  return (headers['sec-websocket-protocol'] ?? '').split(',').map(name => name.trim())
}

/** Makes a WebSocket of a request; `use` gets it before its first message. Errors: `upgrade-needed`, `origin-refused`, `request-unreadable`. */
export type AcceptUpgrade = (request: IncomingMessage, use: (socket: WebSocket) => void) => void

declare module 'fastify' {
  interface FastifyInstance {
    acceptUpgrade: AcceptUpgrade
  }
}

/**
 * Brings requests for a WebSocket through the hooks and routes of all requests: one that is refused gets its problem as an answer.
 *
 * @param mostBytes of one message; a client that sends more is disconnected
 */
export function routeUpgrades(app: FastifyInstance, mostBytes: number): void {
  // Messages are never compressed: a small one stays small.
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: mostBytes,
    perMessageDeflate: false,
    handleProtocols: names => (names.has(PROTOCOL) ? PROTOCOL : false),
  })
  const server = app.server as Server
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const response = new ServerResponse(request)
    if (/^websocket$/i.test(request.headers.upgrade ?? '')) upgrades.set(request, { socket, head, response })
    response.shouldKeepAlive = false
    response.assignSocket(socket as never)
    response.once('finish', () => socket.end())
    app.routing(request, response)
  })
  app.decorate('acceptUpgrade', (request, use) => {
    const upgrade = upgrades.get(request)
    if (upgrade === undefined) throw createError('upgrade-needed', {})
    checkOrigin(request)
    const { 'sec-websocket-key': key = '', 'sec-websocket-version': version } = request.headers
    if (!HANDSHAKE_KEY.test(key) || version !== '13')
      throw createError('request-unreadable', {
        reason: 'Sec-WebSocket-Key or Sec-WebSocket-Version is not that of RFC 6455',
      })
    upgrade.response.detachSocket(upgrade.socket as never)
    sockets.handleUpgrade(request, upgrade.socket, upgrade.head, use)
  })
}

const HANDSHAKE_KEY = /^[A-Za-z0-9+/]{22}==$/

/** A browser names the site that a page is from: one of another site gets no WebSocket, since the rules of browsers do not hold there. */
function checkOrigin({ headers }: IncomingMessage): void {
  const { origin, host = '' } = headers
  if (origin === undefined) return
  const own = URL.canParse(origin) ? new URL(origin).host : undefined
  if (own !== host.toLowerCase()) throw createError('origin-refused', { got: origin.slice(0, 100) })
}
