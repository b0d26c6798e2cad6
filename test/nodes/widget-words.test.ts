import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parse } from "@vue/compiler-sfc";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** What stands in a template as it is in every language. */
const PROPER = new Set(["Rung", "CSV", "JSON", "mm"]);
const SPOKEN = /^(title|aria-label|placeholder|alt|note|empty|aria-roledescription)$/;

interface TemplateNode {
  readonly type: number;
  readonly content?: unknown;
  readonly name?: string;
  readonly value?: { readonly content: string };
  readonly props?: readonly TemplateNode[];
  readonly children?: readonly TemplateNode[];
}
/** Of the template's syntax tree: a text, and an attribute that is not bound. */
const TEXT = 2;
const ATTRIBUTE = 6;

/** Texts and spoken attributes that stand in a template word for word. */
function fixedTexts(node: TemplateNode): string[] {
  const own =
    node.type === TEXT
      ? [String(node.content)]
      : (node.props ?? [])
          .filter(({ type, name = "" }) => type === ATTRIBUTE && SPOKEN.test(name))
          .map(({ value }) => value?.content ?? "");
  const words = own.map((text) => text.trim()).filter((text) => /\p{L}{2}/u.test(text) && !PROPER.has(text));
  return [...words, ...(node.children ?? []).flatMap(fixedTexts)];
}

/** Paths of all leaves, and the kind of each. */
function leaves(words: unknown, path = ""): string[] {
  if (typeof words === "function") return [`${path}: function of ${words.length}`];
  if (typeof words !== "object" || words === null) return [`${path}: ${typeof words}`];
  return Object.entries(words).flatMap(([key, value]) => leaves(value, `${path}/${key}`));
}
function texts(words: unknown): string[] {
  if (typeof words === "string") return [words];
  return typeof words === "object" && words !== null ? Object.values(words).flatMap(texts) : [];
}

describe("what is written for people, in English and German", () => {
  it("stands in no widget's template word for word", () => {
    const files = globSync("nodes/dashboard/**/*.vue", { cwd: ROOT });
    assert.ok(files.length > 15, `${files.length} templates`);
    for (const file of files) {
      const { descriptor } = parse(readFileSync(join(ROOT, file), "utf8"));
      assert.deepEqual(fixedTexts(descriptor.template!.ast as unknown as TemplateNode), [], file);
    }
  });

  it("has every word of a widget in both languages", async () => {
    let modules = 0;
    for (const file of globSync("nodes/dashboard/**/*{words,text}.ts", { cwd: ROOT })) {
      const exported = (await import(pathToFileURL(join(ROOT, file)).href)) as Record<string, unknown>;
      for (const words of Object.values(exported) as { en?: unknown; de?: unknown }[]) {
        if (words.en === undefined) continue;
        modules++;
        assert.deepEqual(leaves(words.de), leaves(words.en), file);
        assert.deepEqual(
          [...texts(words.en), ...texts(words.de)].filter((text) => text.trim() === ""),
          [],
          file,
        );
      }
    }
    assert.ok(modules >= 8, `${modules} modules of words`);
  });

  it("has every label of a node in both languages, and help in both", () => {
    const folders = globSync("nodes/*/*/labels.json", { cwd: ROOT });
    assert.ok(folders.length > 30, `${folders.length} nodes`);
    for (const file of folders) {
      const labels = JSON.parse(readFileSync(join(ROOT, file), "utf8"));
      assert.deepEqual(leaves(labels.de).sort(), leaves(labels["en-US"]).sort(), file);
      assert.deepEqual(
        [...texts(labels.de), ...texts(labels["en-US"])].filter((text) => text.trim() === ""),
        [],
        file,
      );
      for (const language of ["en", "de"]) {
        const help = readFileSync(join(ROOT, file, "..", `help.${language}.md`), "utf8");
        assert.ok(help.trim().length > 100, `${file}: help in ${language}`);
      }
    }
  });
});
