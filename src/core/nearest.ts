const LONGEST = 100

/**
 * The candidate with the smallest edit distance to a name (Damerau 1964: letters put in, left out, replaced, and neighbours swapped), upper and lower case being equal; the first of
 * several at the same distance, and an empty text when there is no candidate. Only the first 100 characters of a name count.
 *
 * Cost O(length of name x total length of candidates).
 */
export function nearestName(name: string, candidates: readonly string[]): string {
  const own = name.slice(0, LONGEST).toLowerCase()
  let nearest = ''
  let smallest = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const distance = editDistance(own, candidate.slice(0, LONGEST).toLowerCase())
    if (distance < smallest) {
      smallest = distance
      nearest = candidate
    }
  }
  return nearest
}

/** The share of its letters by which a name may differ from the one that was meant. */
const MOST_DIFFERENT = 0.4

/**
 * The nearest name where it is alike, so that it may be what was meant: at most two letters in five differ, or one is a part of the other. An empty
 * text otherwise.
 *
 * @example
 * import { similarName } from './nearest.js'
 * similarName('windwo', ['window', 'epochs']) // => 'window'
 * similarName('colour', ['window', 'epochs']) // => ''
 */
export function similarName(name: string, candidates: readonly string[]): string {
  return nearestName(
    name,
    candidates.filter(candidate => isAlike(name, candidate)),
  )
}

function isAlike(name: string, candidate: string): boolean {
  const [a, b] = [name, candidate].map(text => text.replace(/^-+/, '').slice(0, LONGEST).toLowerCase())
  if (Math.min(a.length, b.length) > 2 && (a.includes(b) || b.includes(a))) return true
  return editDistance(a, b) <= Math.max(1, Math.floor(MOST_DIFFERENT * Math.max(a.length, b.length)))
}

function editDistance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replace = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swap = isSwapped ? before[j - 2] + 1 : Number.POSITIVE_INFINITY
      next.push(Math.min(replace, row[j] + 1, next[j - 1] + 1, swap))
    }
    before = row
    row = next
  }
  return row[b.length]
}
