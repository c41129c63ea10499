import { ARTEFACT_ERRORS } from './artefact.js'
import { BUG_ERRORS } from './bug.js'
import { DATA_ERRORS } from './data.js'
import { INTERRUPTED_ERRORS } from './interrupted.js'
import { LIMIT_ERRORS } from './limit.js'
import { OPTION_ERRORS } from './option.js'
import { REQUEST_ERRORS } from './request.js'
import { SOURCE_ERRORS } from './source.js'

/**
 * Every error telltale can raise, in one list: one file per kind. `docs/errors.md` is generated from it.
 * Codes are stable: they may be added, never renamed.
 */
export const ERROR_CATALOGUE = {
  ...OPTION_ERRORS,
  ...DATA_ERRORS,
  ...SOURCE_ERRORS,
  ...ARTEFACT_ERRORS,
  ...LIMIT_ERRORS,
  ...REQUEST_ERRORS,
  ...INTERRUPTED_ERRORS,
  ...BUG_ERRORS,
}

export type ErrorCode = keyof typeof ERROR_CATALOGUE

type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never

type AnswerOf<Entry> = Entry extends { readonly answer: infer Text extends string } ? Text : never

/** The values that the message, remedy and answer of an error need. */
export type ErrorValues<Code extends ErrorCode> = Record<
  | Names<(typeof ERROR_CATALOGUE)[Code]['message']>
  | Names<(typeof ERROR_CATALOGUE)[Code]['remedy']>
  | Names<AnswerOf<(typeof ERROR_CATALOGUE)[Code]>>,
  string | number
>
