/** The style of the plots, for the page that holds them; colours from the variables of `PAGE_STYLE`. */
export const PLOT_STYLE = `
svg { display: block; width: 100%; height: auto }
svg text { font: 12px system-ui, sans-serif; fill: var(--soft) } svg .ink { fill: var(--ink) }
.end { text-anchor: end } .middle { text-anchor: middle }
.grid, .tick, .axis { fill: none; stroke: var(--line); stroke-width: 1 } .axis, .tick { stroke: var(--soft) }
.curve, .expected { fill: none; stroke: var(--curve); stroke-width: 1.3; stroke-linejoin: round }
.expected { stroke: var(--ok); stroke-dasharray: 4 3 } .band { fill: var(--ok); fill-opacity: .16 }
.limit, .left { fill: none; stroke: var(--error); stroke-width: 1; stroke-dasharray: 5 4 } .limit-text { fill: var(--error) }
circle.mark { fill: var(--error) }
.event { fill: var(--error); fill-opacity: .13 }
.bar { fill: var(--curve); fill-opacity: .45 } .bar.marked { fill: var(--error); fill-opacity: .8 }
.heat0 { fill: var(--curve); fill-opacity: .12 } .heat1 { fill: var(--curve); fill-opacity: .35 }
.heat2 { fill: var(--error); fill-opacity: .5 } .heat3 { fill: var(--error); fill-opacity: .75 } .heat4 { fill: var(--error) }
`
