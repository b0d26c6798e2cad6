import assert from "node:assert/strict";
import { RefusedRequests } from "../../runtime/act/audit/refused-requests.ts";
import { HostWatch } from "../../runtime/act/host-watch.ts";
import { untrustedText } from "../../runtime/act/untrusted-text.ts";
import { TWIN } from "./oven-envelope.ts";

describe("refused requests in the audit", () => {
  it("tell the first at once and the next ones together, counted, of no more than some kinds", () => {
    const lines: Record<string, unknown>[] = [];
    const refused = new RefusedRequests((event, data) => {
      assert.equal(event, "request-refused");
      lines.push(data);
    });
    refused.add("wrong-token", "POST /proposals");
    assert.deepEqual(lines, [{ times: { "wrong-token POST /proposals": 1 } }]);
    for (let i = 0; i < 500; i++) refused.add("wrong-token", "POST /proposals");
    for (let i = 0; i < 100; i++) refused.add("bad-request", `GET /${i}`);
    assert.equal(lines.length, 1, "a line for each would fill a disk");
    refused.tellNow();
    const { times } = lines[1] as { times: Record<string, number> };
    assert.equal(times["wrong-token POST /proposals"], 500);
    assert.equal(
      Object.values(times).reduce((sum, count) => sum + count, 0),
      600,
    );
    assert.equal(Object.keys(times).length, 17);
    assert.equal(times.others, 85);
    refused.tellNow();
    assert.equal(lines.length, 2, "nothing came since");
  });
});

describe("texts of untrusted things", () => {
  it("are short and never throw", () => {
    const deep = JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`);
    const odd = JSON.parse('{"toString": 1, "valueOf": 1}');
    for (const [thing, text] of [
      [null, ""],
      [undefined, ""],
      [odd, "(an object)"],
      [Object.create(null), "(an object)"],
      [deep, "(an object)"],
      [Number.NaN, "NaN"],
      [true, "true"],
      ["x".repeat(301), "x".repeat(300)],
    ] as const)
      assert.equal(untrustedText(thing), text);
    assert.equal(untrustedText("abcdef", 4), "abcd");
  });

  it("do not end the actuator where a host reports row 4 by them", () => {
    const host = new HostWatch(5_000);
    for (const [row, said] of [
      [null, /is not reported$/],
      [{ holds: false, cause: { toString: 1 } }, /does not hold: \(an object\)$/],
      [{ holds: "true" }, /does not hold/],
      [{ holds: 1 }, /does not hold/],
    ] as const) {
      host.beat({ rowFour: { [TWIN]: row } }, 0);
      assert.match(host.rowFour(TWIN)!, said);
    }
  });
});
