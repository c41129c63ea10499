import type { WebSocket } from 'ws'
import type { Call } from './route.js'
import { MOST_BEHIND } from './sse.js'

/** A WebSocket to one client: messages are JSON. */
export interface Socket {
  send(message: object): void
}

/** What is said over one WebSocket. */
export interface Talk {
  /** Works on one message; messages are taken in the order in which they came. It sends its own answers and never throws. */
  take(text: string, socket: Socket): Promise<void>
  /** The client is gone. */
  end(): void
}

/** Answers to messages that are under way; then no more are read, and the client waits. */
const MOST_UNDER_WAY = 32
/** RFC 6455: the server goes away; a message has a type that is not read; the policy forbids it. */
const GOING_AWAY = 1001
const NOT_READ = 1003
const FORBIDDEN = 1008

/**
 * Makes a WebSocket of a request.
 * @throws `upgrade-needed`, `origin-refused`, `request-unreadable`
 */
export function openSocket({ reply, services }: Pick<Call, 'reply' | 'services'>, talk: Talk): void {
  const { request, server } = reply
  server.acceptUpgrade(request.raw, own => {
    reply.hijack()
    const socket = socketOf(own)
    readMessages(own, text => talk.take(text, socket))
    let isAlive = true
    own.on('pong', () => {
      isAlive = true
    })
    const forget = services.connections.add({
      isAllowed: request.isStillAllowed,
      keepAlive() {
        if (!isAlive) own.terminate()
        isAlive = false
        own.ping()
      },
      end(reason) {
        if (reason === 'stopping') own.close(GOING_AWAY, 'the server stops')
        else own.close(FORBIDDEN, 'the key was revoked')
      },
    })
    own.once('close', () => {
      forget()
      talk.end()
      request.leave()
    })
  })
}

function socketOf(own: WebSocket): Socket {
  return {
    send(message) {
      if (own.readyState !== own.OPEN) return
      if (own.bufferedAmount > MOST_BEHIND) own.terminate()
      else own.send(JSON.stringify(message))
    },
  }
}

function readMessages(own: WebSocket, take: (text: string) => Promise<void>): void {
  let underWay = 0
  own.on('error', () => own.terminate())
  own.on('message', (bytes, isBinary) => {
    if (isBinary) {
      own.close(NOT_READ, 'messages are text')
      return
    }
    underWay++
    if (underWay >= MOST_UNDER_WAY) own.pause()
    void take(bytes.toString()).finally(() => {
      underWay--
      if (own.isPaused && underWay < MOST_UNDER_WAY) own.resume()
    })
  })
}
