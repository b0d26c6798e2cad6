import assert from "node:assert/strict";
import { compiledKernel, lintKernel } from "../../../runtime/compute/kernel-language/lint-kernel.ts";
import { field, number, specOf } from "./field-spec.ts";

const INPUTS = [field("a", [8, 4]), field("b", [6]), number("k"), number("n", [0, 20])];

/** Remarks on a source whose parameters are (a, b, k, n), as `code severity line:column`, without those of unused inputs. */
function told(source: string): string[] {
  const spec = specOf("function f() {}", INPUTS, [8, 4], { loopMax: 100, constants: { c: 2, big: 1e30 } });
  return lintKernel(source, spec)
    .filter((remark) => remark.code !== "input-unused")
    .map((remark) => `${remark.code} ${remark.severity} ${remark.line}:${remark.column}`);
}

/** The same of a body, whose first line is line 2. */
const inBody = (body: string): string[] => told(`function f(a, b, k, n) {\n${body}\n}`);

const A = "a[this.thread.y][this.thread.x]";

describe("lintKernel", () => {
  const fine: readonly [string, string][] = [
    [
      "a cell and its clamped neighbours",
      "const x = this.thread.x; return a[this.thread.y][Math.max(x - 1, 0)];",
    ],
    ["a neighbour behind a test", `const x = this.thread.x; return x > 0 ? a[0][x - 1] : ${A};`],
    ["a neighbour after a return", `const x = this.thread.x; if (x === 0) return ${A}; return a[0][x - 1];`],
    [
      "a neighbour behind two tests",
      `const x = this.thread.x, y = this.thread.y; if (x < 7 && y >= 1) { return a[y - 1][x + 1]; } return ${A};`,
    ],
    [
      "a neighbour behind a negated test",
      `const x = this.thread.x; if (!(x < 7)) { return 1; } return a[0][x + 1];`,
    ],
    ["a wrap-around by remainder", "return b[(this.thread.x + 1) % 6];"],
    ["a loop over constants", "let s = 0; for (let i = 0; i < 6; i++) s += b[i]; return s;"],
    ["a loop down", "let s = 0; for (let i = 5; i >= 0; i--) { s += b[i]; } return s;"],
    [
      "a loop bounded by an input with a range",
      "let s = 0; for (let i = 0; i < n; i++) { s += i; } return s;",
    ],
    [
      "a loop bounded by Math.min",
      "let s = 0; for (let i = 0; i < Math.min(k, 50); i++) { s += i; } return s;",
    ],
    [
      "a loop with the bound on the left",
      "let s = 0; for (let i = 0; 6 > i; i += 1) { s += b[i]; } return s;",
    ],
    ["constants", "return this.constants.c * Math.PI * this.output.x;"],
    ["a decision in a local", `const warm = ${A} > 20 && k < 1; return warm ? 1 : 0;`],
    [
      "local arrays",
      "const v = [1, 2, k]; v[0] = 3; let s = 0; for (let i = 0; i < 3; i++) { s += v[i]; } return s;",
    ],
    ["shadowing in an inner block", "let s = 1; if (k > 0) { let s = 2; s += k; } return s;"],
    ["every branch returning", "if (k > 0) { return 1; } else { return 2; }"],
    ["comparing whole numbers", "return this.thread.x === 3 ? 1 : 0;"],
  ];
  for (const [what, body] of fine) it(`takes ${what}`, () => assert.deepEqual(inBody(body), []));

  const refused: readonly [string, string, string[]][] = [
    ["while", "let s = k; while (s > 1) { s = s / 2; }\nreturn s;", ["loop-unbounded error 2:11"]],
    ["do while", "let s = k; do { s = s / 2; } while (s > 1);\nreturn s;", ["loop-unbounded error 2:11"]],
    [
      "a loop that nothing bounds",
      "let s = 0;\nfor (let i = 0; i < k; i++) { s += 1; }\nreturn s;",
      ["loop-unbounded error 3:16"],
    ],
    [
      "a loop over loopMax",
      "let s = 0;\nfor (let i = 0; i < 101; i++) { s += 1; }\nreturn s;",
      ["loop-too-long error 3:16"],
    ],
    [
      "a loop the wrong way",
      "let s = 0;\nfor (let i = 0; i < 5; i--) { s += 1; }\nreturn s;",
      ["loop-unbounded error 3:0"],
    ],
    [
      "a loop without a counter",
      "let i = 0;\nfor (; i < 5;) { i += 1; }\nreturn i;",
      ["loop-form error 3:0"],
    ],
    [
      "a loop by fractions",
      "let s = 0;\nfor (let i = 0; i < 1; i += 0.1) { s += 1; }\nreturn s;",
      ["loop-form error 3:0"],
    ],
    [
      "a counter that is set",
      "let s = 0;\nfor (let i = 0; i < 5; i++) { i += 2; s += 1; }\nreturn s;",
      ["loop-counter-written error 3:30"],
    ],
    ["for of", "let s = 0; for (const v of b) { s += v; } return s;", ["syntax-refused error 2:11"]],
    ["switch", "switch (k) { default: return 1; }\nreturn 2;", ["syntax-refused error 2:0"]],
    ["throw", "throw k;\nreturn 1;", ["syntax-refused error 2:0"]],
    ["try", "try { return 1; } catch { return 2; }\nreturn 3;", ["syntax-refused error 2:0"]],
    ["var", "var s = 1; return s;", ["syntax-refused error 2:0"]],
    ["destructuring", "const { x, y } = this.thread; return 1;", ["syntax-refused error 2:6"]],
    ["a missing first value", "let s; s = 1; return s;", ["no-first-value error 2:4"]],
    ["a missing return", "const s = k;", ["no-return error 1:9"]],
    ["an empty return", "return;", ["no-return error 2:0"]],
    ["a path without a return", "if (k > 0) { return 1; }", ["no-return error 1:9"]],
    ["an unknown name", "return q + k;", ["unknown-name error 2:7"]],
    ["a name used before it is declared", "const s = t; const t = 1; return s;", ["unknown-name error 2:10"]],
    ["a name of an inner block", "if (k > 0) { const t = 1; } return t;", ["unknown-name error 2:35"]],
    ["a constant without its path", "return c;", ["unknown-name error 2:7"]],
    ["a constant that is not there", "return this.constants.d;", ["unknown-name error 2:7"]],
    ["globalThis", "return globalThis.process.pid;", ["outside error 2:7"]],
    ["process", "return process;", ["outside error 2:7"]],
    ["require", "return require('fs');", ["outside error 2:7", "not-a-number error 2:15"]],
    ["eval", "return eval('1');", ["outside error 2:7", "not-a-number error 2:12"]],
    ["Function", "return Function('return 1')();", ["call-refused error 2:7"]],
    ["a constructor", "return this.constructor.constructor;", ["outside error 2:7"]],
    ["a prototype", "return a.prototype;", ["outside error 2:7"]],
    ["__proto__ by index", "return a['__proto__'][0];", ["outside error 2:9"]],
    ["__proto__ of the constants", "return this.constants.__proto__;", ["outside error 2:7"]],
    ["toString of the constants", "return this.constants.toString;", ["unknown-name error 2:7"]],
    ["Math by index", "return Math['pow'](2, k);", ["call-refused error 2:7"]],
    ["bare this", "return this;", ["this error 2:7"]],
    ["other parts of this", "return this.color(1, 2, 3);", ["call-refused error 2:7"]],
    ["an axis that is not there", "return this.thread.z;", ["dimensions-differ error 2:7"]],
    ["too few indices", "return a[this.thread.x];", ["dimensions-differ error 2:7"]],
    ["too many indices", "return b[0][0];", ["dimensions-differ error 2:7"]],
    ["a field as a number", "return a + 1;", ["dimensions-differ error 2:7"]],
    ["a number as a field", "return k[0];", ["dimensions-differ error 2:7"]],
    ["a property of a field", "return a.length;", ["outside error 2:7"]],
    ["writing a field", `a[0][0] = 1;\nreturn ${A};`, ["input-written error 2:0"]],
    ["writing a number", "k += 1; return k;", ["input-written error 2:0"]],
    ["counting a number up", "k++; return k;", ["input-written error 2:0"]],
    ["writing the cell's index", "this.thread.x = 1; return k;", ["input-written error 2:0"]],
    ["writing a const", "const s = 1; s = 2; return s;", ["constant-written error 2:13"]],
    ["an index that is never inside", "return b[this.thread.x + 6];", ["index-outside error 2:9"]],
    ["a negative index", "return b[-1];", ["index-outside error 2:9"]],
    ["Math.random", "return Math.random();", ["math-random error 2:7"]],
    ["a function that Math does not have", "return Math.gamma(k);", ["math-unknown error 2:7"]],
    ["a function that is left out", "return Math.fround(k);", ["math-unknown error 2:7"]],
    ["a constant that Math does not have", "return Math.TAU;", ["math-unknown error 2:7"]],
    ["too few arguments", "return Math.pow(k);", ["math-arguments error 2:7"]],
    ["too many arguments", "return Math.exp(k, 2);", ["math-arguments error 2:7"]],
    ["recursion", "return f(a, b, k, n);", ["recursion error 2:7"]],
    ["a call of something else", "return k(1);", ["call-refused error 2:7"]],
    [
      "an arrow function within",
      "const g = () => 1; return g();",
      ["arrow-function error 2:10", "call-refused error 2:26"],
    ],
    ["a function within", "function g() { return 1; }\nreturn k;", ["one-function error 2:0"]],
    [
      "an assignment within an expression",
      "let s = 0; return (s = k);",
      ["assignment-in-expression error 2:19"],
    ],
    ["counting up within an expression", "let s = 0; return s++;", ["assignment-in-expression error 2:18"]],
    ["bits", "return k & 1;", ["bitwise error 2:7"]],
    ["bits set", "let s = 1; s |= 2; return s;", ["bitwise error 2:11"]],
    ["not of bits", "return ~k;", ["bitwise error 2:7"]],
    ["a number that decides", "if (k) { return 1; }\nreturn 2;", ["not-a-decision error 2:4"]],
    ["a number after !", "return !k ? 1 : 2;", ["not-a-decision error 2:8"]],
    ["a decision as a number", "return k > 1;", ["not-a-number error 2:7"]],
    ["a decision in arithmetic", "return 1 + (k > 1);", ["not-a-number error 2:12"]],
    ["text", "return 'a';", ["not-a-number error 2:7"]],
    ["a template", "return `a`;", ["syntax-refused error 2:7"]],
    ["an object", "return { a: 1 };", ["syntax-refused error 2:7"]],
    ["Infinity", "return Infinity;", ["not-finite error 2:7"]],
    ["NaN", "return NaN;", ["not-finite error 2:7"]],
    ["a number beyond a float", "return 1e39;", ["literal-too-large error 2:7"]],
    ["a number too near to 0", "return 1e-39;", ["literal-too-small error 2:7"]],
    ["a division by 0", "return k / 0;", ["division-by-zero error 2:7"]],
    ["a remainder by 0", "return k % (1 - 1);", ["division-by-zero error 2:7"]],
    ["arithmetic beyond a float", "return this.constants.big * 1e30;", ["literal-too-large error 2:7"]],
    ["the logarithm of a negative number", "return Math.log(-1);", ["not-finite error 2:7"]],
    ["an array of one", "const v = [k]; return v[0];", ["array-length error 2:10"]],
    ["an array of five", "const v = [k, 1, 2, 3, 4]; return v[0];", ["array-length error 2:10"]],
    ["an array index that is not there", "const v = [1, k]; return v[2];", ["array-index error 2:25"]],
    ["an array index of any number", "const v = [1, k]; return v[k];", ["array-index error 2:25"]],
    ["an array as a result", "return [1, k];", ["array-place error 2:7"]],
    ["an array as a number", "const v = [1, k]; return v;", ["array-place error 2:25"]],
    ["a name twice", "const s = 1; const s = 2; return s;", ["syntax error 2:19"]],
    ["a local named as an input", "const a = 1; return a;", ["syntax error 2:6"]],
    ["new", "return new Date();", ["syntax-refused error 2:7"]],
    ["await", "return await k;", ["syntax error 2:7"]],
    ["a comma", "return (k, 1);", ["syntax-refused error 2:8"]],
    ["??", "return k ?? 1;", ["syntax-refused error 2:7"]],
    ["a label", "out: for (let i = 0; i < 2; i++) { break out; }\nreturn 1;", ["syntax-refused error 2:0"]],
    ["debugger", "debugger; return 1;", ["syntax-refused error 2:0"]],
    ["typeof", "return typeof k;", ["syntax-refused error 2:7"]],
  ];
  for (const [what, body, expected] of refused)
    it(`refuses ${what}`, () => assert.deepEqual(inBody(body), expected));

  const warned: readonly [string, string, string[]][] = [
    [
      "a neighbour without a clamp",
      "return a[this.thread.y][this.thread.x - 1];",
      ["index-outside warning 2:24"],
    ],
    [
      "a neighbour on the other side",
      "return a[this.thread.y + 1][this.thread.x];",
      ["index-outside warning 2:9"],
    ],
    [
      "a test on the wrong side",
      `const x = this.thread.x; return x < 7 ? a[0][x - 1] : ${A};`,
      ["index-outside warning 2:45"],
    ],
    ["an index of any number", "return b[Math.floor(k)];", ["index-outside warning 2:9"]],
    ["an index that is not whole", "return b[this.thread.x * 0.5];", ["index-not-whole warning 2:9"]],
    [
      "an index that was counted",
      "let i = 0; i += 1; return b[i];",
      ["index-outside warning 2:28", "index-not-whole warning 2:28"],
    ],
    [
      "an index that rounding may carry outside",
      "return b[Math.floor(n * 0.2999999)];",
      ["index-outside warning 2:9"],
    ],
    [
      "an index by way of numbers that are too large",
      "return b[this.thread.y + 1e9 - 1e9];",
      ["index-outside warning 2:9"],
    ],
    ["comparing fractions", `return ${A} === 0.1 ? 1 : 0;`, ["equality-of-fractions warning 2:7"]],
    ["a whole number that a float does not hold", "return k + 16777217;", ["literal-not-exact warning 2:11"]],
    ["a statement that nothing reaches", "return 1;\nreturn k;", ["unreachable warning 3:0"]],
    ["a statement without effect", "k + 1; return k;", ["no-effect warning 2:0"]],
  ];
  for (const [what, body, expected] of warned)
    it(`warns of ${what}`, () => assert.deepEqual(inBody(body), expected));

  it("tells several errors of one source, in their order, each with its end", () => {
    const source =
      "function f(a, b, k, n) {\n  a[0][0] = q;\n  while (k > 0) {}\n  return Math.random() + b;\n}";
    assert.deepEqual(told(source), [
      "input-written error 2:2",
      "unknown-name error 2:12",
      "loop-unbounded error 3:2",
      "math-random error 4:9",
      "dimensions-differ error 4:25",
    ]);
    const spec = specOf("function f() {}", INPUTS, [8, 4]);
    const first = lintKernel(source, spec).find((remark) => remark.code === "input-written")!;
    assert.deepEqual([first.endLine, first.endColumn], [2, 9]);
  });

  const heads: readonly [string, string, string[]][] = [
    ["an exported function", "export function f(a, b, k, n) { return k; }", []],
    ["comments around it", "// film\nfunction f(a, b, k, n) { return k; } // end", []],
    ["nothing", "", ["source-empty error 1:0"]],
    ["blanks", " \n ", ["source-empty error 1:0"]],
    ["a comment alone", "// nothing", ["one-function error 1:0"]],
    ["an arrow function", "(a, b, k, n) => k", ["arrow-function error 1:0"]],
    ["a named arrow function", "const f = (a, b, k, n) => k;", ["arrow-function error 1:0"]],
    ["a function and more", "function f(a, b, k, n) { return k; }\nconst z = 1;", ["one-function error 2:0"]],
    ["an import", "import x from 'fs';\nfunction f(a, b, k, n) { return k; }", ["one-function error 1:0"]],
    [
      "two functions",
      "function f(a, b, k, n) { return k; }\nfunction g() { return 1; }",
      ["one-function error 2:0"],
    ],
    ["an async function", "async function f(a, b, k, n) { return k; }", ["syntax-refused error 1:0"]],
    ["a generator", "function* f(a, b, k, n) { return k; }", ["syntax-refused error 1:0"]],
    ["parameters in another order", "function f(b, a, k, n) { return k; }", ["parameters-differ error 1:11"]],
    ["a missing parameter", "function f(a, b, k) { return k; }", ["parameters-differ error 1:11"]],
    ["a default", "function f(a, b, k, n = 1) { return k; }", ["parameters-differ error 1:20"]],
    ["a bracket too few", "function f(a, b, k, n) {\n  return (k;\n}", ["syntax error 2:11"]],
    ["source that is too long", `${" ".repeat(10_000_000)}x`, ["source-too-long error 1:0"]],
    ["binary rubbish", "\u0000\u0001\ufffd{", ["syntax error 1:0"]],
    ["brackets without end", "(".repeat(90_000), ["too-deep error 1:0"]],
  ];
  for (const [what, source, expected] of heads)
    it(`reads ${what}`, () => assert.deepEqual(told(source), expected));

  it("tells what is nested too deeply", () => {
    const deep = (depth: number): string[] => {
      const remarks = inBody(`return ${"(1 + ".repeat(depth)}k${")".repeat(depth)};`);
      return [...new Set(remarks.map((remark) => remark.split(" ")[0]!))];
    };
    assert.deepEqual(deep(100), []);
    for (const depth of [300, 15_000]) assert.deepEqual(deep(depth), ["too-deep"]);
    assert.deepEqual(inBody(`return k${" + k".repeat(200)};`), []);
    assert.equal(inBody(`return k${" + k".repeat(20_000)};`).length, 1);
    assert.ok(
      inBody(`${"{".repeat(300)} return k; ${"}".repeat(300)}`).some((remark) =>
        remark.startsWith("too-deep"),
      ),
    );
  });

  it("tells the first of very many errors", () => {
    const source = `function f(a, b, k, n) { ${"q = 1; ".repeat(10_000)} return k; }`;
    assert.equal(lintKernel(source, specOf("function f() {}", INPUTS, [8, 4])).length, 200);
    const late = `function f(a, b, k, n) { ${"k + 1; ".repeat(300)} return q; }`;
    assert.ok(told(late).some((remark) => remark.startsWith("unknown-name error")));
    assert.throws(
      () => compiledKernel(specOf(source, INPUTS, [8, 4]), "film"),
      (fault: Error) => {
        assert.match(fault.message, /^film: 1:\d+ q is not declared/);
        assert.match(fault.message, /\n {2}and more \(rung kernel lint tells more\)$/);
        return true;
      },
    );
  });

  it("tells of an input that is never read", () => {
    const spec = specOf("function f() {}", INPUTS, [8, 4]);
    const remarks = lintKernel("function f(a, b, k, n) { return k; }", spec);
    assert.deepEqual(
      remarks.map((remark) => `${remark.code} ${remark.column}`),
      ["input-unused 11", "input-unused 14", "input-unused 20"],
    );
  });
});
