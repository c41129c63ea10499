import { z } from 'zod'

/** A number of things, and one that cannot be 0. */
export const count = () => z.number().int().min(0)
export const size = () => z.number().int().min(1)
/** A raw score that becomes 1.0, within single precision. */
export const score = () => z.number().min(0).max(3.4e38)
/** In the unit of a channel, or of what the data decide: any finite number. */
export const reading = () => z.number()
export const share = () => z.number().min(0).max(1)
/** ms since the epoch, or the number of a sample. */
export const instant = () => z.number().min(-8.64e15).max(8.64e15)
/** The name of a channel or a column. */
export const name = () => z.string().min(1).max(10_000)
/** Text that nothing depends on. */
export const text = () => z.string().min(1).max(10_000)
/** A name of telltale's own. */
export const slug = () => z.string().regex(/^[a-z][a-z0-9-]{0,99}$/, 'must be a name such as z-score')
export const SHA256 = /^[0-9a-f]{64}$/
