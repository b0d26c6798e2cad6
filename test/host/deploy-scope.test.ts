import assert from "node:assert/strict";
import { deployWithin } from "../../runtime/host/deploy-scope.ts";
import { bindEditor, type EditorRuntime } from "../../runtime/host/editor-scope.ts";
import type { FlowNode } from "../../runtime/host/flow-files.ts";
import { FlowShops } from "../../runtime/host/flow-shops.ts";

const PAINT = "acme/leipzig/paint/oven1";
const BODY = "acme/leipzig/body/robot1";
const painter = { name: "pia", role: "engineer" as const, scopes: ["acme/leipzig/paint"] };
const chief = { name: "carl", role: "engineer" as const, scopes: [""] };

/** Two shops, a tab of nobody, and all that they share. */
const FLOW: readonly FlowNode[] = [
  { id: "tp", type: "tab", label: "paint" },
  { id: "tb", type: "tab", label: "body" },
  { id: "tn", type: "tab", label: "mail" },
  { id: "oven", type: "rung-twin", name: "Oven 1", address: PAINT },
  { id: "robot", type: "rung-twin", name: "Robot 1", address: BODY },
  { id: "plc", type: "rung-opcua-link", name: "both PLCs" },
  { id: "plcp", type: "rung-opcua-link", name: "paint PLC" },
  { id: "plcb", type: "rung-opcua-link", name: "body PLC" },
  { id: "idle", type: "rung-opcua-link", name: "unused PLC" },
  { id: "page", type: "ui-page", name: "Paint" },
  { id: "group", type: "ui-group", name: "Oven", page: "page" },
  { id: "sub", type: "subflow", name: "smooth" },
  { id: "insub", type: "function", z: "sub", func: "return msg" },
  { id: "srcp", type: "rung-opcua-source", z: "tp", link: "plc", twin: "oven", wires: [["fp"]] },
  { id: "fp", type: "function", z: "tp", wires: [["widget", "outp"]] },
  { id: "srcp2", type: "rung-opcua-source", z: "tp", link: "plcp", twin: "oven", wires: [[]] },
  { id: "widget", type: "ui-text", z: "tp", group: "group" },
  { id: "outp", type: "link out", z: "tp", links: ["inp"] },
  { id: "inp", type: "link in", z: "tp", links: ["outp"], wires: [[]] },
  { id: "instp", type: "subflow:sub", z: "tp", wires: [[]] },
  { id: "srcb", type: "rung-opcua-source", z: "tb", link: "plc", twin: "robot", wires: [["fb"]] },
  { id: "srcb2", type: "rung-opcua-source", z: "tb", link: "plcb", twin: "robot", wires: [[]] },
  { id: "fb", type: "function", z: "tb", wires: [[]] },
  { id: "inb", type: "link in", z: "tb", links: [], wires: [["fb"]] },
  { id: "fn", type: "function", z: "tn", wires: [[]] },
];

/** The flow with some nodes changed, added or (null) removed. */
function changed(changes: Record<string, object | null>): FlowNode[] {
  const rest = FLOW.filter(({ id }) => changes[id] !== null).map((node) => ({
    ...node,
    ...changes[node.id],
  }));
  const added = Object.entries(changes).filter(
    ([id, node]) => node !== null && !FLOW.some((one) => one.id === id),
  );
  return [...rest, ...added.map(([id, node]) => ({ id, ...node }) as FlowNode)];
}
/** What a deploy by the painter is refused with; undefined where it is made. */
function refusal(changes: Record<string, object | null>): string | undefined {
  return refused(FLOW, changed(changes));
}
function refused(
  before: readonly FlowNode[],
  after: readonly FlowNode[],
  person = painter,
): string | undefined {
  try {
    deployWithin(person, before, after);
    return undefined;
  } catch (thrown) {
    assert.equal((thrown as { code?: string }).code, "outside-scope");
    return (thrown as Error).message;
  }
}

