import { format } from 'node:util'
import { type Bindings, type Logger as PinoLogger, pino } from 'pino'
import type { z } from 'zod'
import { createBackgroundFile } from './background-file.js'
import { logOptions } from './options.js'
import { prettyLine } from './pretty.js'
import { redact } from './redact.js'
import { openRotatingFile } from './rotating-file.js'

/** A pino logger that can be closed; children share what it writes to. */
export interface Logger extends PinoLogger {
  /** Everything logged so far is on disk when it resolves; later messages go to stderr only. */
  close(): Promise<void>
}

export interface LogStreams {
  /** Receives each line. Default: standard error. */
  readonly stderr?: (line: string) => void
}

/**
 * A logger on stderr and, when asked, in a rotating file; every message, argument, field and error passes `redact`.
 *
 * With `asynchronous` the file is written in the background. Nothing is shared between loggers and nothing happens at import. When the file fails later (a full disk), stderr says so once and the program
 * continues. Errors: `file-unwritable` when the file cannot be opened.
 */
export function createLogger(options: z.input<typeof logOptions> = {}, streams: LogStreams = {}): Logger {
  const { level, format: form, file, maxSizeBytes, backups, asynchronous } = logOptions.parse(options)
  const stderr = streams.stderr ?? (line => process.stderr.write(line))
  const opened = file === undefined ? undefined : openRotatingFile(file, maxSizeBytes, backups)
  const stopped = (error: Error) => {
    sink = undefined
    logger.error({ reason: error.message }, 'logging to the file has stopped')
  }
  const lostLine = (lines: number) => {
    const json = `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), lines, msg: 'lines of the log were lost' })}\n`
    return form === 'pretty' ? prettyLine(json) : json
  }
  let sink: { write(line: string): void; close(): Promise<void> | void } | undefined =
    opened && asynchronous ? createBackgroundFile(opened, stopped, lostLine) : opened
  const writeLine = (json: string) => {
    const line = form === 'pretty' ? prettyLine(json) : json
    stderr(line)
    try {
      sink?.write(line)
    } catch (error) {
      stopped(error as Error)
    }
  }
  const logger: PinoLogger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
      // Errors are plain objects by then; pino would serialise them a second time.
      serializers: { err: error => error },
      hooks: {
        logMethod(args, method) {
          const [fields, message] = splitArguments(args)
          method.apply(this, [fields, message])
        },
      },
    },
    { write: writeLine },
  )
  const close = async () => {
    const open = sink
    sink = undefined
    await open?.close()
  }
  // pino passes the fields of children by its hooks and formatters.
  const { child, setBindings } = logger
  return Object.assign(logger, {
    close,
    child(this: PinoLogger, ...[fields, options]: Parameters<typeof child>) {
      return child.call(this, redact(fields) as Bindings, options)
    },
    setBindings(this: PinoLogger, fields: Bindings) {
      setBindings.call(this, redact(fields) as Bindings)
    },
  }) as Logger
}

/**
 * What pino was called with, as redacted fields and one redacted message. Texts are filled into `%s` before they are looked at, so
 * that a secret whose name and value come in different arguments is seen whole.
 */
function splitArguments(args: readonly unknown[]): [fields: object, message: string | undefined] {
  const [first, ...rest] = args
  const hasFields = typeof first === 'object' && first !== null
  const fields = redact(first instanceof Error ? { err: first } : hasFields ? first : {}) as object
  const texts = hasFields ? rest : args
  if (texts[0] === undefined) {
    return [fields, first instanceof Error ? String(redact(first.message)) : undefined]
  }
  const filled = format(...texts.map(value => (typeof value === 'string' ? value : redact(value))))
  return [fields, String(redact(filled))]
}
