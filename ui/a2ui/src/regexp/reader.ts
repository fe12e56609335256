/** Goes through a pattern, character by character. */
export class Reader {
  readonly #chars: string[];
  #at = 0;

  constructor(pattern: string) {
    this.#chars = Array.from(pattern);
  }

  get length(): number {
    return this.#chars.length;
  }

  get done(): boolean {
    return this.#at >= this.#chars.length;
  }

  peek(ahead = 0): string | undefined {
    return this.#chars[this.#at + ahead];
  }

  /** The next character. @throws SyntaxError at the end. */
  next(): string {
    const char = this.#chars[this.#at];
    if (char === undefined) throw new SyntaxError("the pattern ends too early");
    this.#at += 1;
    return char;
  }

  /** Goes on if the next character is this one. */
  take(char: string): boolean {
    if (this.peek() !== char) return false;
    this.#at += 1;
    return true;
  }

  /** Goes past what an anchored expression finds here. */
  match(expression: RegExp): RegExpExecArray | null {
    const found = expression.exec(this.#chars.slice(this.#at, this.#at + 64).join(""));
    if (found) this.#at += Array.from(found[0]).length;
    return found;
  }
}
