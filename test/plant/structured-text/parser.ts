import type { BinarySign, Declaration, Expression, Section, Statement, Unit } from "./syntax.ts";
import { StructuredTextError, type Token, tokenize } from "./tokens.ts";

/** From the loosest to the tightest. IEC 61131-3, operators of the ST language. */
const PRECEDENCE: readonly (readonly BinarySign[])[] = [
  ["OR"],
  ["AND"],
  ["=", "<>"],
  ["<", ">", "<=", ">="],
  ["+", "-"],
];

const KEYWORDS = new Set(
  `IF THEN ELSIF ELSE END_IF AND OR XOR NOT MOD TRUE FALSE VAR VAR_INPUT VAR_OUTPUT VAR_IN_OUT VAR_EXTERNAL VAR_GLOBAL
   VAR_TEMP END_VAR RETAIN CONSTANT AT FUNCTION FUNCTION_BLOCK PROGRAM END_FUNCTION END_FUNCTION_BLOCK END_PROGRAM CASE
   OF END_CASE FOR TO BY DO END_FOR WHILE END_WHILE REPEAT UNTIL END_REPEAT EXIT CONTINUE RETURN`.split(
    /\s+/,
  ),
);

/** The function blocks and programs of a text, in the subset docs/plc uses. @throws StructuredTextError */
export function parse(text: string): Unit[] {
  return new Parser(tokenize(text)).units();
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  units(): Unit[] {
    const units: Unit[] = [];
    while (this.#token.kind !== "end") units.push(this.#unit());
    return units;
  }

  #unit(): Unit {
    const { line } = this.#token;
    const kind = this.#take("FUNCTION_BLOCK", "PROGRAM");
    const name = this.#name();
    const declarations: Declaration[] = [];
    while (/^VAR/.test(this.#token.text)) declarations.push(...this.#section());
    const body = this.#statements(`END_${kind}`);
    this.#take(`END_${kind}`);
    return { name, declarations, body, line };
  }

  #section(): Declaration[] {
    const opening = this.#take("VAR_INPUT", "VAR_OUTPUT", "VAR");
    const qualifier =
      opening === "VAR" && this.#sees("RETAIN", "CONSTANT") ? ` ${this.#take("RETAIN", "CONSTANT")}` : "";
    const section = `${opening}${qualifier}` as Section;
    const declarations: Declaration[] = [];
    while (!this.#sees("END_VAR")) {
      const { line } = this.#token;
      const name = this.#name();
      this.#take(":");
      const type = this.#name();
      const initial = this.#take(":=", ";") === ":=" ? this.#expression() : undefined;
      if (initial !== undefined) this.#take(";");
      declarations.push({ section, name, type, initial, line });
    }
    this.#take("END_VAR");
    return declarations;
  }

  #statements(...ends: readonly string[]): Statement[] {
    const statements: Statement[] = [];
    while (!this.#sees(...ends)) statements.push(this.#statement());
    return statements;
  }

  #statement(): Statement {
    const { line } = this.#token;
    if (this.#sees("IF")) return this.#if();
    const name = this.#name();
    if (this.#sees("(")) return { kind: "call", instance: name, inputs: this.#inputs(), line };
    this.#take(":=");
    const value = this.#expression();
    this.#take(";");
    return { kind: "assign", to: name, value, line };
  }

  #if(): Statement {
    const { line } = this.#token;
    const branches: { when: Expression; body: Statement[] }[] = [];
    let word = this.#take("IF");
    while (word !== "END_IF" && word !== "ELSE") {
      const when = this.#expression();
      this.#take("THEN");
      branches.push({ when, body: this.#statements("ELSIF", "ELSE", "END_IF") });
      word = this.#take("ELSIF", "ELSE", "END_IF");
    }
    const otherwise = word === "ELSE" ? this.#statements("END_IF") : [];
    if (word === "ELSE") this.#take("END_IF");
    this.#take(";");
    return { kind: "if", branches, otherwise, line };
  }

  #inputs(): { name: string; value: Expression }[] {
    const inputs: { name: string; value: Expression }[] = [];
    let sign = this.#take("(");
    while (sign !== ")") {
      const name = this.#name();
      this.#take(":=");
      inputs.push({ name, value: this.#expression() });
      sign = this.#take(",", ")");
    }
    this.#take(";");
    return inputs;
  }

  #expression(level = 0): Expression {
    const signs = PRECEDENCE[level];
    if (signs === undefined) return this.#unary();
    let left = this.#expression(level + 1);
    while (this.#sees(...signs)) {
      const { line } = this.#token;
      const sign = this.#take(...signs) as BinarySign;
      left = { kind: "binary", sign, left, right: this.#expression(level + 1), line };
    }
    return left;
  }

  #unary(): Expression {
    const { line } = this.#token;
    if (!this.#sees("-", "NOT")) return this.#primary();
    const sign = this.#take("-", "NOT") as "-" | "NOT";
    return { kind: "unary", sign, of: this.#unary(), line };
  }

  #primary(): Expression {
    const { kind, text, line } = this.#token;
    if (kind === "integer" || kind === "real") {
      this.#next++;
      return { kind, value: Number(text), line };
    }
    if (this.#sees("TRUE", "FALSE")) {
      return { kind: "truth", value: this.#take("TRUE", "FALSE") === "TRUE", line };
    }
    if (this.#sees("(")) {
      this.#take("(");
      const inner = this.#expression();
      this.#take(")");
      return inner;
    }
    const name = this.#name();
    if (this.#sees("(")) {
      this.#take("(");
      const of = this.#expression();
      this.#take(")");
      return { kind: "apply", name, of, line };
    }
    if (!this.#sees(".")) return { kind: "name", path: [name], line };
    this.#take(".");
    return { kind: "name", path: [name, this.#name()], line };
  }

  get #token(): Token {
    return this.#tokens[this.#next]!;
  }

  #sees(...texts: readonly string[]): boolean {
    return texts.includes(this.#token.text);
  }

  #take(...texts: readonly string[]): string {
    const { text, line } = this.#token;
    if (!texts.includes(text)) {
      throw new StructuredTextError(line, `expected ${texts.join(" or ")}, found ${text}`);
    }
    this.#next++;
    return text;
  }

  #name(): string {
    const { kind, text, line } = this.#token;
    if (kind !== "word" || KEYWORDS.has(text)) {
      throw new StructuredTextError(line, `expected a name, found ${text}`);
    }
    this.#next++;
    return text;
  }
}
