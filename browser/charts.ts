/**
 * What every page with charts shares: the global `telltaleCharts` of CHART_SCRIPT. A page inlines UPLOT_SCRIPT, CHART_SCRIPT and its own script in this
 * order, and UPLOT_STYLE and CHART_STYLE; its element needs a width. Colours come from the custom properties of the page.
 */
import { laneOf, unpackSeries } from './series.js'
import { createTimeline } from './timeline.js'

Object.assign(globalThis, { telltaleCharts: { createTimeline, laneOf, unpackSeries } })
