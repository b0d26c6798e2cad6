import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../runtime/cli/layout.ts";
import { caughtOutput } from "./caught-output.ts";

const at = (path: string): string => join(import.meta.dirname, "../..", path);
const caught = (...args: string[]) => caughtOutput(() => run(args));
const PLANT = at("examples/data/plant/leipzig.layout.yaml");

describe("rung layout", () => {
  it("counts the parts of the shipped layout, all of which the shipped flows tell of", async () => {
    const { code, out } = await caught(PLANT, "--flows", at("flows"));
    assert.equal(out, "Plant Leipzig: 3 shops, 20 stations, 12 conveyors, 4 robots, robots of 1 cell\n");
    assert.equal(code, 0);
  });

  it("answers no, and names them, where no twin tells of parts", async () => {
    const { code, out } = await caught(
      at("examples/data/plant/agvs.layout.yaml"),
      "--flows",
      at("flows"),
      "--json",
    );
    assert.equal(code, 1);
    assert.deepEqual(
      JSON.parse(out).withoutTwin.map(({ id }: { id: string }) => id),
      ["press1", "press2", "agv1", "agv2"],
    );
  });

  it("says what is wrong with the input", async () => {
    const { code, err } = await caught(at("README.md"));
    assert.deepEqual([code, /README\.md:\d+: /.test(err)], [2, true]);
    const { code: none, err: said } = await caught();
    assert.deepEqual([none, said], [2, "rung layout: name one layout file (rung help layout)\n"]);
    assert.equal((await caught(PLANT, "--flows", "/nowhere")).code, 2);
  });
});
