import { socketMessage } from '../contract/index.js'
import { defineRoute } from '../http/route.js'
import { openSocket } from '../http/socket.js'
import { createTalk } from '../streams/talk.js'

/** Messages in both directions: a client pushes messages of devices, and watches samples, events, coverage and drift. */
export const socketRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/socket',
  summary:
    'A WebSocket: pushes messages of devices, and sends samples, events, coverage and drift as they happen',
  access: 'viewer',
  response: socketMessage,
  status: 101,
  async run(call) {
    openSocket(call, createTalk(call))
    return undefined
  },
})
