/** Colours of pages and plots by name. */
export const LIGHT = {
  ink: '#1c2430',
  soft: '#5d6a7a',
  paper: '#f6f7f9',
  card: '#fff',
  line: '#dfe4ea',
  ok: '#1a7f4b',
  error: '#c0322b',
  warning: '#8f5a00',
  info: '#2a6bb0',
  curve: '#3566a8',
}

/** Colours by name. */
export type Colours = Readonly<Record<keyof typeof LIGHT, string>>

/** Of figures: as pages in the light and in the dark, shades of grey for print, and colours that differ without seeing red or green. */
export const PALETTES = {
  light: LIGHT,
  dark: {
    ink: '#e4e9f0',
    soft: '#98a5b5',
    paper: '#12161c',
    card: '#1a2029',
    line: '#2c3541',
    ok: '#58c98d',
    error: '#ff8079',
    warning: '#e5b04e',
    info: '#7db6f2',
    curve: '#86b3ee',
  },
  grey: { ...LIGHT, soft: '#555', ok: '#777', error: '#000', warning: '#444', info: '#333', curve: '#666' },
  'colour-blind': { ...LIGHT, ok: '#009e73', error: '#d55e00', warning: '#e69f00', curve: '#0072b2' },
} as const satisfies Readonly<Record<string, Colours>>

/** The style of what is drawn. */
const MARKS = `
svg .ink { fill: var(--ink) }
.end { text-anchor: end } .middle { text-anchor: middle }
.grid, .tick, .axis { fill: none; stroke: var(--line); stroke-width: 1 } .axis, .tick { stroke: var(--soft) }
.curve, .expected { fill: none; stroke: var(--curve); stroke-width: 1.3; stroke-linejoin: round }
.expected { stroke: var(--ok); stroke-dasharray: 4 3 } .band { fill: var(--ok); fill-opacity: .16 }
.limit, .left { fill: none; stroke: var(--error); stroke-width: 1; stroke-dasharray: 5 4 } .limit-text { fill: var(--error) }
.mark { fill: var(--error) } .highlight { fill: none; stroke: var(--error); stroke-width: 1.6 }
.normal { fill: none; stroke: var(--soft); stroke-width: 1.3; stroke-dasharray: 1.5 2.5 }
.area { fill: var(--error); fill-opacity: .35 }
.event { fill: var(--error); fill-opacity: .13 }
.bar { fill: var(--curve); fill-opacity: .45 } .bar.marked { fill: var(--error); fill-opacity: .8 }
.heat0 { fill: var(--curve); fill-opacity: .12 } .heat1 { fill: var(--curve); fill-opacity: .35 }
.heat2 { fill: var(--error); fill-opacity: .5 } .heat3 { fill: var(--error); fill-opacity: .75 } .heat4 { fill: var(--error) }
`

/** The style of the plots, for the page that holds them; colours from the variables of the page. */
export const PLOT_STYLE = `
svg { display: block; width: 100%; height: auto }
svg text { font: 12px system-ui, sans-serif; fill: var(--soft) }${MARKS}`

/** The style of a plot that is a file of its own: without variables, which not every program that draws SVG knows. */
export function figureStyle(colours: Colours): string {
  return `text { font-family: Helvetica, Arial, DejaVu Sans, sans-serif; font-size: 12px; fill: var(--soft) }
.title { font-size: 16px; font-weight: bold; fill: var(--ink) }${MARKS}`.replace(
    /var\(--(\w+)\)/g,
    (_, name: keyof Colours) => colours[name],
  )
}
