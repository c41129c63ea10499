import { z } from 'zod'
import { DATE_ORDERS } from '../core/time-text.js'
import { TIME_UNITS } from '../core/time-unit.js'

/**
 * How a table writes what another table of the same source may leave open. A training finds it and its model keeps it: day and month of a short
 * table are then read as those of the history, and the messages of a stream as the rows of the table.
 */
export const tableForm = z.object({
  dateOrder: z.enum(DATE_ORDERS).optional(),
  /** Of times that are numbers whose size does not show it. */
  timeUnit: z.enum(TIME_UNITS).optional(),
  /** In the name of the column of times. */
  timeZone: z.string().optional(),
  decimal: z.enum(['.', ',']).optional(),
  /** Of a workbook. */
  sheet: z.string().optional(),
  /** Of a table with a reading per row. */
  sensorColumn: z.string().optional(),
  valueColumn: z.string().optional(),
  deviceColumn: z.string().optional(),
  /** Of channels whose names do not carry them. */
  units: z.record(z.string(), z.string()).optional(),
})
export type TableForm = z.output<typeof tableForm>
