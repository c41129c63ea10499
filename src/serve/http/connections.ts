/** A connection that stays open: server-sent events or a WebSocket. */
export interface LiveConnection {
  /** Whether its key may still be used. */
  isAllowed(): Promise<boolean>
  /** Sends something, so that proxies keep it, and notices a client that is gone. */
  keepAlive(): void
  end(reason: 'stopping' | 'key-revoked'): void
}

/** All connections that stay open: each is kept alive, and ends when its key is revoked or the server stops. */
export interface Connections {
  /** @returns forgets the connection */
  add(connection: LiveConnection): () => void
  count(): number
  endAll(): void
}

const CHECK_MS = 1000
/** Checks between two signs of life. */
const KEEP_ALIVE_CHECKS = 15

export function createConnections(): Connections {
  const open = new Set<LiveConnection>()
  let checks = 0
  let timer: NodeJS.Timeout | undefined

  async function check(connection: LiveConnection): Promise<void> {
    if (!(await connection.isAllowed().catch(() => false))) connection.end('key-revoked')
  }

  function checkAll(): void {
    checks++
    for (const connection of open) {
      void check(connection)
      if (checks % KEEP_ALIVE_CHECKS === 0) connection.keepAlive()
    }
  }

  return {
    add(connection) {
      open.add(connection)
      timer ??= setInterval(checkAll, CHECK_MS).unref()
      return () => {
        open.delete(connection)
        if (open.size > 0) return
        clearInterval(timer)
        timer = undefined
      }
    },
    count: () => open.size,
    endAll() {
      for (const connection of open) connection.end('stopping')
    },
  }
}
