/** The free parts of a memory of `size` units. Cost of both: the number of holes. */
export function createHoles(size: number) {
  /** Ascending, none of them touches another. */
  const holes = [{ start: 0, end: size }]
  return {
    /** Takes the first hole that has room; its start, or undefined when there is none. */
    take(length: number): number | undefined {
      const h = holes.findIndex(({ start, end }) => end - start >= length)
      if (h < 0) return undefined
      const { start } = holes[h]
      holes[h].start += length
      if (holes[h].start === holes[h].end) holes.splice(h, 1)
      return start
    },
    /** Gives back what `take` gave. */
    give(start: number, length: number): void {
      if (length === 0) return
      let h = holes.findIndex(hole => hole.start > start)
      if (h < 0) h = holes.length
      holes.splice(h, 0, { start, end: start + length })
      if (holes[h + 1]?.start === holes[h].end) holes[h].end = holes.splice(h + 1, 1)[0].end
      if (h > 0 && holes[h - 1].end === holes[h].start) holes[h - 1].end = holes.splice(h, 1)[0].end
    },
    isEmpty: () => holes.length === 1 && holes[0].end - holes[0].start === size,
  }
}
