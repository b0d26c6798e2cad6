import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { runInNewContext } from "node:vm";
import { missingPeers } from "../../bench/links/peers.ts";
import { analyse } from "../../runtime/ladder/wiring.ts";
import { skipOrFail } from "../needs.ts";
import { draw, type Node, OVEN } from "./draw.ts";
import { FIVE, FOUR } from "./fixtures/fixture.ts";

const root = join(import.meta.dirname, "../..");
const require = createRequire(import.meta.url);

const jsonFilesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .map((name) => join(folder, name));
const read = (file: string): unknown => JSON.parse(readFileSync(file, "utf8"));

/** A node type as its form registers it in the editor. */
interface Registered {
  readonly type: string;
  readonly isConfig: boolean;
  readonly inputs: number;
  readonly outputs: number;
  readonly defaults: Readonly<Record<string, { value?: unknown } | undefined>>;
}

/** Runs the forms of a pack as the editor does, and takes down what they register. */
function registeredBy(forms: readonly string[]): Registered[] {
  const found: Registered[] = [];
  /** Stands in for everything else a form touches. */
  const anything: object = new Proxy(() => anything, {
    get: (_, name) => (name === "length" ? 0 : anything),
  });
  const nodes = {
    registerType: (type: string, form: Record<string, unknown>) =>
      found.push({
        type,
        isConfig: form.category === "config",
        inputs: Number(form.inputs ?? 0),
        outputs: Number(form.outputs ?? 0),
        defaults: (form.defaults ?? {}) as Registered["defaults"],
      }),
  };
  const RED = new Proxy({ nodes }, { get: (own, name) => (name === "nodes" ? own.nodes : anything) });
  for (const form of forms) {
    for (const [, script] of readFileSync(form, "utf8").matchAll(
      /<script(?![^>]*(?:text\/html|text\/x-red|src=))[^>]*>([\s\S]*?)<\/script>/g,
    )) {
      if (script!.includes("registerType"))
        runInNewContext(script!, { RED, $: anything, window: {}, console });
    }
  }
  return found;
}

/** A node as the editor makes it when it is dropped on the canvas. */
const dropped = (id: string, { type, isConfig, defaults }: Registered): Node => ({
  ...Object.fromEntries(Object.entries(defaults).map(([name, field]) => [name, field?.value])),
  id,
  type,
  ...(isConfig ? {} : { z: "tab", x: 1, y: 1, wires: [[]] }),
});

/** The loop on rung 5 with this node on its only way from optimise to the envelope. */
const between = (node: Node): Node[] => [
  ...draw(`${FOUR} opt > p 'function' > env envelope > act actuate`).filter(({ id }) => id !== "p"),
  { ...node, id: "p", wires: [["env"]] },
];

const verdictOn = (flow: unknown) => {
  const wiring = analyse(flow);
  const { twins, errors, unguardedOutputs } = wiring;
  return { wiring, errors, unguardedOutputs, oven: twins.find(({ address }) => address === OVEN)! };
};

