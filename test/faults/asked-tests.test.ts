import assert from "node:assert/strict";
import { askedTests } from "./asked-tests.ts";

describe("faults that are asked for", () => {
  const asked = (...args: string[]): string[] => ["a cut", "A kill", "disk full"].filter(askedTests(args));

  it("are those that mocha runs", () => {
    assert.deepEqual(asked("test/faults/faults.test.ts", "--exit"), ["a cut", "A kill", "disk full"]);
    assert.deepEqual(asked("-g", "cut|full"), ["a cut", "disk full"]);
    assert.deepEqual(asked("--grep=/^a /i"), ["a cut", "A kill"]);
    assert.deepEqual(asked("-f", "kill", "x.test.ts"), ["A kill"]);
    assert.deepEqual(asked("--invert", "-g", "kill"), ["a cut", "disk full"]);
  });
});
