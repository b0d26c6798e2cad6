import assert from "node:assert/strict";
import { readAnchorSettings } from "../../../runtime/act/audit/anchor-settings.ts";

describe("where the audit is anchored", () => {
  const read = (given: unknown) => readAnchorSettings(given, "settings.json", "/var/lib/rung-act");

  it("is nowhere unless said, or where it is said", () => {
    assert.deepEqual(read(undefined), {});
    const given = {
      anchorFile: "/var/log/rung/anchors.jsonl",
      syslog: true,
      syslogPort: 5514,
      journal: false,
    };
    assert.deepEqual(read(given), given);
  });

  for (const [given, says] of [
    [null, /audit: must be an object/],
    [[], /must be an object/],
    [{ anchorfile: "/x" }, /anchorfile is unknown \(known are anchorFile/],
    [{ anchorFile: "anchors.jsonl" }, /must be an absolute path/],
    [{ anchorFile: 1 }, /must be an absolute path/],
    [{ anchorFile: "/var/lib/rung-act/anchors.jsonl" }, /in the actuator's own directory/],
    [{ anchorFile: "/var/lib/x/../rung-act/a/b" }, /in the actuator's own directory/],
    [{ syslog: "yes" }, /syslog must be true or false/],
    [{ journal: 1 }, /journal must be true or false/],
    [{ syslogPort: 0 }, /syslogPort must be a port/],
    [{ syslogPort: "514" }, /syslogPort must be a port/],
  ] as const) {
    it(`refuses ${JSON.stringify(given)}`, () => {
      assert.throws(() => read(given), says);
    });
  }
});
