/** Remembers how to free what was opened, and frees it in the opposite order, once. */
export class Cleanups {
  #undo: (() => void)[] = [];
  #isOver = false;

  /** What arrives after the end (a permission granted too late) is freed at once. */
  add(undo: () => void): void {
    if (this.#isOver) undo();
    else this.#undo.push(undo);
  }

  run(): void {
    this.#isOver = true;
    const undo = this.#undo.reverse();
    this.#undo = [];
    for (const step of undo) step();
  }
}