describe("shops of a flow", () => {
  const shops = new FlowShops(FLOW);
  const of = (id: string) => [...shops.addressesOf(id)].sort();

  it("are read off the twins of its tabs", () => {
    for (const id of ["tp", "fp", "widget", "oven", "page", "group", "plcp", "sub", "insub"])
      assert.deepEqual(of(id), [PAINT], id);
    for (const id of ["tb", "fb", "robot", "plcb"]) assert.deepEqual(of(id), [BODY], id);
    assert.deepEqual(of("plc"), [BODY, PAINT]);
    for (const id of ["tn", "fn", "idle", "nobody", ""]) assert.deepEqual(of(id), [], id);
  });

  it("hold nothing of nobody's for who has a scope, and everything for who has none", () => {
    assert.deepEqual(
      FLOW.map(({ id }) => id).filter((id) => shops.isWithin(painter, id)),
      FLOW.map(({ id }) => id).filter((id) => of(id).join() === PAINT),
    );
    assert.equal(
      FLOW.every(({ id }) => shops.isWithin(chief, id)),
      true,
    );
    assert.equal(shops.isWithin({ scopes: ["acme/leipzig/paint", "acme/leipzig/body"] }, "plc"), true);
  });

  it("see a twin that is named in an environment, by its address, or inside a subflow", () => {
    const named: Record<string, object>[] = [
      { instp: { env: [{ name: "TWIN", type: "str", value: "robot" }] } },
      { tp: { env: [{ name: "TWIN", type: "str", value: "robot" }] } },
      { fp: { topic: `${BODY}/joint1/current` } },
      { insub: { rules: [{ twin: "robot" }] } },
      { more: { type: "rung-twin", z: "tp", address: BODY } },
    ];
    for (const changes of named)
      assert.deepEqual(
        [...new FlowShops(changed(changes)).addressesOf("fp")].sort(),
        [BODY, PAINT],
        JSON.stringify(changes),
      );
    assert.deepEqual([...new FlowShops(changed({ fp: { name: BODY } })).addressesOf("fp")], [PAINT]);
  });

  it("know nodes inside a subflow by the id they run under", () => {
    const inside = new FlowShops(changed({ instb: { type: "subflow:sub", z: "tb", wires: [[]] } }));
    assert.equal(inside.isRunningWithin(painter, "instp-insub"), true);
    assert.equal(inside.isRunningWithin(painter, "instb-insub"), false);
    // Two ids of which one begins the other are not one inside the other.
    assert.equal(inside.isRunningWithin(painter, "fp-insub"), false);
    assert.equal(inside.isRunningWithin(painter, ""), false);
  });

  it("survive subflows that stand in each other", () => {
    const circle = changed({
      s2: { type: "subflow", name: "other" },
      in2: { type: "subflow:s2", z: "sub", wires: [[]] },
      back: { type: "subflow:sub", z: "s2", wires: [[]] },
      deep: { type: "rung-state", z: "s2", twin: "robot", wires: [[]] },
    });
    for (const id of ["tp", "sub", "s2", "back"])
      assert.deepEqual([...new FlowShops(circle).addressesOf(id)].sort(), [BODY, PAINT], id);
  });
});

