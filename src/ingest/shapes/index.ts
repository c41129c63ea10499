import { datapointsShape } from './datapoints.js'
import { elasticsearchShape } from './elasticsearch.js'
import { grafanaShape } from './grafana.js'
import { influxShape } from './influx.js'
import { namedRowsShape } from './named-rows.js'
import { pandasShape } from './pandas.js'
import { prometheusShape } from './prometheus.js'
import type { Shape } from './shape.js'
import { statesShape } from './states.js'
import { telemetryShape } from './telemetry.js'

/** All shapes of JSON that are no list of rows; the first that knows a document has it. */
export const SHAPES: readonly Shape[] = [
  influxShape,
  prometheusShape,
  elasticsearchShape,
  grafanaShape,
  datapointsShape,
  telemetryShape,
  statesShape,
  namedRowsShape,
  pandasShape,
]
