import { ofKind } from './entry.js'

/** Too big or too many. */
export const LIMIT_ERRORS = ofKind('limit', {
  'file-too-large': {
    message: '{file} has {got} bytes, the limit is {wanted}',
    remedy: 'Check that {file} is the right file.',
  },
  'limit-memory': {
    message: '{what} needs {got}, the limit is {wanted}',
    remedy: 'Use a smaller --window, --units or --batch-size.',
  },
  'limit-time': {
    message: '{what} gave no rows for {wanted}',
    remedy: 'Make the query of --sql or the condition of --where cheaper, or raise --query-timeout.',
  },
  'limit-blocks': {
    message: 'memory holds {got} samples of the history, but blocks of {length} samples need {wanted}',
    remedy: 'Raise --memory, or use a smaller --window or fewer --channels.',
  },
  'limit-columns': {
    message: '{file} has {got} columns, the limit is {wanted}',
    remedy: 'Split the table, or remove columns from the file.',
  },
  'limit-queue': {
    message: '{got} jobs are waiting for a worker, the limit is {wanted}',
    remedy: 'Send jobs more slowly, or use more threads.',
  },
  'worker-lost': {
    message: 'a worker thread ended before its job was done: {reason}',
    remedy:
      'Run the job again. If it happens again, use fewer threads or smaller data: most threads end for lack of memory.',
  },
})
