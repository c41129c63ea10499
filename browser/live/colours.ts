const kept = new Map<string, string>()
const probe = document.createElement('span')
probe.hidden = true
document.documentElement.append(probe)

/** The colour of a custom property as canvas takes it, in the theme of the page. */
export function colour(name: string): string {
  let value = kept.get(name)
  if (value === undefined) {
    probe.style.color = `var(--${name})`
    value = getComputedStyle(probe).color
    kept.set(name, value)
  }
  return value
}

const followers = new Set<() => void>()
function renew(): void {
  kept.clear()
  for (const follower of followers) follower()
}
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', renew)

/** Calls back when the colours have changed. */
export function onColours(changed: () => void): () => void {
  followers.add(changed)
  return () => followers.delete(changed)
}

const NAME = 'telltale-theme'
export type Theme = 'system' | 'light' | 'dark'
export const theme = (): Theme => (localStorage.getItem(NAME) as Theme | null) ?? 'system'

export function setTheme(wanted: Theme): void {
  if (wanted === 'system') localStorage.removeItem(NAME)
  else localStorage.setItem(NAME, wanted)
  document.documentElement.dataset.theme = wanted
  renew()
}
