import { createError } from '../core/errors.js'
import { openMailSink, type SinkPlan } from '../emit/index.js'
import { safeUrl } from '../sources/index.js'
import { handlersOf } from './dead-letters.js'
import type { Io } from './io.js'
import type { StreamCommandOptions } from './stream-options.js'
import { readPem } from './stream-source.js'

const SMTP_PORT = 587
const SMTPS_PORT = 465
const ADDRESS = /^[^\s@<>,;]+@[^\s@<>,;]+$/

/**
 * The sink of `smtp://user@host:587/?to=a@b.example,c@d.example&from=telltale@b.example`.
 *
 * @throws OptionError `option-invalid`
 */
export function mailPlan(io: Io, options: StreamCommandOptions, url: string): SinkPlan {
  const name = safeUrl(url)
  const address = URL.canParse(url) ? new URL(url) : undefined
  const to = (address?.searchParams.get('to') ?? '').split(',')
  const from = address?.searchParams.get('from') ?? to[0]
  if (!address?.hostname || ![...to, from].every(one => ADDRESS.test(one)))
    throw createError('option-invalid', {
      name: '--sink',
      got: name,
      where: 'the command line or configuration',
      wanted:
        'it must be smtp://host:587/?to=a@b.example&from=c@d.example, with commas between several receivers',
    })
  const hasTls = address.protocol === 'smtps:'
  const user = decodeURIComponent(address.username) || undefined
  const password = decodeURIComponent(address.password) || options.smtpPassword
  if (user !== undefined && password === undefined)
    throw createError('option-missing', { name: '--smtp-password' })
  const handlers = handlersOf(io, options, name)
  return {
    name,
    open: async state =>
      openMailSink(
        {
          host: address.hostname,
          port: Number(address.port) || (hasTls ? SMTPS_PORT : SMTP_PORT),
          ...{ hasTls, user, password, from, to },
          ...handlers,
          ca: await readPem(io, options.smtpCa),
        },
        state,
      ),
  }
}
