import { z } from 'zod'
import { PROMETHEUS_TYPE } from '../../observe/index.js'
import { defineRoute } from '../http/route.js'
import { measuredText } from '../measured-text.js'

/** Metrics in the text format of Prometheus. */
export const metricsRoute = defineRoute({
  method: 'GET',
  path: '/metrics',
  summary: 'Metrics in the text format of Prometheus',
  access: 'viewer',
  response: z.string(),
  responseType: PROMETHEUS_TYPE,
  run: ({ services }) => measuredText(services),
})
