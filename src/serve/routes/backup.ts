import { z } from 'zod'
import { defineRoute } from '../http/route.js'

/** Writes a copy of the store into the folder `backups` of the data folder, while the server works. */
export const backupRoute = defineRoute({
  method: 'POST',
  path: '/api/v1/backups',
  summary: 'Writes a copy of the store into the folder backups of the data folder',
  access: 'admin',
  response: z.object({ file: z.string() }),
  status: 201,
  audit: 'backup',
  takesIdempotencyKey: true,
  async run({ services: { backup } }) {
    return { file: await backup() }
  },
})
