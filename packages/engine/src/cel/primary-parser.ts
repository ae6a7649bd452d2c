import { SyntaxFault } from "./expression-error.ts";
import { expandMacro } from "./macro.ts";
import type { WrittenCall } from "./macro.ts";
import { numberConstant } from "./number-literal.ts";
import type { Constant, Expr, Range } from "./syntax.ts";
import { keywords, reservedWords } from "./token.ts";
import type { Punctuator, Token } from "./token.ts";
import type { TokenCursor } from "./token-cursor.ts";
import type { TreeBuilder } from "./tree-builder.ts";

/** The lower half of the grammar: members, calls, literals, lists, maps and structs. */
export abstract class PrimaryParser {
  protected readonly cursor: TokenCursor;
  protected readonly builder: TreeBuilder;

  constructor(cursor: TokenCursor, builder: TreeBuilder) {
    this.cursor = cursor;
    this.builder = builder;
  }

  protected abstract parseExpr(): Expr;

  protected parseMember(): Expr {
    const { start } = this.cursor.current.range;
    const parenthesised = this.cursor.atMark("(");
    let expr = this.parsePrimary();
    let plainName = !parenthesised;
    for (;;) {
      if (this.cursor.atMark(".")) {
        expr = this.parseSelection(expr, start);
      } else if (this.cursor.atMark("[")) {
        expr = this.parseIndex(expr, start);
      } else if (this.cursor.atMark("{")) {
        const typeName = plainName ? qualifiedName(expr) : undefined;
        if (typeName === undefined) {
          throw this.cursor.unexpected("expected an operator or the end of the expression");
        }
        expr = this.parseStruct(typeName, start);
        plainName = false;
      } else {
        return expr;
      }
    }
  }

  /** Whether a `-` and the number after it make one literal here. */
  protected atNegativeNumber(): boolean {
    const next = this.cursor.following(1);
    return this.cursor.atMark("-") && next.kind === "number" && next.type !== "uint";
  }

  private parseSelection(operand: Expr, start: number): Expr {
    this.cursor.take();
    const optional = this.cursor.takeMark("?") !== undefined;
    const name = this.takeSelector("after `.`");
    const quoted = name.kind === "quoted";
    if (this.cursor.atMark("(")) {
      if (quoted || optional) {
        throw this.cursor.unexpected("only a plain name can be called");
      }
      return this.parseCall(name, operand, start);
    }
    const range = this.cursor.rangeFrom(start);
    return this.builder.node(
      { kind: "select", operand, field: name.text, optional, range, fieldRange: name.range },
      [operand],
    );
  }

  private parseIndex(operand: Expr, start: number): Expr {
    const bracket = this.cursor.take();
    const optional = this.cursor.takeMark("?") !== undefined;
    const index = this.parseExpr();
    this.cursor.expectMark("]", "to close the index");
    const args = [operand, index];
    const range = this.cursor.rangeFrom(start);
    return this.builder.node(
      {
        kind: "call",
        function: optional ? "_[?_]" : "_[_]",
        args,
        range,
        functionRange: { start: bracket.range.start, end: range.end },
      },
      args,
    );
  }

  private parseCall(name: Token, target: Expr | undefined, start: number): Expr {
    this.cursor.take();
    const args: Expr[] = [];
    if (!this.cursor.atMark(")")) {
      do {
        args.push(this.parseExpr());
      } while (this.cursor.takeMark(",") !== undefined);
    }
    this.cursor.expectMark(")", "to close the arguments");
    const range = this.cursor.rangeFrom(start);
    const call: WrittenCall = {
      function: name.text,
      functionRange: name.range,
      target,
      args,
      range,
    };
    const children = target === undefined ? args : [target, ...args];
    const macro = expandMacro(call);
    return this.builder.node(
      macro ?? {
        kind: "call",
        function: call.function,
        ...(target === undefined ? {} : { target }),
        args,
        range,
        functionRange: call.functionRange,
      },
      children,
    );
  }

  private parsePrimary(): Expr {
    const token = this.cursor.current;
    switch (token.kind) {
      case "literal":
        this.cursor.take();
        return this.constant(token.constant, token.range);
      case "number":
        this.cursor.take();
        return this.constant(
          numberConstant(token.text, token.type, false, token.range),
          token.range,
        );
      case "word":
        return this.parseWord(token);
      case "punctuator":
        return this.parseMarked(token.text, token.range);
      case "quoted":
        throw new SyntaxFault(
          "cel_syntax",
          "a name in backticks can only follow a `.`",
          token.range,
        );
      case "end":
        throw this.cursor.unexpected("expected a value");
    }
  }

