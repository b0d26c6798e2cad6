import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NodeAPI } from "node-red";
import plugin from "../../editor-plugins/rung-ladder/rung-ladder.ts";
import { closeServices, services } from "../../runtime/host/services.ts";
import { draw, OVEN } from "./draw.ts";
import { record } from "./ladder-rig.ts";

type Handler = (request: { query: object }, response: object) => void;

/** What the plugin gets of Node-RED, and what it makes of it. */
class FakeRed {
  readonly routes = new Map<string, { permission: string; handler: Handler }>();
  readonly logged: string[] = [];
  readonly #started: ((event: object) => void)[] = [];

  readonly api = {
    events: { on: (_: string, listener: (event: object) => void) => this.#started.push(listener) },
    comms: { publish: () => undefined },
    settings: {},
    auth: { needsPermission: (permission: string) => permission },
    log: {
      info: (text: string) => this.logged.push(`info ${text}`),
      warn: (text: string) => this.logged.push(`warn ${text}`),
    },
    httpAdmin: {
      get: (path: string, permission: string, handler: Handler) =>
        this.routes.set(path, { permission, handler }),
    },
  } as unknown as NodeAPI;

  deploy(flows: unknown): void {
    for (const started of this.#started) started({ config: { flows } });
  }

  get(path: string, query: object): Promise<{ status: number; body: Record<string, unknown> }> {
    return new Promise((resolve) => {
      let status = 200;
      const response = {
        status: (code: number) => {
          status = code;
          return response;
        },
        json: (body: Record<string, unknown>) => resolve({ status, body }),
      };
      this.routes.get(path)!.handler({ query }, response);
    });
  }
}

describe("ladder: changes over the admin route and in the log", () => {
  const before_ = process.env.RUNG_HOME;
  let home: string;
  let red: FakeRed;
  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), "rung-route-"));
    process.env.RUNG_HOME = home;
    red = new FakeRed();
    plugin(red.api);
    services().evidence.put(record(1, "holds"));
    red.deploy(draw("src opcua-source > st state > his history; st > det detect"));
    const ladder = services().ladder();
    await new Promise<void>((resolve) => ladder.subscribe(() => resolve()));
    services().evidence.put(record(1, "fails", { cause: "no sample from zone 3 for 12 s" }));
    ladder.evaluate();
  });
  afterEach(async () => {
    await closeServices();
    if (before_ === undefined) delete process.env.RUNG_HOME;
    else process.env.RUNG_HOME = before_;
    rmSync(home, { recursive: true, force: true });
  });
  const ask = (query: object) => red.get("/rung/ladder/changes", query);

  it("asks for the right to read", () => {
    assert.equal(red.routes.get("/rung/ladder/changes")!.permission, "rung.read");
  });

  it("gives the changes of a twin page by page, the newest first", async () => {
    const { body } = await ask({ twin: OVEN, kind: "held", limit: "1" });
    const [fall] = body.changes as { from: number; cause: string; timeUs: number }[];
    assert.deepEqual([fall!.from, fall!.cause], [1, "1 descriptive: no sample from zone 3 for 12 s"]);
    assert.equal(body.before, fall!.timeUs);
    const older = await ask({ twin: OVEN, kind: "held", before: String(body.before) });
    assert.equal(older.body.before, null);
    const rest = (older.body.changes as { to: number; timeUs: number }[]).map(({ to }) => to);
    assert.deepEqual(rest, [1]);
    assert.deepEqual((await ask({ twin: "a/b" })).body, { changes: [], before: null });
  });

  it("refuses a question that makes no sense, naming what is wrong", async () => {
    for (const [query, words] of [
      [{ limit: "0" }, /limit: must be a whole number from 1 to 1000, got "0"/],
      [{ limit: "" }, /limit: must be a whole number/],
      [{ from: "yesterday" }, /from: must be a whole number/],
      [{ kind: "all" }, /kind: must be held or row, got "all"/],
      [{ twin: ["a", "b"] }, /twin: must be one address/],
    ] as const) {
      const { status, body } = await ask(query);
      assert.equal(status, 400);
      assert.equal(body.code, "bad-question");
      assert.match(String(body.message), words);
    }
  });

  it("logs what held rungs change to", () => {
    assert.deepEqual(red.logged, [
      `info ladder: ${OVEN} rose from 0 to 1: 1 descriptive: age p99 0.25 s`,
      `warn ladder: ${OVEN} fell from 1 to 0: 1 descriptive: no sample from zone 3 for 12 s`,
    ]);
  });
});
