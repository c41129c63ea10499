import { datapointsShape } from './datapoints.js'
import { elasticsearchShape } from './elasticsearch.js'
import { grafanaShape } from './grafana.js'
import { influxShape } from './influx.js'
import { lokiShape } from './loki.js'
import { namedRowsShape } from './named-rows.js'
import { namedValuesShape } from './named-values.js'
import { nestedColumnsShape } from './nested-columns.js'
import { opcUaShape } from './opc-ua.js'
import { pairsShape } from './pairs.js'
import { pandasShape } from './pandas.js'
import { piShape } from './pi.js'
import { prometheusShape, victoriaShape } from './prometheus.js'
import { senmlShape } from './senml.js'
import type { Shape } from './shape.js'
import { statesShape } from './states.js'
import { telemetryShape } from './telemetry.js'

/** All shapes of JSON that are no list of rows; the first that knows a document has it. */
export const SHAPES: readonly Shape[] = [
  influxShape,
  lokiShape,
  prometheusShape,
  victoriaShape,
  elasticsearchShape,
  grafanaShape,
  datapointsShape,
  telemetryShape,
  piShape,
  senmlShape,
  opcUaShape,
  statesShape,
  namedRowsShape,
  pandasShape,
  pairsShape,
  namedValuesShape,
  nestedColumnsShape,
]
