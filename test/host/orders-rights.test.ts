import assert from "node:assert/strict";
import { join } from "node:path";
import { addEveryRole, HostProcess, removeHome, temporaryHome, writeFlowFile } from "./host-process.ts";

const FLOW = [
  { id: "t1", type: "tab", label: "Orders" },
  {
    id: "mes",
    type: "rung-orders",
    z: "t1",
    name: "from the MES",
    version: 1,
    intake: "paint",
    x: 100,
    y: 40,
    wires: [[], []],
  },
];
const ROLES = ["viewer", "operator", "engineer", "admin"];

describe("orders by REST behind the host's sign-in", function () {
  this.timeout(30_000);
  let home: string;
  let host: HostProcess;

  before(async () => {
    home = temporaryHome();
    await addEveryRole(home);
    writeFlowFile(join(home, "flows"), "orders.json", FLOW);
    host = await HostProcess.start(home);
  });
  after(async () => {
    await host.stop();
    removeHome(home);
  });

  const post = (token: string | undefined, body: string) =>
    host.as(token, "/orders/paint", {
      method: "POST",
      body,
      headers: { "Content-Type": "application/json" },
    });

  it("are read by everyone signed in, written by operators and above, and by nobody else", async () => {
    const tokens = await Promise.all(ROLES.map((role) => host.signIn(role)));
    assert.equal((await post(undefined, '{"id":"0"}')).status, 401);
    assert.equal(
      (await host.as(undefined, "/orders/paint", { headers: { accept: "application/json" } })).status,
      401,
    );
    const wrote = [];
    for (const [i, token] of tokens.entries())
      wrote.push((await post(token, JSON.stringify({ id: ROLES[i] }))).status);
    assert.deepEqual(wrote, [403, 200, 200, 200]);
    for (const token of tokens) {
      const response = await host.as(token, "/orders/paint");
      assert.equal(response.status, 200);
      const { orders } = (await response.json()) as { orders: { id: string }[] };
      assert.deepEqual(orders.map(({ id }) => id).sort(), ["admin", "engineer", "operator"]);
    }
  });

  it("and the palette holds no nodes that only the tests need", async () => {
    const nodes = await host.as(await host.signIn("admin"), "/editor/nodes", {
      headers: { accept: "application/json" },
    });
    const types = ((await nodes.json()) as { types: string[] }[]).flatMap((set) => set.types);
    assert.ok(types.includes("rung-orders") && types.includes("rung-ingest"));
    assert.deepEqual(
      types.filter((type) => /modbus/i.test(type)),
      [],
    );
  });
});
