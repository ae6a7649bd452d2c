import { SyntaxFault } from "./expression-error.ts";
import type { Range } from "./syntax.ts";
import type { Punctuator, Token } from "./token.ts";

/** A place in a list of tokens that only moves forward, and never past the `end` token. */
export class TokenCursor {
  private readonly tokens: readonly Token[];
  private readonly endToken: Token;
  private at = 0;

  constructor(tokens: readonly Token[], textLength: number) {
    this.tokens = tokens;
    this.endToken = { kind: "end", text: "", range: { start: textLength, end: textLength } };
  }

  get current(): Token {
    return this.tokens[this.at] ?? this.endToken;
  }

  /** Where the last taken token ended. */
  get previousEnd(): number {
    return this.tokens[this.at - 1]?.range.end ?? 0;
  }

  /** From `start` to the end of the last taken token. */
  rangeFrom(start: number): Range {
    return { start, end: this.previousEnd };
  }

  following(distance: number): Token {
    return this.tokens[this.at + distance] ?? this.endToken;
  }

  take(): Token {
    const token = this.current;
    this.at = Math.min(this.at + 1, this.tokens.length);
    return token;
  }

  atMark(mark: Punctuator): boolean {
    return this.current.kind === "punctuator" && this.current.text === mark;
  }

  takeMark(mark: Punctuator): Token | undefined {
    return this.atMark(mark) ? this.take() : undefined;
  }

  /** @throws SyntaxFault saying that `mark` was expected, and for what */
  expectMark(mark: Punctuator, purpose: string): Token {
    const token = this.takeMark(mark);
    if (token === undefined) {
      throw this.unexpected(`expected \`${mark}\` ${purpose}`);
    }
    return token;
  }

  /** The current token as an error: `wanted`, then what was found instead, and what to do. */
  unexpected(
    wanted: string,
    { advice }: { readonly advice?: string | undefined } = {},
  ): SyntaxFault {
    const { current } = this;
    const found =
      current.kind === "end"
        ? "the expression ends here"
        : `found \`${current.kind === "quoted" ? `\`${current.text}\`` : current.text}\``;
    const help = advice === undefined ? "" : `; ${advice}`;
    return new SyntaxFault("cel_syntax", `${wanted}, ${found}${help}`, current.range);
  }
}