describe("foreign flows", () => {
  describe("the example flows of Node-RED", () => {
    const folder = join(dirname(require.resolve("@node-red/nodes/package.json")), "examples");
    const files = jsonFilesIn(folder);
    const WRITERS = [
      "mqtt out",
      "http request",
      "tcp out",
      "tcp request",
      "udp out",
      "websocket out",
      "exec",
    ];

    it("are many", () => assert.ok(files.length > 100, `${files.length} files in ${folder}`));

    it("have no error, no twin, and exactly their writers as unguarded outputs", () => {
      for (const file of files) {
        const flow = read(file) as Node[];
        const { twins, errors, unguardedOutputs, notAnalysable } = analyse(flow);
        assert.deepEqual(errors, [], file);
        assert.deepEqual(twins, [], file);
        const writers = flow.filter(({ type, d }) => WRITERS.includes(type) && d !== true);
        assert.deepEqual(
          unguardedOutputs.map(({ node }) => node).sort(),
          writers.map(({ id }) => id).sort(),
          file,
        );
        for (const { node } of notAnalysable) {
          const { type, linkType } = flow.find(({ id }) => id === node)!;
          assert.ok(
            ["function", "change", "link out"].includes(type) || linkType === "dynamic",
            `${file}: ${node} is a ${type}`,
          );
        }
      }
    });

    it("beside a loop leave it on rung 5", () => {
      for (const file of files) {
        const { errors, oven } = verdictOn([...draw(FIVE), ...(read(file) as Node[])]);
        assert.deepEqual(errors, [], file);
        assert.deepEqual([oven.class, oven.wired, oven.warnings.length], ["twin", 5, 0], file);
      }
    });
  });

  describe("Dashboard 2", () => {
    const nodes = join(dirname(require.resolve("@flowfuse/node-red-dashboard/package.json")), "nodes");
    const forms = readdirSync(nodes, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".html") && !name.includes("locales"))
      .map((name) => join(nodes, name));
    const types = registeredBy(forms);
    const widgets = types.filter(({ isConfig, inputs, outputs }) => !isConfig && inputs > 0 && outputs > 0);
    const PEOPLE = [
      "ui-button",
      "ui-button-group",
      "ui-dropdown",
      "ui-form",
      "ui-radio-group",
      "ui-slider",
      "ui-switch",
      "ui-table",
    ];

    it("registers what is tested here", () => {
      assert.ok(types.length > 25, `${types.length} types`);
      for (const type of PEOPLE)
        assert.ok(
          widgets.some((widget) => widget.type === type),
          type,
        );
    });

    it("every type, dropped beside a loop, leaves it on rung 5", () => {
      const { errors, unguardedOutputs, oven } = verdictOn([
        ...draw(FIVE),
        ...types.map((type, i) => dropped(`x${i}`, type)),
      ]);
      assert.deepEqual([errors, unguardedOutputs], [[], []]);
      assert.deepEqual([oven.class, oven.wired, oven.warnings], ["twin", 5, []]);
    });

    for (const widget of widgets) {
      const isPerson = PEOPLE.includes(widget.type);
      it(`${widget.type} on the only way to the envelope: ${isPerson ? "a person decides" : "passes on"}`, () => {
        const { errors, oven } = verdictOn(between(dropped("p", widget)));
        assert.deepEqual(errors, []);
        assert.deepEqual([oven.class, oven.wired], ["twin", isPerson ? 4 : 5]);
        assert.deepEqual(
          oven.warnings.map(({ code }) => code),
          isPerson ? ["approval-caps"] : [],
        );
      });
    }
  });

  describe("node-red-contrib-opcua", () => {
    const PACK = join(root, "bench/peers/node_modules/node-red-contrib-opcua/opcua");
    const WRITERS = ["OpcUa-Client", "OpcUa-Method"];
    const TYPES = [
      ...WRITERS,
      "OpcUa-Item",
      "OpcUa-Browser",
      "OpcUa-Server",
      "OpcUa-Event",
      "OpcUa-Rights",
      "OpcUa-Discovery",
    ];
    const plain = (type: string): Registered => ({
      type,
      isConfig: false,
      inputs: 1,
      outputs: 1,
      defaults: {},
    });
    const endpoint: Node = { id: "ep", type: "OpcUa-Endpoint", endpoint: "opc.tcp://127.0.0.1:4840" };

    it("registers what is tested here", function () {
      this.timeout(180_000);
      const missing = missingPeers();
      if (missing !== undefined) skipOrFail(this, missing);
      const forms = readdirSync(PACK).filter((name) => name.endsWith(".html"));
      const types = registeredBy(forms.map((name) => join(PACK, name)));
      assert.deepEqual(types.map(({ type }) => type).sort(), [...TYPES, "OpcUa-Endpoint"].sort());
      const flow = [...draw(FIVE), ...types.map((type, i) => dropped(`x${i}`, type))];
      assert.deepEqual(analyse(flow).errors, []);
    });

    for (const type of TYPES) {
      const isWriter = WRITERS.includes(type);
      it(`${type} behind the loop ${isWriter ? "could write past the envelope" : "writes nothing"}`, () => {
        const { errors, unguardedOutputs, oven } = verdictOn([
          ...draw(`${FIVE} opt > x '${type}'`, { x: { ...dropped("x", plain(type)), endpoint: "ep" } }),
          endpoint,
        ]);
        assert.deepEqual(errors, []);
        assert.deepEqual([oven.class, oven.wired], ["twin", isWriter ? 4 : 5]);
        assert.equal(unguardedOutputs.length, isWriter ? 1 : 0);
      });
    }

    it("read into a state it is no source, through ingest it is one", () => {
      const reading = "t 'inject' > item 'OpcUa-Item' > c 'OpcUa-Client' > f 'function' >";
      const raw = verdictOn([...draw(`${reading} st state > his history`), endpoint]);
      assert.deepEqual([raw.oven.class, raw.oven.wired], ["model", 0]);
      const taken = verdictOn([
        ...draw(`${reading} ing ingest > st state > his history`, { ing: { reality: "live" } }),
        endpoint,
      ]);
      assert.deepEqual([taken.oven.class, taken.oven.wired, taken.oven.reality], ["shadow", 1, "live"]);
    });
  });

  describe("our own flows and examples", () => {
    it("have no error and no label that contradicts the wiring", () => {
      const flow = jsonFilesIn(join(root, "flows")).flatMap((file) => read(file) as Node[]);
      const examples = jsonFilesIn(join(root, "examples")).map(read).filter(Array.isArray);
      assert.ok(examples.length > 20, `${examples.length} examples`);
      for (const nodes of [flow, ...examples]) {
        const { twins, errors } = analyse(nodes);
        const codes = twins.flatMap(({ warnings }) => warnings.map(({ code }) => code));
        assert.deepEqual(errors, []);
        assert.ok(!codes.includes("label-contradicts-wiring"), JSON.stringify(twins));
      }
    });
  });
});
