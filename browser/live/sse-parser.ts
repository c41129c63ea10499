export interface SseMessage {
  readonly event: string
  readonly data: string
  readonly id: string | undefined
}

/** Splits the text of an event stream into messages; a message may arrive in any number of parts. */
export function createSseParser(onMessage: (message: SseMessage) => void): (text: string) => void {
  let rest = ''
  return text => {
    const lines = (rest + text).replaceAll('\r\n', '\n').split('\n\n')
    rest = lines.pop() ?? ''
    for (const block of lines) {
      const fields: Record<string, string> = {}
      for (const line of block.split('\n')) {
        const at = line.indexOf(':')
        if (at <= 0) continue
        const name = line.slice(0, at)
        const value = line.slice(at + 1).replace(/^ /, '')
        fields[name] = name === 'data' && fields.data !== undefined ? `${fields.data}\n${value}` : value
      }
      if (fields.data !== undefined)
        onMessage({ event: fields.event ?? 'message', data: fields.data, id: fields.id })
    }
  }
}
