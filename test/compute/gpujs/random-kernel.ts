import type { KernelPort, KernelSpec } from "../../../runtime/compute/kernel-language/kernel-spec.ts";
import { Random } from "../../../runtime/core/random.ts";
import { field, number, specOf } from "../kernel-language/field-spec.ts";

const SHAPES = [[9], [64], [8, 5], [7, 6], [4, 3, 2], [5, 2, 3]] as const;

/**
 * A valid kernel drawn from a seed. What it decides by is exact on every backend (indices, counters, inputs), and no
 * value grows or cancels without bound, so that rounding is all that backends can differ by.
 */
export class RandomKernel {
  readonly spec: KernelSpec;
  readonly values: Readonly<Record<string, Float32Array | number>>;
  readonly #random: Random;
  readonly #shape: readonly number[];
  readonly #fields: readonly KernelPort[];
  #names = 0;
  /** Numbers, counters, arrays and decisions that can be read here. */
  #numbers: string[] = [];
  #counters: string[] = [];
  #arrays: { name: string; length: number }[] = [];
  #truths: string[] = [];
  /** Of the numbers those that can be set. */
  #mutable: string[] = [];

  constructor(seed: number) {
    this.#random = new Random(seed, 77);
    this.#shape = this.#pick(SHAPES);
    const other = this.#pick(SHAPES.filter((shape) => shape.length === this.#shape.length));
    this.#fields = [field("a", this.#shape), field("b", other)];
    const source = `function kernel(a, b, k) {\n${this.#statements(3, 2)}return ${this.#number(3)};\n}`;
    const inputs = [...this.#fields, number("k", [-2, 2])];
    this.spec = specOf(source, inputs, this.#shape, { loopMax: 50, constants: { c: 0.75, n: 3 } });
    const draw = (): number => 4 * this.#random.uniform() - 2;
    const fill = (shape: readonly number[]): Float32Array =>
      Float32Array.from({ length: shape.reduce((cells, n) => cells * n, 1) }, draw);
    this.values = { a: fill(this.#shape), b: fill(other), k: Math.fround(draw()) };
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random.integer(from.length)]!;
  }

  #chance(of: number): boolean {
    return this.#random.uniform() < of;
  }

  #name(letter: string): string {
    return `${letter}${this.#names++}`;
  }

  #statements(most: number, depth: number): string {
    const count = 1 + this.#random.integer(most);
    return Array.from({ length: count }, () => this.#statement(depth)).join("");
  }

  /** What is declared in a block ends with it. */
  #block(body: () => string): string {
    const before = [this.#numbers, this.#counters, this.#arrays, this.#truths, this.#mutable] as const;
    this.#numbers = [...before[0]];
    this.#counters = [...before[1]];
    this.#arrays = [...before[2]];
    this.#truths = [...before[3]];
    this.#mutable = [...before[4]];
    const text = body();
    [this.#numbers, this.#counters, this.#arrays, this.#truths, this.#mutable] = before;
    return `{\n${text}}\n`;
  }

  #statement(depth: number): string {
    const kind = this.#random.integer(depth > 0 ? 9 : 5);
    if (kind <= 1) {
      const value = this.#number(2);
      const name = this.#name("v");
      this.#numbers.push(name);
      const mutable = this.#chance(0.6);
      if (mutable) this.#mutable.push(name);
      return `${mutable ? "let" : "const"} ${name} = ${value};\n`;
    }
    if (kind === 2 && this.#mutable.length > 0) {
      const name = this.#pick(this.#mutable);
      if (this.#chance(0.2)) return `${name}${this.#pick(["++", "--"])};\n`;
      return this.#chance(0.5)
        ? `${name} ${this.#pick(["+=", "-="])} ${this.#number(1)};\n`
        : `${name} = ${this.#number(2)};\n`;
    }
    if (kind === 3) {
      const length = 2 + this.#random.integer(3);
      const elements = Array.from({ length }, () => this.#number(1)).join(", ");
      const name = this.#name("w");
      this.#arrays.push({ name, length });
      return `const ${name} = [${elements}];\n`;
    }
    if (kind === 4) {
      const truth = this.#truth(1);
      const name = this.#name("t");
      this.#truths.push(name);
      return `const ${name} = ${truth};\n`;
    }
    if (kind <= 6) {
      const test = this.#truth(2);
      const yes = this.#block(() => this.#statements(2, depth - 1) + this.#leaving());
      return `if (${test}) ${yes}${this.#chance(0.5) ? `else ${this.#block(() => this.#statements(2, depth - 1))}` : ""}`;
    }
    if (kind === 7 || kind === 8) return this.#loop(depth);
    return `;\n`;
  }

  #leaving(): string {
    if (!this.#chance(0.3)) return "";
    if (this.#counters.length > 0)
      return this.#pick(["break;\n", "continue;\n", `return ${this.#number(1)};\n`]);
    return `return ${this.#number(1)};\n`;
  }

  #loop(depth: number): string {
    const i = this.#name("i");
    const head = this.#pick([
      `let ${i} = 0; ${i} < ${2 + this.#random.integer(5)}; ${i}++`,
      `let ${i} = ${1 + this.#random.integer(4)}; ${i} >= 0; ${i}--`,
      `let ${i} = 0; ${i} <= this.constants.n; ${i} += 2`,
      `let ${i} = 0; ${i} < Math.min(this.thread.x, 4); ${i}++`,
      `let ${i} = 1; ${i} < k * 2 + 3; ${i}++`,
    ]);
    const body = this.#block(() => {
      this.#counters.push(i);
      return (
        this.#statements(2, depth - 1) +
        (this.#chance(0.3) ? `if (${this.#truth(1)}) ${this.#block(() => this.#leaving() || "")}` : "")
      );
    });
    return `for (${head}) ${body}`;
  }

  #number(depth: number): string {
    if (depth === 0) return this.#leaf();
    const one = (): string => this.#number(depth - 1);
    switch (this.#random.integer(12)) {
      case 0:
      case 1:
        return this.#leaf();
      case 2:
        return `(${one()} + ${one()})`;
      case 3:
        return `(${one()} - ${one()})`;
      case 4:
        return `(Math.max(-3, Math.min(3, ${one()})) * ${one()})`;
      case 5:
        return `(${one()} / (1.5 + Math.abs(${one()})))`;
      case 6:
        return `(- ${one()})`;
      case 7:
        return `(${this.#truth(1)} ? ${one()} : ${one()})`;
      case 8: {
        const call = this.#pick(["sin", "cos", "tanh", "atan", "abs", "cbrt"]);
        const inner = call === "cbrt" ? `2 + Math.abs(${one()})` : `Math.max(-20, Math.min(20, ${one()}))`;
        return `Math.${call}(${inner})`;
      }
      case 9:
        return this.#pick([
          `Math.exp(Math.max(-9, Math.min(2, ${one()})))`,
          `Math.log(1.25 + Math.abs(${one()}))`,
          `Math.sqrt(0.5 + Math.abs(${one()}))`,
          `Math.hypot(1, ${one()})`,
        ]);
      case 10:
        return `Math.pow(1.5 + Math.abs(Math.sin(${one()})), ${this.#pick(["2", "-1", "0.5", "1.7", "this.constants.c"])})`;
      default:
        return `Math.${this.#pick(["min", "max"])}(${one()}, ${one()}, 1.5)`;
    }
  }

  #leaf(): string {
    const options = [
      () => this.#cell(),
      () => this.#cell(),
      () => this.#pick(["k", "0.5", "-1.25", "3", "this.constants.c", "this.constants.n", "Math.PI"]),
      () => `${this.#axis()} * 0.125`,
      ...(this.#numbers.length > 0 ? [() => this.#pick(this.#numbers), () => this.#pick(this.#numbers)] : []),
      ...(this.#counters.length > 0 ? [() => this.#pick(this.#counters)] : []),
      ...(this.#arrays.length > 0 ? [() => this.#element()] : []),
    ];
    return this.#pick(options)();
  }

  #element(): string {
    const { name, length } = this.#pick(this.#arrays);
    return `${name}[${this.#random.integer(length)}]`;
  }

  #axis(): string {
    return `this.thread.${this.#pick(["x", "y", "z"].slice(0, this.#shape.length))}`;
  }

  #cell(): string {
    const of = this.#pick(this.#fields);
    return of.name + of.shape.map(() => `[${this.#index()}]`).join("");
  }

  /** Often outside, and sometimes not whole. */
  #index(): string {
    const options = [
      () => this.#axis(),
      () => `${this.#axis()} + ${this.#random.integer(2)}`,
      () => `${this.#axis()} - 1`,
      () => String(this.#random.integer(2)),
      () => `Math.floor(${this.#axis()} / 2)`,
      () => `${this.#axis()} * 0.5`,
      () => `${this.#axis()} % 3`,
      ...(this.#counters.length > 0 ? [() => `${this.#axis()} + ${this.#pick(this.#counters)}`] : []),
    ];
    return this.#pick(options)();
  }

  /** Decided by numbers that are the same everywhere. */
  #truth(depth: number): string {
    if (depth > 0 && this.#chance(0.3))
      return this.#chance(0.2)
        ? `!(${this.#truth(depth - 1)})`
        : `(${this.#truth(depth - 1)} ${this.#pick(["&&", "||"])} ${this.#truth(depth - 1)})`;
    const counter =
      this.#counters.length > 0 && this.#chance(0.5) ? this.#pick(this.#counters) : this.#axis();
    const options = [
      () => `${counter} ${this.#pick(["<", "<=", ">", ">=", "===", "!=="])} ${this.#random.integer(4)}`,
      () => `${counter} % 2 === 0`,
      () => `${this.#cell()} ${this.#pick(["<", ">"])} 0.3`,
      ...(this.#truths.length > 0 ? [() => this.#pick(this.#truths)] : []),
    ];
    return this.#pick(options)();
  }
}
