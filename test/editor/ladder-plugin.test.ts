import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import plugin from "../../editor-plugins/rung-ladder/rung-ladder.ts";
import { closeServices } from "../../runtime/host/services.ts";
import { draw } from "../ladder/draw.ts";

interface Answer {
  readonly declaredRoles: Record<string, unknown>;
  readonly twins: readonly { readonly wired: number; readonly held: number }[];
}

describe("editor plugin: the ladder's runtime half", () => {
  let folder: string;
  const homeBefore = process.env.RUNG_HOME;
  before(async () => {
    await closeServices();
    folder = mkdtempSync(join(tmpdir(), "rung-plugin-"));
    mkdirSync(join(folder, "node_modules/fancy"), { recursive: true });
    const manifest = {
      name: "fancy",
      "node-red": {},
      rung: { roles: { "fancy-detector": "detect", "fancy-source": "source" } },
    };
    writeFileSync(join(folder, "node_modules/fancy/package.json"), JSON.stringify(manifest));
    process.env.RUNG_HOME = join(folder, "home");
  });
  after(async () => {
    await closeServices();
    if (homeBefore === undefined) delete process.env.RUNG_HOME;
    else process.env.RUNG_HOME = homeBefore;
    rmSync(folder, { recursive: true });
  });

  it("judges with the roles of installed packages, and hands them to the editor", async () => {
    const events = new EventEmitter();
    const heard = new EventEmitter();
    const warned: string[] = [];
    let answer: (request: unknown, response: unknown) => void = () => assert.fail("no route");
    plugin({
      events,
      settings: { userDir: folder },
      comms: { publish: (_topic: string, report: Answer) => heard.emit("report", report) },
      log: { warn: (text: string) => warned.push(text), error: (text: string) => assert.fail(text) },
      auth: { needsPermission: () => () => undefined },
      httpAdmin: {
        get: (_path: string, _needs: unknown, handler: typeof answer) => {
          answer = handler;
        },
      },
    } as never);
    const flows = draw("src opcua-source > st state > his history; st > x 'fancy-detector'");
    const published = once(heard, "report");
    events.emit("flows:started", { config: { flows } });
    const [report] = (await published) as [Answer];
    const roles = { "fancy-detector": { role: "detect", by: "fancy" } };
    assert.deepEqual(report.declaredRoles, roles);
    assert.deepEqual([report.twins[0]!.wired, report.twins[0]!.held], [2, 0]);
    assert.deepEqual(warned, [
      'ladder: fancy: role of fancy-source is ignored: "source" is no role that a package may declare',
    ]);
    const served = await new Promise<Answer>((resolve) => answer({}, { json: resolve }));
    assert.deepEqual(served.declaredRoles, roles);
    assert.equal(served.twins[0]!.wired, 2);
  });
});
