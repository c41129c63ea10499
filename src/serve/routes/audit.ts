import { z } from 'zod'
import { defineRoute } from '../http/route.js'

const entry = z.object({
  at: z.string(),
  by: z.string(),
  action: z.string(),
  subject: z.string(),
  requestId: z.string(),
})

/** The newest changes that were made over the API, newest first. */
export const auditRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/audit',
  summary: 'The newest changes that were made over the API, newest first',
  access: 'admin',
  query: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) }),
  response: z.object({ items: z.array(entry) }),
  async run({ query, services: { audit } }) {
    return { items: [...(await audit.list(query.limit))] }
  },
})
