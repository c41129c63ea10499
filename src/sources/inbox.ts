/** A bounded queue between a sender that pushes and a reader that takes. */
export class Inbox<Item> {
  readonly #capacity: number
  #items: Item[] = []
  #ended = false
  #error: unknown
  #wake: (() => void) | undefined
  #room: (() => void)[] = []

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#items.length
  }

  /** Adds an item. Returns a promise when the queue is full, which resolves when it has room: the sender must wait for it. */
  put(item: Item): Promise<void> | undefined {
    this.#items.push(item)
    this.#notify()
    if (this.#items.length < this.#capacity || this.#ended) return undefined
    return new Promise(resolve => this.#room.push(resolve))
  }

  /** No more items come; with an error, `take` throws it after the last item. */
  end(error?: unknown): void {
    this.#ended = true
    this.#error ??= error
    this.#notify()
    this.#freeRoom()
  }

  /** Up to `most` items, as soon as there is one; none after `waitMs`. Undefined after the last. */
  async take(most: number, waitMs: number): Promise<Item[] | undefined> {
    if (this.#items.length === 0 && !this.#ended) await this.#wait(waitMs)
    if (this.#items.length === 0 && this.#ended) {
      if (this.#error !== undefined) throw this.#error
      return undefined
    }
    const taken = this.#items.length <= most ? this.#items : this.#items.slice(0, most)
    this.#items = this.#items.length <= most ? [] : this.#items.slice(most)
    if (this.#items.length < this.#capacity) this.#freeRoom()
    return taken
  }

  #wait(waitMs: number): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(() => this.#notify(), waitMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #notify(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }

  #freeRoom(): void {
    const waiting = this.#room
    this.#room = []
    for (const resolve of waiting) resolve()
  }
}
