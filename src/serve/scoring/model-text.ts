import { z } from 'zod'

/** A model in a path: `NAME`, `NAME@VERSION` or `NAME@ALIAS`. */
export const modelText = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}(@[a-z0-9-]{1,63})?$/)
