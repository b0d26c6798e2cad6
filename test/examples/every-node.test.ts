import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { analyse } from "../../runtime/ladder/wiring.ts";
import { type ExampleNode, examples, nodeFolders, root } from "./example-files.ts";

/** What a node's form registers, as far as a saved node depends on it. */
interface Definition {
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly inputs?: number;
  readonly outputs?: number;
  readonly category: string;
  readonly icon?: string;
}

/** Beside Rung's own, an example uses these only. */
const PLAIN = ["tab", "comment", "inject", "debug", "function"];
const DASHBOARD = ["ui-base", "ui-page", "ui-group", "ui-theme"];
/** What the editor saves of every node, whatever its defaults. */
const OF_THE_EDITOR = ["id", "type", "z", "g", "d", "x", "y", "wires", "name", "info"];

const typeOf = (folder: string): string => {
  const [rung, name] = folder.split("/") as [string, string];
  return rung === "dashboard" ? `ui-rung-${name}` : `rung-${name}`;
};

const read = (...path: string[]): string => readFileSync(join(root, ...path), "utf8");
const form = (folder: string): string => read("nodes", folder, `${folder.split("/")[1]}.html`);

/** Runs a form's script as the editor would, and takes what it registers. */
function definitionOf(folder: string): Definition {
  const registered: Definition[] = [];
  const anything: unknown = new Proxy(() => anything, { get: () => anything, set: () => true });
  const nodes = { registerType: (_type: string, definition: Definition) => registered.push(definition) };
  const RED = new Proxy({}, { get: (_target, key) => (key === "nodes" ? nodes : anything), set: () => true });
  for (const [, script] of form(folder).matchAll(/<script type="text\/javascript">([\s\S]*?)<\/script>/g))
    runInNewContext(script!, { RED, $: anything, window: anything, document: anything });
  assert.equal(registered.length, 1, `${folder} registers one type`);
  return registered[0]!;
}

const folders = nodeFolders();
const all = examples();
const definitions = new Map(folders.map((folder) => [typeOf(folder), definitionOf(folder)]));

describe("every node has what a user looks for", () => {
  for (const folder of folders) {
    const [rung, name] = folder.split("/") as [string, string];
    it(folder, () => {
      const literal = [...form(folder).matchAll(/registerType\(\s*"([^"]+)"/g)].map(([, type]) => type);
      assert.deepEqual(literal, [typeOf(folder)], "its form registers its type by a literal");

      const { category, icon } = definitions.get(typeOf(folder))!;
      const shelf =
        rung === "config" ? "config" : rung === "dashboard" ? "rung dashboard" : rung.replace("-", " ");
      assert.equal(category, shelf);
      assert.ok(read("nodes", folder, "icon.svg").includes("<svg"), "its icon is a drawing");
      if (icon !== undefined) assert.equal(icon, `${typeOf(folder)}.svg`);

      for (const help of ["help.en.md", "help.de.md"])
        assert.ok(read("nodes", folder, help).trim().length > 100, `${help} says something`);

      const labels = JSON.parse(read("nodes", folder, "labels.json")) as Record<
        string,
        Record<string, string>
      >;
      assert.deepEqual(Object.keys(labels).sort(), ["de", "en-US"]);
      assert.deepEqual(Object.keys(labels.de!).sort(), Object.keys(labels["en-US"]!).sort());
      const wanted = [...form(folder).matchAll(/data-i18n="(?:\[[\w-]+\])?([\w.]+)"/g)].map(
        ([, key]) => key!,
      );
      for (const key of wanted) assert.ok(key in labels.de!, `label ${key} is there`);

      const example = all.find((one) => one.name === folder);
      assert.ok(example, `examples/${rung}/${name}.json is there`);
      assert.ok(
        example.nodes.some(({ type }) => type === typeOf(folder)),
        "its example holds it",
      );
    });
  }
});

describe("every example can be imported", () => {
  const shipped = new Map<string, ExampleNode>();
  for (const file of readdirSync(join(root, "flows/config")))
    for (const node of JSON.parse(read("flows/config", file)) as ExampleNode[]) shipped.set(node.id, node);
  const owner = new Map<string, string>();

  it("for every node that is there, and no other", () => {
    assert.deepEqual(all.map(({ name }) => name).sort(), [...folders].sort());
  });

  for (const { name, nodes } of all) {
    describe(name, () => {
      it("is plain JSON as it is read back: no key stands twice in a node", () => {
        assert.equal(read("examples", `${name}.json`), `${JSON.stringify(nodes, null, 2)}\n`);
      });

      it("has a tab, a comment that says what will be seen, and known nodes only", () => {
        const [tab] = nodes.filter(({ type }) => type === "tab");
        assert.equal(nodes.filter(({ type }) => type === "tab").length, 1);
        const comment = nodes.find(({ type }) => type === "comment");
        assert.match(String(comment?.info), /You will see/);
        assert.equal(tab!.info, comment!.info);
        for (const node of nodes) {
          const known =
            definitions.has(node.type) || PLAIN.includes(node.type) || DASHBOARD.includes(node.type);
          assert.ok(known, `${node.id} is a ${node.type}`);
          assert.ok(node.z === undefined || node.z === tab!.id, `${node.id} stands on the tab`);
          // Node-RED takes a config node for circular when one of its values is its own id.
          for (const [key, value] of Object.entries(node))
            assert.ok(key === "id" || value !== node.id, `${node.id}: ${key} is its own id`);
        }
        for (const file of nodes.flatMap(({ file, map }) => [file, map]))
          if (typeof file === "string" && file.startsWith("examples/"))
            assert.ok(existsSync(join(root, file)), `${file} is there`);
      });

      it("holds just the properties that the forms save, and as many wires as there are outputs", () => {
        for (const node of nodes) {
          const definition = definitions.get(node.type);
          if (definition === undefined) continue;
          const saved = Object.keys(node).filter((key) => !OF_THE_EDITOR.includes(key));
          const expected = Object.keys(definition.defaults).filter((key) => !OF_THE_EDITOR.includes(key));
          assert.deepEqual(saved.sort(), expected.sort(), node.id);
          if (definition.category === "config") continue;
          assert.equal((node.wires as unknown[]).length, definition.outputs ?? 0, `outputs of ${node.id}`);
        }
        const ids = new Set(nodes.map(({ id }) => id));
        for (const { id, wires } of nodes)
          for (const to of (wires as string[][] | undefined)?.flat() ?? [])
            assert.ok(ids.has(to), `${id} is wired to ${to}`);
      });

      it("shares a node with others, or with the shipped flows, only where it is the same", () => {
        for (const node of nodes) {
          const same = shipped.get(node.id);
          if (same !== undefined) assert.deepEqual(node, same);
          else if (!owner.has(node.id)) owner.set(node.id, name);
          else assert.equal(owner.get(node.id), name, `${node.id} belongs to another example`);
        }
      });

      it("is wired for what its twins aim at, without a warning", () => {
        const { twins, errors, unguardedOutputs } = analyse([...nodes]);
        assert.deepEqual(errors, []);
        assert.deepEqual(unguardedOutputs, []);
        for (const { address, wired, target, warnings } of twins) {
          if (shipped.has(nodes.find((node) => node.address === address)?.id ?? "")) continue;
          assert.ok(wired >= (target ?? 0), `${address} is wired for ${wired}, wanted ${target}`);
          const codes = warnings.map(({ code }) => code).filter((code) => code !== "recorded-source");
          assert.deepEqual(codes, [], address);
        }
      });
    });
  }
});
