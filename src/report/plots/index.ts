export { type Bar, barPlot } from './bar-plot.js'
export { channelPlot } from './channel-plot.js'
export { scoreCalendar } from './score-calendar.js'
export { PLOT_STYLE } from './style.js'
