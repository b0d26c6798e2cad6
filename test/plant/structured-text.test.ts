import assert from "node:assert/strict";
import { compile, Instance } from "./structured-text/machine.ts";
import { blockOf } from "./structured-text/plc-texts.ts";

/** A block with one variable of each kind round the given lines. */
const text = (body: string, more = ""): string => `
  FUNCTION_BLOCK Probe
  VAR_INPUT x : LREAL; r : REAL; u : UDINT; b : BOOL; END_VAR
  VAR_OUTPUT y : LREAL; s : REAL; n : DINT; c : BOOL; t : TIME; END_VAR
  VAR timer : TON; ${more} END_VAR
  VAR CONSTANT k : LREAL := 2.5; END_VAR
  ${body}
  END_FUNCTION_BLOCK`;

const ran = (body: string, inputs: Record<string, number | boolean> = {}): Instance => {
  const probe = new Instance(blockOf("Probe", text(body)));
  for (const [name, value] of Object.entries(inputs)) probe.set(name, value);
  probe.scan({ tickMs: 0 });
  return probe;
};

describe("test/plant: interpreter of Structured Text", () => {
  it("takes names and keywords in either case, and passes over comments", () => {
    assert.equal(ran("(* one\n two *) If TRUE then Y := K; end_if;").get("y"), 2.5);
  });

  const truths: [string, Record<string, number | boolean>, boolean][] = [
    ["b OR NOT b AND FALSE", { b: false }, false],
    ["b OR TRUE AND FALSE", { b: true }, true],
    ["NOT b OR TRUE", { b: true }, true],
    ["x < 1.0 = b", { x: 0, b: true }, true],
    ["-x > 1.0", { x: -2 }, true],
    ["u <> 4294967295", { u: 4294967295 }, false],
    ["x <= k", { x: 2.5 }, true],
    ["x < k", { x: Number.NaN }, false],
    ["x > k", { x: Number.NaN }, false],
    ["x <= k", { x: Number.NaN }, false],
    ["x >= k", { x: Number.NaN }, false],
  ];
  for (const [expression, inputs, expected] of truths) {
    it(`${expression} with ${JSON.stringify(inputs)} is ${expected}`, () => {
      assert.equal(ran(`c := ${expression};`, inputs).get("c"), expected);
    });
  }

  it("rounds a REAL to its 24 bits and leaves an LREAL alone", () => {
    const probe = ran("s := LREAL_TO_REAL(x) - 0.1; y := x - 0.1;", { x: 197.3 });
    assert.equal(probe.get("s"), Math.fround(Math.fround(197.3) - Math.fround(0.1)));
    assert.equal(probe.get("y"), 197.3 - 0.1);
  });

  it("a TON runs from the rising edge of IN, holds at PT, and does not see its counter wrap", () => {
    const timer = new Instance(
      blockOf("Probe", text("timer(IN := b, PT := UDINT_TO_TIME(u)); c := timer.Q; t := timer.ET;")),
    );
    timer.set("u", 100);
    timer.set("b", true);
    const at = (tickMs: number): unknown[] => {
      timer.scan({ tickMs });
      return [timer.get("c"), timer.get("t")];
    };
    assert.deepEqual(at(2 ** 32 - 40), [false, 0]);
    assert.deepEqual(at(59), [false, 99]);
    assert.deepEqual(at(60), [true, 100]);
    assert.deepEqual(at(5_000), [true, 100]);
    timer.set("b", false);
    assert.deepEqual(at(5_001), [false, 0]);
    timer.set("u", 0);
    timer.set("b", true);
    assert.deepEqual(at(5_002), [true, 0]);
  });

  it("a warm start keeps what is RETAIN, also in a block within a block, and nothing else", () => {
    const block = blockOf(
      "Outer",
      `FUNCTION_BLOCK Inner
       VAR_INPUT go : BOOL; END_VAR
       VAR_OUTPUT a : LREAL; b : LREAL; END_VAR
       VAR RETAIN kept : LREAL := 1.0; END_VAR
       VAR lost : LREAL := 1.0; END_VAR
       kept := kept + 1.0; lost := lost + 1.0; a := kept; b := lost;
       END_FUNCTION_BLOCK
       PROGRAM Outer
       VAR_OUTPUT a : LREAL; b : LREAL; END_VAR
       VAR inner : Inner; END_VAR
       inner(go := TRUE); a := inner.a; b := inner.b;
       END_PROGRAM`,
    );
    const first = new Instance(block);
    first.scan({ tickMs: 0 });
    first.scan({ tickMs: 0 });
    const again = first.afterWarmStart();
    assert.deepEqual([again.get("a"), again.get("b")], [0, 0]);
    again.scan({ tickMs: 0 });
    assert.deepEqual([again.get("a"), again.get("b")], [4, 2]);
  });

  const refused: [string, string, RegExp][] = [
    ["a loop", "WHILE b DO n := 1; END_WHILE;", /expected a name, found WHILE/],
    ["CASE", "CASE n OF 1: n := 2; END_CASE;", /expected a name, found CASE/],
    ["RETURN", "RETURN;", /expected a name, found RETURN/],
    ["an unknown operator", "c := b XOR b;", /expected ;, found XOR/],
    ["an unknown symbol", "c := b & b;", /"& b;/],
    ["an unknown function", "y := SQRT(x);", /SQRT of LREAL is not known/],
    ["a conversion of the wrong type", "s := LREAL_TO_REAL(r);", /LREAL_TO_REAL of REAL is not known/],
    ["an unknown name", "y := z;", /Z is not known/],
    ["an unknown output", "c := timer.QX;", /TIMER.QX is not known/],
    ["an input read from outside", "c := timer.IN;", /TIMER.IN is not known/],
    ["an unknown input", "timer(INX := b);", /INX is no input of TON/],
    ["a call of what is no block", "x(IN := b);", /X is no function block here/],
    ["a write to an input", "x := 1.0;", /X is an input or a constant/],
    ["a write to a constant", "k := 1.0;", /K is an input or a constant/],
    ["an implicit conversion", "y := r;", /expected LREAL, found REAL/],
    ["a real from an integer's digits", "y := 1;", /expected LREAL, found an integer/],
    ["an integer's arithmetic", "c := u + 1 = u;", /\+ of UDINT is not known/],
    ["an equality of REALs", "c := x = k;", /= of LREAL is not known/],
    ["a negative UDINT", "c := u = -1;", /- of an integer is not known/],
    ["numbers without a type", "c := 1 < 2;", /nothing tells the type/],
    ["an order of BOOLs", "c := b < b;", /< of BOOL is not known/],
    ["a comment in a comment", "(* a (* b *) *)", /a comment in a comment/],
    ["a comment without an end", "(* a", /has no end/],
    ["a line comment", "// a", /"\/\/ a/],
    ["a hexadecimal number", "n := 16#FF;", /is not known/],
    ["an IF without an end", "IF b THEN n := 1;", /expected a name, found END_FUNCTION_BLOCK/],
    ["what follows the end of a line", "n := 1", /expected ;/],
    ["code that is never run", "IF FALSE THEN y := z; END_IF;", /Z is not known/],
  ];
  for (const [what, body, message] of refused) {
    it(`refuses ${what}`, () => assert.throws(() => compile(text(body)), message));
  }

  const declarations: [string, string, RegExp][] = [
    ["an unknown type", "z : STRING;", /the type STRING is not known/],
    ["an address", "z AT : BOOL;", /expected :, found AT/],
    ["an array", "z : ARRAY [1];", /"\[1\]/],
    ["a name that stands twice", "x : BOOL;", /X stands twice/],
    ["a block with a value", "z : TON := 1;", /a TON stands in VAR, without a value/],
    ["an initial value that is a name", "z : LREAL := k;", /an initial value is a number/],
    ["an initial value out of range", "z : UDINT := 4294967296;", /4294967296 is no UDINT/],
  ];
  for (const [what, more, message] of declarations) {
    it(`refuses ${what} among the variables`, () => {
      assert.throws(() => compile(text("n := 1;", more)), message);
    });
  }

  it("refuses other sections, other units, and a unit that stands twice", () => {
    assert.throws(() => compile("FUNCTION F : INT END_FUNCTION"), /expected FUNCTION_BLOCK or PROGRAM/);
    assert.throws(() => compile(text("n := 1;").replace("VAR_INPUT", "VAR_IN_OUT")), /found VAR_IN_OUT/);
    assert.throws(() => compile(text("n := 1;"), text("n := 1;")), /PROBE stands twice/);
    assert.throws(() => compile(text("n := 1;").replace("TON", "TOF")), /the type TOF is not known/);
  });

  it("refuses values from outside that a variable cannot hold", () => {
    const probe = new Instance(blockOf("Probe", text("n := 1;")));
    for (const value of [-1, 0.5, 2 ** 32, Number.NaN, true])
      assert.throws(() => probe.set("u", value), /is no UDINT/);
    assert.throws(() => probe.set("q", 1), /PROBE has no q/);
    assert.throws(() => compile(text("timer();")), /expected a name, found \)/);
    assert.throws(() => ran("t := UDINT_TO_TIME(u);", { u: 2 ** 31 }), /2147483648 is no TIME/);
  });
});
