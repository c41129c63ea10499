import { sha256 } from '@noble/hashes/sha2.js'
import { htmlText as text } from '../core/safe-text.js'
import { type Colours, LIGHT, PALETTES } from './plots/index.js'

/** A page that needs no network: styles, plots and the scripts it runs are inside. */
export interface Page {
  /** What the page is, above its title: `Health report`. */
  readonly kind: string
  readonly title: string
  /** What it is of, in the title of the window. */
  readonly window: string
  /** Safe HTML below the title. */
  readonly lead: string
  /** Safe HTML. */
  readonly body: string
  /** Style of its own, after `PAGE_STYLE`. */
  readonly style: string
  /** Scripts that run after the body, in this order. Default: none. */
  readonly scripts?: readonly string[]
}

/**
 * A page as one self-contained HTML file. Its content security policy lets nothing be loaded, and runs only these scripts and styles, by their hashes: text
 * that came through as markup could not run either.
 */
export function htmlPage({ kind, title, window, lead, body, style, scripts = [] }: Page): string {
  const styles = `${PAGE_STYLE}${style}`
  const runs = scripts.length === 0 ? '' : `; script-src ${scripts.map(hashSource).join(' ')}`
  const policy = `default-src 'none'; style-src ${hashSource(styles)}${runs}; base-uri 'none'; form-action 'none'`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${text(window)}</title>
<style>${styles}</style>
</head>
<body>
<main>
<header>
<p class="kind">${text(kind)}</p>
<h1>${text(title)}</h1>
${lead}
</header>
${body}</main>
${scripts.map(script => `<script>${script}</script>\n`).join('')}</body>
</html>
`
}

/** The source of a script or a style in a content security policy. */
function hashSource(content: string): string {
  return `'sha256-${Buffer.from(sha256(new TextEncoder().encode(content))).toString('base64')}'`
}

/** Data for a script of the page, as an element that is not run. */
export function dataElement(id: string, data: object): string {
  return `<script type="application/json" id="${id}">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>\n`
}

/** A text whose lines do not end within a time. */
export function textWithTimes(value: string): string {
  return text(value).replace(/\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d[\d:.]*Z?)?/g, '<span class="time">$&</span>')
}

/** Facts as a grid of cards. */
export function factCards(facts: readonly (readonly [name: string, value: string])[]): string {
  const cards = facts.map(
    ([name, value]) => `<div><dt>${text(name)}</dt><dd>${textWithTimes(value)}</dd></div>`,
  )
  return `<dl>\n${cards.join('\n')}\n</dl>\n`
}

/** A section of a page. @param body safe HTML */
export function section(title: string, body: string): string {
  return `<section>\n<h2>${textWithTimes(title)}</h2>\n${body}\n</section>\n`
}

function variables(colours: Colours): string {
  return Object.entries(colours)
    .map(([name, colour]) => `--${name}: ${colour}`)
    .join('; ')
}

/** Colours, light and dark, and the layout that all pages share. */
const PAGE_STYLE = `
:root { color-scheme: light dark; ${variables(LIGHT)} }
@media screen and (prefers-color-scheme: dark) {
  :root { ${variables(PALETTES.dark)} }
}
:root.printed { ${variables(LIGHT)} }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
main { max-width: 1060px; margin: 0 auto; padding: 2rem 1.25rem 4rem }
h1 { margin: 0; font-size: 1.6rem; overflow-wrap: anywhere }
h2 { margin: 0 0 .75rem; font-size: 1.05rem }
p { margin: 0 }
.kind, .aside, dt { color: var(--soft); font-size: .85rem }
.verdict { margin-top: .25rem; font-weight: 600 }
.ok { color: var(--ok) } .verdict.error { color: var(--error) }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(12.5rem, 1fr)); gap: .75rem; margin: 1.5rem 0 }
dl div, section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .75rem 1rem }
dd { margin: 0; font-weight: 600; overflow-wrap: anywhere }
section { padding: 1rem 1.25rem; margin-top: 1rem }
.time { white-space: nowrap }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .35rem .6rem; border-top: 1px solid var(--line); white-space: nowrap; font-weight: 400 }
thead th { border-top: 0; color: var(--soft); font-size: .85rem }
tbody th { font-weight: 600; white-space: normal; overflow-wrap: anywhere; min-width: 8.5rem }
.number { text-align: right }
table + .aside { margin-top: .75rem }
@media (max-width: 760px) {
  main { padding: 1.25rem .75rem 3rem } section { padding: .9rem }
  dl { display: block; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .4rem .9rem }
  dl div { display: flex; justify-content: space-between; gap: 1rem; border: 0; padding: .2rem 0; text-align: right }
  th, td { padding: .35rem .2rem } thead th { white-space: normal; vertical-align: bottom; font-size: .72rem } tbody th { min-width: 5.5rem } .wide table:not([class]) { font-size: .8rem }
}
@media print { :root { color-scheme: light } body { background: #fff } button { display: none } section, dl div { break-inside: avoid } main { padding: 0 } }
`