  private parseMarked(mark: Punctuator, range: Range): Expr {
    if (mark === "(") {
      this.cursor.take();
      const expr = this.parseExpr();
      this.cursor.expectMark(")", "to close the parenthesis");
      return expr;
    }
    if (mark === "[") {
      return this.parseList(range.start);
    }
    if (mark === "{") {
      return this.parseMap(range.start);
    }
    if (mark === ".") {
      this.cursor.take();
      return this.parseName(range.start, true);
    }
    if (this.atNegativeNumber()) {
      this.cursor.take();
      const number = this.cursor.take();
      if (number.kind === "number") {
        const whole = this.cursor.rangeFrom(range.start);
        return this.constant(numberConstant(number.text, number.type, true, whole), whole);
      }
    }
    if (mark === "!" || mark === "-") {
      throw this.cursor.unexpected("put the inner `!` or `-` in parentheses: expected a value");
    }
    throw this.cursor.unexpected("expected a value");
  }

  private parseWord(token: Token): Expr {
    switch (token.text) {
      case "true":
      case "false":
        this.cursor.take();
        return this.constant({ type: "bool", value: token.text === "true" }, token.range);
      case "null":
        this.cursor.take();
        return this.constant({ type: "null" }, token.range);
      default:
        return this.parseName(token.range.start, false);
    }
  }

  private parseName(start: number, absolute: boolean): Expr {
    const token = this.cursor.current;
    if (token.kind !== "word" || keywords.has(token.text)) {
      throw this.cursor.unexpected(absolute ? "expected a name after `.`" : "expected a value");
    }
    if (reservedWords.has(token.text)) {
      throw new SyntaxFault(
        "cel_reserved_word",
        `\`${token.text}\` is a reserved word; choose another name`,
        token.range,
      );
    }
    this.cursor.take();
    if (this.cursor.atMark("(")) {
      if (absolute && token.text === "has") {
        const message = "`has` is a macro; write it without the `.` before it";
        throw new SyntaxFault("cel_macro", message, this.cursor.rangeFrom(start));
      }
      return this.parseCall(token, undefined, start);
    }
    const range = this.cursor.rangeFrom(start);
    return this.builder.node({ kind: "ident", name: token.text, absolute, range }, []);
  }

  private parseList(start: number): Expr {
    this.cursor.take();
    const elements: { readonly value: Expr; readonly optional: boolean }[] = [];
    this.parseItems("]", "to close the list", () => {
      const optional = this.cursor.takeMark("?") !== undefined;
      elements.push({ value: this.parseExpr(), optional });
    });
    return this.builder.node(
      { kind: "list", elements, range: this.cursor.rangeFrom(start) },
      elements.map((element) => element.value),
    );
  }

  private parseMap(start: number): Expr {
    this.cursor.take();
    const entries: { readonly key: Expr; readonly value: Expr; readonly optional: boolean }[] = [];
    this.parseItems("}", "to close the map", () => {
      const optional = this.cursor.takeMark("?") !== undefined;
      const key = this.parseExpr();
      this.cursor.expectMark(":", "and the value of this key");
      entries.push({ key, value: this.parseExpr(), optional });
    });
    return this.builder.node(
      { kind: "map", entries, range: this.cursor.rangeFrom(start) },
      entries.flatMap((entry) => [entry.key, entry.value]),
    );
  }

  private parseStruct(typeName: string, start: number): Expr {
    this.cursor.take();
    const fields: { name: string; value: Expr; optional: boolean; range: Range }[] = [];
    this.parseItems("}", "to close the struct", () => {
      const fieldStart = this.cursor.current.range.start;
      const optional = this.cursor.takeMark("?") !== undefined;
      const { text: name } = this.takeSelector("for this field");
      this.cursor.expectMark(":", "and the value of this field");
      const value = this.parseExpr();
      fields.push({ name, value, optional, range: this.cursor.rangeFrom(fieldStart) });
    });
    return this.builder.node(
      { kind: "struct", typeName, fields, range: this.cursor.rangeFrom(start) },
      fields.map((field) => field.value),
    );
  }

  /** Items up to `close`, comma separated; one comma may follow the last or stand alone. */
  private parseItems(close: "]" | "}", purpose: string, parseItem: () => void): void {
    if (this.cursor.takeMark(",") === undefined) {
      while (!this.cursor.atMark(close)) {
        parseItem();
        if (this.cursor.takeMark(",") === undefined) {
          break;
        }
      }
    }
    this.cursor.expectMark(close, purpose);
  }

  private takeSelector(where: string): Token {
    const token = this.cursor.current;
    if (token.kind === "quoted" || (token.kind === "word" && !keywords.has(token.text))) {
      return this.cursor.take();
    }
    throw this.cursor.unexpected(
      token.kind === "word"
        ? `expected a field name ${where}; write a keyword in backticks`
        : `expected a field name ${where}`,
    );
  }

  private constant(constant: Constant, range: Range): Expr {
    return this.builder.node({ kind: "constant", constant, range }, []);
  }
}

/** The dotted name an expression is, or undefined when it is anything but plain selections. */
function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === "ident") {
    return expr.absolute ? `.${expr.name}` : expr.name;
  }
  // WHY: the range of a field in backticks is longer than the field; such a field names no type.
  if (
    expr.kind !== "select" ||
    expr.optional ||
    expr.fieldRange.end - expr.fieldRange.start !== expr.field.length
  ) {
    return undefined;
  }
  const operand = qualifiedName(expr.operand);
  return operand === undefined ? undefined : `${operand}.${expr.field}`;
}
