import { createError } from '../../core/errors.js'
import { reaches } from '../access/roles.js'
import { type SocketMessage, type SocketRequest, socketRequest } from '../contract/index.js'
import { problemOf } from '../http/problem.js'
import type { Call } from '../http/route.js'
import type { Socket, Talk } from '../http/socket.js'
import { deviceNamed } from '../keep/device-named.js'

type Id = SocketRequest['id']

/** Watches of one client. */
const MOST_WATCHES = 32

/** What a server says over one WebSocket: it answers each message, and sends what is watched. */
export function createTalk(call: Pick<Call, 'services' | 'user' | 'reply'>): Talk {
  const watches = new Map<Id, () => void>()
  async function take(text: string, socket: Socket): Promise<void> {
    let request: SocketRequest | undefined
    const answer = (message: SocketMessage) => socket.send(message)
    try {
      call.reply.request.countMessage()
      request = readRequest(text)
      if (request.type === 'push') answer({ type: 'pushed', id: request.id, ...(await push(call, request)) })
      else if (request.type === 'watch') watch(call, request, watches, socket)
      else unwatch(request, watches, socket)
    } catch (error) {
      answer({
        type: 'error',
        id: request?.id ?? idOf(text),
        problem: problemOf(error, call.reply.request.id),
      })
    }
  }
  return {
    take,
    end() {
      for (const end of watches.values()) end()
    },
  }
}

/** Errors: `request-unreadable`, `request-invalid` with the place. */
function readRequest(text: string): SocketRequest {
  const found = socketRequest.safeParse(parsed(text))
  if (found.success) return found.data
  const [issue] = found.error.issues
  throw createError('request-invalid', {
    where: ['message', ...issue.path.map(String)].join('/'),
    reason: `is not accepted: ${issue.message}`,
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw createError('request-unreadable', { reason: (error as Error).message.slice(0, 200) }, error)
  }
}

/** The id of a message that is refused, where it can be seen. */
function idOf(text: string): Id | null {
  try {
    const { id } = JSON.parse(text)
    return typeof id === 'number' || (typeof id === 'string' && id.length <= 100) ? id : null
  } catch {
    return null
  }
}

async function push(
  { services, user }: Pick<Call, 'services' | 'user'>,
  { stream, messages, idempotencyKey }: Extract<SocketRequest, { type: 'push' }>,
) {
  if (!reaches(user.role, 'operator'))
    throw createError('role-needed', { wanted: 'operator', got: user.role })
  const work = () => services.streams.push(stream, messages)
  if (idempotencyKey === undefined) return work()
  const repeatable = { user: user.name, key: idempotencyKey, method: 'push', url: stream, body: messages }
  const { answered } = await services.idempotency.answer(repeatable, async () => ({
    status: 200,
    result: await work(),
  }))
  return answered.result as Awaited<ReturnType<typeof work>>
}

function watch(
  { services: { keep, live } }: Pick<Call, 'services'>,
  { id, device }: Extract<SocketRequest, { type: 'watch' }>,
  watches: Map<Id, () => void>,
  socket: Socket,
): void {
  if (device !== undefined) deviceNamed(keep, device)
  if (watches.has(id)) throw createError('name-taken', { what: 'watch', name: String(id) })
  if (watches.size >= MOST_WATCHES)
    throw createError('server-busy', { reason: `${watches.size} watches are open here` })
  socket.send({ type: 'watching', id })
  const end = live.watch(device, message => socket.send({ ...message, watch: id }))
  watches.set(id, end)
}

function unwatch(
  { id }: Extract<SocketRequest, { type: 'unwatch' }>,
  watches: Map<Id, () => void>,
  socket: Socket,
): void {
  const end = watches.get(id)
  if (end === undefined)
    throw createError('name-unknown', { what: 'watch', name: String(id), nearest: 'none' })
  end()
  watches.delete(id)
  socket.send({ type: 'unwatched', id })
}