describe("a deploy by somebody with a scope", () => {
  it("may do all within it", () => {
    const allowed: Record<string, object | null>[] = [
      {},
      { fp: { name: "renamed", x: 10 }, tp: { label: "paint shop" } },
      { fp: { credentials: { token: "x" } } },
      { srcp2: null, plcp: null },
      { oven: { objective: "less gas" }, group: { width: 6 }, insub: { func: "return null" } },
      {
        fresh: { type: "tab", label: "paint 2" },
        s: { type: "rung-state", z: "fresh", twin: "oven", wires: [[]] },
      },
      { s: { type: "rung-opcua-source", z: "tp", link: "idle", twin: "oven", wires: [[]] } },
      { s: { type: "rung-opcua-source", z: "tp", link: "plc", twin: "oven", wires: [[]] } },
    ];
    for (const changes of allowed) assert.equal(refusal(changes), undefined, JSON.stringify(changes));
  });

  it("may touch nothing else, and is told what it touched", () => {
    const refused: [Record<string, object | null>, RegExp][] = [
      [
        { fb: { x: 10 } },
        /it touches tab "body" \(acme\/leipzig\/body\/robot1\); pia may touch acme\/leipzig\/paint \(/,
      ],
      [{ fb: null }, /tab "body"/],
      [{ fb: { credentials: { token: "x" } } }, /tab "body"/],
      [{ tb: null, fb: null, srcb: null, srcb2: null, inb: null }, /tab "body"/],
      [{ extra: { type: "inject", z: "tb", wires: [["fb"]] } }, /tab "body"/],
      // Moved in or out, or made one's own by a twin of one's own.
      [{ fb: { z: "tp" } }, /tab "body"/],
      [{ fp: { z: "tb" } }, /tab "body"/],
      [{ srcb: { twin: "oven" }, srcb2: { twin: "oven" } }, /tab "body"/],
      [
        { robot: { address: "acme/leipzig/paint/robot1" } },
        /rung-twin "Robot 1" \(acme\/leipzig\/body\/robot1\)/,
      ],
      [{ oven: { address: "acme/leipzig/body/oven1" } }, /rung-twin "Oven 1" \(acme\/leipzig\/body\/oven1\)/],
      [
        { s: { type: "rung-state", z: "tp", twin: "robot", wires: [[]] } },
        /tab "paint" \(acme\/leipzig\/body\/robot1, /,
      ],
      // Shared with others, or nobody's.
      [
        { plc: { endpoint: "opc.tcp://elsewhere" } },
        /rung-opcua-link "both PLCs" \(acme\/leipzig\/body\/robot1, /,
      ],
      [{ fn: { x: 10 } }, /tab "mail" \(has no twin, so it is in nobody's scope\)/],
      [{ idle: { name: "mine" } }, /rung-opcua-link "unused PLC" \(has no twin/],
      [{ env: { type: "global-config", env: [] } }, /global-config "env" \(has no twin/],
      [{ fresh: { type: "tab", label: "empty" } }, /tab "empty" \(has no twin/],
      // Led into by a wire without a wire, or used without asking.
      [{ outp: { links: ["inp", "inb"] } }, /tab "body" \(.*\), which tab "paint" would lead to/],
      [
        { s: { type: "rung-opcua-source", z: "tp", link: "plcb", twin: "oven", wires: [[]] } },
        /rung-opcua-link "body PLC" \(.*\), which tab "paint" would lead to/,
      ],
    ];
    for (const [changes, says] of refused)
      assert.match(refusal(changes) ?? "deployed", says, JSON.stringify(changes));
  });

  it("finds a change that stands beside the unchanged node under one id", () => {
    const twice = [...FLOW, { ...FLOW.find(({ id }) => id === "fb")!, func: "return null" }];
    assert.match(refused(FLOW, twice) ?? "deployed", /tab "body"/);
    assert.match(refused(FLOW, twice.toReversed()) ?? "deployed", /tab "body"/);
  });

  it("names three places and counts the rest", () => {
    assert.match(refused(FLOW, []) ?? "deployed", /; and \d+ more; pia may touch/);
    assert.equal(refused(FLOW, [], chief), undefined);
    assert.match(
      refused(FLOW, changed({ fp: { x: 1 } }), { ...painter, scopes: [] }) ?? "deployed",
      /may touch nothing/,
    );
  });

  it("takes what the editor rewrites by itself for no change, and leaves others' nodes to the letter", () => {
    const frame = { x: 14, y: 19, w: 300, h: 80 };
    const grouped = [
      ...FLOW,
      { id: "gb", type: "group", z: "tb", nodes: ["fb"] },
      { id: "gp", type: "group", z: "tp" },
    ];
    const rewritten = grouped.map((node) => {
      if (node.type === "group") return { ...node, ...frame };
      return Array.isArray(node.wires) ? { ...node, wires: [...node.wires, [], []], outputs: 1 } : node;
    });
    const made = deployWithin(painter, grouped, rewritten);
    for (const [i, node] of made.entries()) {
      const isOwn = ["tp", "sub"].includes(String(node.z));
      assert.deepEqual(node, isOwn ? rewritten[i] : grouped[i], node.id);
    }
    const moved = rewritten.map((node) => (node.id === "fb" ? { ...node, wires: [["srcb"], []] } : node));
    assert.match(refused(grouped, moved) ?? "deployed", /tab "body"/);
  });
});

describe("a deploy in the editor by somebody with a scope", () => {
  it("is refused where an id occurs twice, since a check by ids sees one of the two", async () => {
    const twin = { id: "twin", type: "rung-twin", address: "acme/leipzig/paint/cell1" };
    const running = [{ id: "paint", type: "tab" }, twin] as FlowNode[];
    let deployed = 0;
    const act = async () => undefined;
    const flows = {
      getFlows: async () => ({ flows: running, rev: "1" }),
      setFlows: async () => {
        deployed++;
      },
      addFlow: act,
      updateFlow: act,
      deleteFlow: act,
      setState: act,
      getNodeCredentials: act,
    };
    const runtime: EditorRuntime = {
      flows,
      context: { getValue: act, delete: act },
      comms: { addConnection: act },
    };
    bindEditor(runtime, {
      personNamed: () => painter,
      shops: () => new FlowShops(running),
      isReadOnly: false,
    });
    const setFlows = flows.setFlows as unknown as (options: object) => Promise<void>;
    const deploy = (nodes: FlowNode[]) =>
      setFlows({ user: { username: "pia" }, flows: { flows: nodes, rev: "1" } });
    await deploy(running);
    assert.equal(deployed, 1);
    await assert.rejects(deploy([...running, twin as FlowNode]), { code: "malformed-flow", status: 400 });
    assert.equal(deployed, 1);
  });
});
