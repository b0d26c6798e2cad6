import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { FlowNode } from "../../runtime/host/flow-files.ts";
import { FlowStorage } from "../../runtime/host/flow-storage.ts";
import { removeHome, temporaryHome, writeFlowFile } from "./host-process.ts";

const PAINT: FlowNode[] = [
  { id: "t2", type: "tab", label: "Paint shop" },
  { id: "t1", type: "tab", label: "Körper & Türen" },
  { id: "s1", type: "subflow", name: "Dose" },
  { id: "c1", type: "rung-twin", name: "oven 1", version: 1 },
  { id: "c2", type: "rung-historian" },
  { id: "b", type: "inject", z: "t2", x: 100, y: 40, wires: [["a"]], props: [{ p: "payload", vt: "str" }] },
  { id: "a", type: "debug", z: "t2", x: 300, y: 40, wires: [] },
  { id: "d", type: "comment", z: "t1", x: 10, y: 10, wires: [] },
  { id: "e", type: "change", z: "s1", x: 10, y: 10, wires: [[]] },
];

describe("flow storage", () => {
  let home: string;
  let flows: string;
  let said: string[];
  const open = () =>
    new FlowStorage({
      flows,
      credentials: join(home, "credentials.json"),
      onBroken: (text) => said.push(text),
    });
  const files = () =>
    readdirSync(flows, { recursive: true, encoding: "utf8" })
      .filter((name) => name.includes("."))
      .sort();
  const text = (path: string) => readFileSync(join(flows, path), "utf8");

  beforeEach(() => {
    home = temporaryHome();
    flows = join(home, "flows");
    said = [];
  });
  afterEach(() => removeHome(home));

  it("keeps one file per tab, subflow and shared config node, and reads back what it wrote", () => {
    open().save(PAINT);
    assert.deepEqual(files(), [
      "config/rung-historian-c2.json",
      "config/rung-twin-oven-1.json",
      "korper-turen.json",
      "paint-shop.json",
      "subflows/dose.json",
      "tab-order.txt",
    ]);
    const read = open().read();
    assert.deepEqual(
      read.filter((node) => node.type === "tab").map((tab) => tab.id),
      ["t2", "t1"],
    );
    const byId = (nodes: FlowNode[]) => [...nodes].sort((x, y) => (x.id < y.id ? -1 : 1));
    assert.deepEqual(byId(read), byId(PAINT));
    assert.deepEqual(said, []);
  });

  it("writes the same bytes for the same flow, however nodes and keys are ordered", () => {
    open().save(PAINT);
    const before = files().map(text);
    const shuffled = [
      ...PAINT.filter((n) => n.type === "tab"),
      ...PAINT.filter((n) => n.type !== "tab").reverse(),
    ].map((node) => Object.fromEntries(Object.entries(node).reverse()) as unknown as FlowNode);
    open().save(shuffled);
    assert.deepEqual(files().map(text), before);
  });

  it("touches only the lines of a node that moves", () => {
    const storage = open();
    storage.save(PAINT);
    const before = text("paint-shop.json").split("\n");
    storage.save(PAINT.map((node) => (node.id === "a" ? { ...node, x: 320, y: 60 } : node)));
    const after = text("paint-shop.json").split("\n");
    assert.equal(after.length, before.length);
    const changed = after.filter((line, i) => line !== before[i]);
    assert.deepEqual(changed, ['    "x": 320,', '    "y": 60,']);
  });

  it("touches only the lines of a node that is added, and deletes the file of a tab that is removed", () => {
    const storage = open();
    storage.save(PAINT);
    const before = text("paint-shop.json");
    storage.save([
      ...PAINT.filter((n) => n.z !== "t1" && n.id !== "t1"),
      { id: "ab", type: "debug", z: "t2" },
    ]);
    assert.ok(!existsSync(join(flows, "korper-turen.json")));
    const kept = text("paint-shop.json").replace(/ {2}\{\n {4}"id": "ab",[^}]*\},\n/, "");
    assert.equal(kept, before);
  });

  it("keeps a given file name, lets a name made from a label follow the label", () => {
    writeFlowFile(flows, "paint.json", [{ id: "t1", type: "tab", label: "Paint shop" }]);
    const storage = open();
    storage.read();
    storage.save([
      { id: "t1", type: "tab", label: "Paint shop 2" },
      { id: "t2", type: "tab", label: "Flow 1" },
      { id: "t3", type: "tab", label: "Flow 1" },
    ]);
    assert.deepEqual(files(), ["flow-1-t3.json", "flow-1.json", "paint.json", "tab-order.txt"]);
    storage.save([
      { id: "t1", type: "tab", label: "Paint shop 2" },
      { id: "t2", type: "tab", label: "Booth" },
      { id: "t3", type: "tab", label: "Flow 1" },
    ]);
    assert.deepEqual(files(), ["booth.json", "flow-1-t3.json", "paint.json", "tab-order.txt"]);
  });

  it("takes a file written by hand with all in it apart at the next save", () => {
    writeFlowFile(
      flows,
      "paint.json",
      PAINT.filter((node) => node.id !== "t1" && node.z !== "t1"),
    );
    const storage = open();
    storage.save(storage.read());
    assert.deepEqual(files(), [
      "config/rung-historian-c2.json",
      "config/rung-twin-oven-1.json",
      "paint.json",
      "subflows/dose.json",
      "tab-order.txt",
    ]);
    assert.deepEqual(
      JSON.parse(text("paint.json")).map((node: FlowNode) => node.id),
      ["t2", "a", "b"],
    );
  });

  for (const [what, broken] of [
    ["truncated", '[{"id": "t1", "type": "ta'],
    ["empty", ""],
    ["with merge marks", "<<<<<<< HEAD\n[]\n=======\n[]\n>>>>>>> theirs\n"],
    ["no list", '{"id": "t1"}'],
    ["with an entry that is no node", '[{"id": "t1", "type": "tab"}, null]'],
    ["with a node twice", '[{"id": "t1", "type": "tab"}, {"id": "t1", "type": "tab"}]'],
    ["with a node of another file", '[{"id": "t9", "type": "tab"}, {"id": "a", "type": "debug", "z": "t9"}]'],
  ] as const) {
    it(`leaves a file ${what} as it is, names it, and goes on with the rest`, () => {
      writeFlowFile(flows, "a.json", [
        { id: "t8", type: "tab", label: "Booth" },
        { id: "a", type: "debug", z: "t8" },
      ]);
      writeFlowFile(flows, "booth.json", broken);
      writeFlowFile(flows, "tab-order.txt", "booth.json\na.json\n");
      const storage = open();
      const read = storage.read();
      assert.deepEqual(
        read.map((node) => node.id),
        ["t8", "a"],
      );
      assert.equal(said.length, 1);
      assert.ok(said[0]!.startsWith(`${join(flows, "booth.json")}: `), said[0]);
      assert.match(said[0]!, /repair it, or restore it from version control, then restart/);
      assert.equal(storage.brokenFiles, 1);
      // A new tab whose label asks for the broken file's name gets another.
      storage.save([...read, { id: "tn", type: "tab", label: "Booth" }]);
      assert.equal(text("booth.json"), broken);
      assert.ok(existsSync(join(flows, "booth-tn.json")));
      assert.equal(text("tab-order.txt"), "booth.json\na.json\nbooth-tn.json\n");
    });
  }

  it("leaves files alone that it neither read nor wrote", () => {
    const storage = open();
    storage.save(PAINT);
    writeFlowFile(flows, "new-from-git.json", [{ id: "tx", type: "tab", label: "New" }]);
    storage.save(PAINT);
    assert.ok(existsSync(join(flows, "new-from-git.json")));
    assert.ok(
      open()
        .read()
        .some((node) => node.id === "tx"),
    );
  });

  it("refuses a flow with a secret in clear before it writes anything, and says where it stands", () => {
    const storage = open();
    storage.save(PAINT);
    const before = files().map(text);
    const secrets: [object, RegExp][] = [
      [{ password: "hunter2" }, /link \(n\): password/],
      [{ options: { apiKey: "hunter2" } }, /options\.apiKey/],
      [{ url: "https://anna:hunter2@plant.example/x" }, /: url/],
      [{ env: [{ name: "TOKEN", type: "str", value: "hunter2" }] }, /choose the type "credential"/],
    ];
    for (const [property, where] of secrets) {
      const node = { id: "n", type: "x", name: "link", z: "t2", ...property };
      assert.throws(
        () => storage.save([...PAINT, node]),
        (error: Error & { code?: string }) =>
          error.code === "secret-in-flow" && where.test(error.message) && !error.message.includes("hunter2"),
      );
    }
    assert.deepEqual(files().map(text), before);
    storage.save([
      ...PAINT,
      { id: "n", type: "x", z: "t2", password: "$" + "{PLANT_PASSWORD}", secretName: "hall" },
    ]);
  });

  it("strips credentials that Node-RED could not take out", () => {
    open().save([
      { id: "t2", type: "tab", label: "T", env: [{ name: "KEY", type: "cred", value: "hunter2" }] },
      { id: "n", type: "not-installed", z: "t2", credentials: { password: "hunter2" } },
    ]);
    assert.doesNotMatch(text("t.json"), /hunter2|credentials/);
    assert.match(text("t.json"), /"name": "KEY"/);
  });

  it("keeps credentials apart, and sets a broken credential file aside", () => {
    const storage = open();
    assert.deepEqual(storage.readCredentials(), {});
    storage.saveCredentials({ $: "encrypted" });
    assert.deepEqual(open().readCredentials(), { $: "encrypted" });
    writeFlowFile(home, "credentials.json", '{"$": "enc');
    assert.deepEqual(storage.readCredentials(), {});
    assert.match(said[0]!, /credentials\.json: .*set aside as .*credentials\.json\.broken-\d+/);
    const aside = readdirSync(home).find((name) => name.includes(".broken-"))!;
    assert.equal(readFileSync(join(home, aside), "utf8"), '{"$": "enc');
  });

  it("reads an absent folder as no flows", () => {
    rmSync(flows, { recursive: true, force: true });
    assert.deepEqual(open().read(), []);
  });
});
