import { buildChain } from "./chain.ts";
import type { ChainTerm } from "./chain.ts";
import { SyntaxFault } from "./expression-error.ts";
import { PrimaryParser } from "./primary-parser.ts";
import type { Expr, Range } from "./syntax.ts";
import type { Token } from "./token.ts";

const relations: ReadonlyMap<string, string> = new Map([
  ["<", "_<_"],
  ["<=", "_<=_"],
  [">", "_>_"],
  [">=", "_>=_"],
  ["==", "_==_"],
  ["!=", "_!=_"],
  ["in", "@in"],
]);
const additions: ReadonlyMap<string, string> = new Map([
  ["+", "_+_"],
  ["-", "_-_"],
]);
const multiplications: ReadonlyMap<string, string> = new Map([
  ["*", "_*_"],
  ["/", "_/_"],
  ["%", "_%_"],
]);

/** Operators of other languages, which stand where CEL has another sign. */
const foreignOperators: ReadonlyMap<string, string> = new Map([
  ["and", "&&"],
  ["or", "||"],
  ["AND", "&&"],
  ["OR", "||"],
]);

function adviceFor(current: Token, before: Expr): string | undefined {
  const text = current.kind === "word" ? current.text : "";
  const sign = foreignOperators.get(text);
  if (sign !== undefined) return `write \`${sign}\``;
  const negates = before.kind === "ident" && (before.name === "not" || before.name === "NOT");
  return negates ? "write `!` for `not`" : undefined;
}

/** Reads one expression by recursive descent over the grammar of langdef.md, "Syntax". */
export class Parser extends PrimaryParser {
  /** @throws SyntaxFault at the first token that does not fit */
  parseWhole(): Expr {
    const expr = this.parseExpr();
    if (this.cursor.current.kind !== "end") {
      throw this.cursor.unexpected("expected an operator or the end of the expression", {
        advice: adviceFor(this.cursor.current, expr),
      });
    }
    return expr;
  }

  /** `Expr = ConditionalOr ["?" ConditionalOr ":" Expr]` */
  protected override parseExpr(): Expr {
    return this.builder.nested(this.cursor.current.range, () => this.parseConditional());
  }

  private parseConditional(): Expr {
    const { start } = this.cursor.current.range;
    const condition = this.parseOr();
    const question = this.cursor.takeMark("?");
    if (question === undefined) {
      return condition;
    }
    const whenTrue = this.parseOr();
    if (this.cursor.atMark("?")) {
      throw new SyntaxFault(
        "cel_syntax",
        "put a conditional between `?` and `:` in parentheses",
        this.cursor.current.range,
      );
    }
    this.cursor.expectMark(":", "and the other value of the conditional");
    const whenFalse = this.parseExpr();
    const args = [condition, whenTrue, whenFalse];
    return this.builder.node(
      {
        kind: "call",
        function: "_?_:_",
        args,
        range: this.cursor.rangeFrom(start),
        functionRange: question.range,
      },
      args,
    );
  }

  private parseOr(): Expr {
    return this.parseChain("||", () => this.parseAnd());
  }

  private parseAnd(): Expr {
    return this.parseChain("&&", () => this.parseRelation());
  }

  private parseChain(mark: "||" | "&&", parseTerm: () => Expr): Expr {
    const readTerm = (): ChainTerm => {
      const { start } = this.cursor.current.range;
      const expr = parseTerm();
      return { expr, range: this.cursor.rangeFrom(start) };
    };
    const terms = [readTerm()];
    const operators: Range[] = [];
    for (let token = this.cursor.takeMark(mark); token !== undefined;) {
      operators.push(token.range);
      terms.push(readTerm());
      token = this.cursor.takeMark(mark);
    }
    const operator = mark === "||" ? "_||_" : "_&&_";
    return buildChain(terms, operators, (left, right, operatorRange) =>
      this.binary(operator, operatorRange, left.expr, right.expr, {
        start: left.range.start,
        end: right.range.end,
      }),
    );
  }

  private parseRelation(): Expr {
    return this.parseLeft(relations, () => this.parseAddition());
  }

  private parseAddition(): Expr {
    return this.parseLeft(additions, () => this.parseMultiplication());
  }

  private parseMultiplication(): Expr {
    return this.parseLeft(multiplications, () => this.parseUnary());
  }

  private parseLeft(operators: ReadonlyMap<string, string>, parseOperand: () => Expr): Expr {
    const { start } = this.cursor.current.range;
    let left = parseOperand();
    for (;;) {
      const token = this.cursor.current;
      const operator =
        token.kind === "punctuator" || token.kind === "word"
          ? operators.get(token.text)
          : undefined;
      if (operator === undefined) {
        return left;
      }
      this.cursor.take();
      const right = parseOperand();
      left = this.binary(operator, token.range, left, right, this.cursor.rangeFrom(start));
    }
  }

  private binary(
    operator: string,
    functionRange: Range,
    left: Expr,
    right: Expr,
    range: Range,
  ): Expr {
    const args = [left, right];
    return this.builder.node(
      { kind: "call", function: operator, args, range, functionRange },
      args,
    );
  }

  /** `Unary = Member | "!" {"!"} Member | "-" {"-"} Member`; a `-` before a number is part of it. */
  private parseUnary(): Expr {
    const first = this.cursor.current;
    if (!this.cursor.atMark("!") && !this.cursor.atMark("-")) {
      return this.parseMember();
    }
    const mark = first.text === "!" ? "!" : "-";
    const marks: Range[] = [];
    while (this.cursor.atMark(mark) && !this.atNegativeNumber()) {
      marks.push(this.cursor.take().range);
    }
    let expr = this.parseMember();
    for (const functionRange of marks.toReversed()) {
      const args = [expr];
      const range = this.cursor.rangeFrom(functionRange.start);
      expr = this.builder.node(
        { kind: "call", function: `${mark}_`, args, range, functionRange },
        args,
      );
    }
    return expr;
  }
}
