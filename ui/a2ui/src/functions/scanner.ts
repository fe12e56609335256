/** Goes through a template. */
export class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  /** Goes on if the text goes on with this. */
  take(start: string): boolean {
    if (!this.#text.startsWith(start, this.#at)) return false;
    this.#at += start.length;
    return true;
  }

  /** Goes past what a sticky expression finds here. */
  match(sticky: RegExp): string | undefined {
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  /** The text up to the first place where an expression matches, or all that is left. */
  until(expression: RegExp): string {
    const rest = this.#text.slice(this.#at);
    const end = rest.search(expression);
    const found = end < 0 ? rest : rest.slice(0, end);
    this.#at += found.length;
    return found;
  }

  next(): string {
    const char = this.#text[this.#at] ?? "";
    this.#at += 1;
    return char;
  }

  blanks(): void {
    this.match(/\s*/y);
  }
}
