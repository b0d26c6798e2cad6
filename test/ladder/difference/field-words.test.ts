import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FIELD_LABELS, fieldWords, nameInWords } from "../../../runtime/ladder/difference/field-words.ts";
import { PALETTE_NAMES, typeInWords } from "../../../runtime/ladder/difference/node-names.ts";

const NODES = new URL("../../../nodes/", import.meta.url).pathname;
/** A label that is a whole sentence beside a tick box makes no good name. */
const LONGEST_LABEL = 40;

interface Form {
  readonly type: string;
  readonly paletteLabel: string | undefined;
  /** Property -> the text of its label. */
  readonly labels: ReadonlyMap<string, string>;
}

/** Every form of ours with the labels of its fields. */
function forms(): Form[] {
  return readdirSync(NODES, { withFileTypes: true })
    .filter((rung) => rung.isDirectory())
    .flatMap((rung) =>
      readdirSync(join(NODES, rung.name), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(NODES, rung.name, entry.name)),
    )
    .filter((folder) => existsSync(join(folder, "labels.json")))
    .map((folder) => {
      const html = readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".html"))
        .map((name) => readFileSync(join(folder, name), "utf8"))
        .join("\n");
      const texts = JSON.parse(readFileSync(join(folder, "labels.json"), "utf8"))["en-US"];
      const labels = new Map<string, string>();
      const label = /<label for="node-(?:config-)?input-(\w+)"[^>]*>(?:(?!<\/label>).)*?data-i18n="(\w+)"/g;
      for (const [, property, key] of html.matchAll(label)) {
        // The unit stands behind the value in a sentence.
        const text = String(texts[key!]).replace(/,? \(?(ms|s)\)?$/, "");
        if (property !== "name" && text.length <= LONGEST_LABEL) labels.set(property!, text);
      }
      return {
        type: /registerType\(\s*["']([^"']+)/.exec(html)![1]!,
        paletteLabel: /paletteLabel: "([^"]+)"/.exec(html)?.[1]?.replace("\u2011", "-"),
        labels,
      };
    });
}

describe("words for fields and types", () => {
  it("are those of the forms", () => {
    const all = forms();
    assert.ok(all.length >= 29);
    for (const { type, labels, paletteLabel } of all) {
      for (const [property, text] of labels) {
        const { label } = fieldWords(type, property);
        assert.equal(label, text, `${type}: put ${property}: "${text}" into FIELD_LABELS`);
      }
      if (paletteLabel !== undefined) assert.equal(typeInWords(type), paletteLabel);
    }
  });

  it("hold no label that no form has, and none that the name says anyway", () => {
    const known = new Map(forms().map(({ type, labels }) => [type, labels]));
    for (const [type, labels] of Object.entries(FIELD_LABELS)) {
      for (const [property, label] of Object.entries(labels)) {
        assert.equal(known.get(type)?.get(property), label, `${type} ${property}`);
        assert.notEqual(label, nameInWords(property), `${type} ${property}`);
      }
    }
    for (const type of Object.keys(PALETTE_NAMES)) assert.ok(known.has(type), type);
  });

  it("take the unit from the name", () => {
    assert.deepEqual(fieldWords("rung-forecast", "horizonS"), { label: "Horizon", unit: " s" });
    assert.deepEqual(fieldWords("rung-optimise", "peakMostC"), { label: "Metal at most", unit: " °C" });
    assert.deepEqual(fieldWords("x", "maxInputAgeMs"), { label: "Max input age", unit: " ms" });
    assert.deepEqual(fieldWords("x", "QOS"), { label: "Qos", unit: "" });
  });
});
