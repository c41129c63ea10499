import { ofKind } from './entry.js'

/** Too big or too many. */
export const LIMIT_ERRORS = ofKind('limit', {
  'config-too-large': {
    message: 'the configuration {file} has {got} bytes, the limit is {wanted}',
    remedy: 'Check that {file} is the right file.',
  },
  'limit-memory': {
    message: '{what} needs {got}, the limit is {wanted}',
    remedy: 'Use a smaller --window, --units or --batch-size.',
  },
  'limit-blocks': {
    message: 'memory holds {got} samples of the history, but blocks of {length} samples need {wanted}',
    remedy: 'Raise --memory, or use a smaller --window or fewer --channels.',
  },
  'limit-columns': {
    message: '{file} has {got} columns, the limit is {wanted}',
    remedy: 'Split the table, or remove columns from the file.',
  },
})
