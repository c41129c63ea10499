import { z } from 'zod'
import { dataset, slug } from '../contract/index.js'
import { DEFAULT_LIMITS } from '../http/limits.js'
import { defineRoute } from '../http/route.js'

const FORMATS = {
  'text/csv': 'csv',
  'application/x-ndjson': 'ndjson',
  'application/vnd.apache.parquet': 'parquet',
} as const

/** Uploads a table to train on: CSV, NDJSON or Parquet. */
export const putDatasetRoute = defineRoute({
  method: 'PUT',
  path: '/api/v1/datasets/{dataset}',
  summary: 'Uploads a table to train on: CSV, NDJSON or Parquet',
  access: 'operator',
  params: z.object({ dataset: slug }),
  body: z.string(),
  bodyTypes: Object.keys(FORMATS),
  bodyLimit: DEFAULT_LIMITS.datasetBytes,
  response: dataset,
  status: 201,
  audit: 'dataset.put',
  async run({ params, body, headers, services: { datasets } }) {
    const type = String(headers['content-type']).split(';')[0].trim().toLowerCase() as keyof typeof FORMATS
    return datasets.add(params.dataset, FORMATS[type], body)
  },
})
