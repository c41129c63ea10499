import { z } from 'zod'

/** `GET /`: what this server is. */
export const root = z.object({
  name: z.literal('telltale'),
  version: z.string(),
  openapi: z.literal('/openapi.json'),
  page: z.string().nullable(),
})
/** `GET /livez`: the process answers. */
export const livez = z.object({ status: z.literal('ok') })
/** `GET /readyz`: 200 when all checks hold, else 503. */
export const readyz = z.object({
  status: z.enum(['ready', 'not-ready']),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
})
/** `GET /api/v1/status`: what this server does. */
export const status = z.object({
  version: z.string(),
  uptimeSeconds: z.number(),
  role: z.string(),
  models: z.number().int(),
  devices: z.number().int(),
  openEvents: z.number().int(),
  requests: z.number().int(),
  scoredWindows: z.number().int(),
  memoryBytes: z.number(),
})
export type Status = z.output<typeof status>
