import { z } from 'zod'

/** Ms since the Unix epoch (UTC). Names of such numbers end in `Ms`. */
export const instantMs = z.number()

/** A number, or null for what is unknown: JSON has no NaN. */
export const maybe = z.number().nullable()

/** An error as RFC 9457 problem details; `type` is the code in the catalogue of errors. */
export const problem = z.object({
  /** `/docs/errors.md#CODE`, stable. */
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  /** What happened, with values. */
  detail: z.string(),
  /** What the caller can do. */
  remedy: z.string(),
  code: z.string(),
  /** Where in the request, such as `body/windows/0/12`; absent when it is about the whole. */
  where: z.string().optional(),
  requestId: z.string().optional(),
  /** `detail` again in answers of the Open Inference Protocol, whose clients look for it. */
  error: z.string().optional(),
})
export type Problem = z.output<typeof problem>

/** A page of a list; `nextCursor` is the `cursor` of the next page, null on the last one. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() })
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly nextCursor: string | null
}

/** Query of every list: items per page, and where it starts. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().max(500).optional(),
}

/** A time in a query: ms since the epoch, or ISO 8601. */
const timeText = z.string().min(1).max(40)
/** Query of a range of time; both default to the range that the route documents. */
export const rangeQuery = { from: timeText.optional(), to: timeText.optional() }

/** Name of a model, stream or data set in a path. */
export const slug = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)
/** Id of a device, event, pattern or job in a path, as the API gave it; percent-encoded by the client. */
export const id = z.string().min(1).max(500)
