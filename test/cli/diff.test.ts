import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { main } from "../../runtime/cli/rung.ts";
import { draw, type Node } from "../ladder/draw.ts";
import { skipOrFail } from "../needs.ts";
import { caughtOutput } from "./caught-output.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RUNG = `${process.execPath} --disable-warning=ExperimentalWarning ${join(ROOT, "runtime/cli/rung.ts")}`;
const FLOW = "src opcua-source > st state > his history; st > det detect; st > fc forecast";
const NAMES = {
  tab: { label: "paint" },
  st: { name: "oven 1" },
  fc: { name: "exhaust ahead", horizonS: 300 },
};
const whole = (): Node[] => draw(FLOW, NAMES);
const fallen = (): Node[] =>
  draw("src opcua-source > st state > his history; st > fc forecast", {
    ...NAMES,
    fc: { name: "exhaust ahead", horizonS: 600, x: 700 },
  });
const FALL = "oven 1 fell from 3 to 1 + 3: detect removed";
const SAID = [
  "tab paint",
  "  detect removed",
  "  forecast exhaust ahead: Horizon 300 s -> 600 s",
  "",
  FALL,
  "",
].join("\n");

describe("rung diff", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-diff-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  const file = (name: string, content: unknown): string => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };
  /** Writes a flow as one file per tab and per configuration node. */
  const split = (name: string, nodes: readonly Node[]): string => {
    rmSync(join(folder, name), { recursive: true, force: true });
    file(
      `${name}/paint.json`,
      nodes.filter(({ id, z }) => id === "tab" || z === "tab"),
    );
    for (const node of nodes.filter(({ id, z }) => id !== "tab" && z === undefined))
      file(`${name}/config/${node.id}.json`, [node]);
    return join(folder, name);
  };

  const diff = (...args: string[]) => caughtOutput(() => main(["diff", ...args]));

  it("says what changed between two files, and ends with 1 where a twin fell, 0 where one rose", async () => {
    const [a, b] = [file("a.json", whole()), file("b.json", fallen())];
    assert.deepEqual(await diff(a, b), { code: 1, out: SAID, err: "" });
    const back = await diff(b, a);
    assert.equal(back.code, 0);
    assert.match(back.out, /\noven 1 rose from 1 \+ 3 to 3: detect added\n$/);
    assert.deepEqual(await diff(a, a), {
      code: 0,
      out: "nothing changed but, at most, where nodes stand\n",
      err: "",
    });
  });

  it("merges folders of one file per tab and per configuration node, and compares them with one file", async () => {
    assert.equal((await diff(split("old", whole()), split("new", fallen()))).out, SAID);
    assert.equal((await diff(split("old", whole()), file("one.json", fallen()))).out, SAID);
    assert.equal((await diff(split("old", whole()), file("same.json", { flows: whole() }))).code, 0);
  });

  it("gives the same as JSON", async () => {
    const { code, out } = await diff(file("a.json", whole()), file("b.json", fallen()), "--json");
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(out), {
      places: [
        {
          id: "tab",
          kind: "tab",
          name: "paint",
          sentences: ["detect removed", "forecast exhaust ahead: Horizon 300 s -> 600 s"],
        },
      ],
      twins: [
        {
          address: "acme/leipzig/paint/oven1",
          name: "oven 1",
          sentence: FALL,
          before: { class: "shadow", wired: 3, capabilities: [0, 1, 2, 3] },
          after: { class: "shadow", wired: 1, capabilities: [0, 1, 3] },
          fell: true,
        },
      ],
      problems: [],
      isSame: false,
      errors: [],
    });
  });

  it("knows the roles that packages beside the flows declare", async () => {
    file("site/node_modules/fancy/package.json", {
      name: "fancy",
      "node-red": {},
      rung: { roles: { "fancy-detector": "detect" } },
    });
    const flow = (more: string) =>
      draw(`src opcua-source > st state > his history${more}`, { tab: { label: "paint" } });
    const old = file("site/old.json", flow("; st > x 'fancy-detector'"));
    const { out } = await diff(old, file("site/new.json", flow("")));
    assert.match(out, /\noven 1 fell from 2 to 1: fancy detector removed\n$/);
  });

  it("reads one of the two from the standard input", () => {
    const [node, ...args] = RUNG.split(" ");
    const done = spawnSync(node!, [...args, "diff", file("a.json", whole()), "-"], {
      input: JSON.stringify(fallen()),
      encoding: "utf8",
    });
    assert.deepEqual([done.status, done.stdout, done.stderr], [1, SAID, ""]);
  });

  it("ends with 2 on a whole file it cannot read, and does not take it for an empty one", async () => {
    const a = file("a.json", whole());
    const torn = file("torn.json", '[{"id": "a"');
    const { code, out } = await diff(a, torn);
    assert.equal(code, 2);
    assert.match(out, /^error {2}.*torn\.json: .*JSON.*\n$/);
    assert.equal((await diff(torn, a)).code, 2);
    assert.match((await diff(a, join(folder, "nowhere"))).out, /^error {2}.*nowhere: does not exist\n$/);
    const json = await diff(a, torn, "--json");
    assert.deepEqual(Object.keys(JSON.parse(json.out)), ["errors"]);
  });

  it("names a malformed node of the new flow as an error, of the old one as a remark, and compares the rest", async () => {
    const sound = file("sound.json", whole());
    const bent = file("bent.json", [...whole(), { type: "debug" }]);
    const worse = await diff(sound, bent);
    assert.equal(worse.code, 2);
    assert.match(worse.out, /^nothing changed.*\nerror {2}.*bent\.json \/\d+\/id: a node needs an id/);
    const mended = await diff(bent, sound);
    assert.equal(mended.code, 0);
    assert.match(mended.out, /^nothing changed.*\nold error {2}.*bent\.json \/\d+\/id: a node needs an id/);
  });

  it("refuses what it does not understand with 2 and a sentence", async () => {
    const a = file("a.json", whole());
    const cases: [string[], RegExp][] = [
      [[], /takes the old flow and the new one, got 0/],
      [[a], /got 1 of them/],
      [[a, a, a], /got 3 of them/],
      [["-", "-"], /cannot read both/],
      [["--colour", a, a], /Unknown option/],
      [["--text", a, a], /--text takes one file, got 2/],
      [["--text", join(folder, "nowhere")], /nowhere: does not exist/],
      [["--rev", "HEAD"], /--rev takes one path/],
    ];
    for (const [args, says] of cases) {
      const { code, err } = await diff(...args);
      assert.equal(code, 2, args.join(" "));
      assert.match(err, says);
    }
  });

  it("prints a flow as readable lines in which a move changes nothing", async () => {
    const print = async (nodes: readonly Node[]) => (await diff("--text", file("text.json", nodes))).out;
    const text = await print(whole());
    assert.match(text, /\nforecast exhaust ahead \(tab paint\)\n {2}Horizon: 300 s\n/);
    assert.match(
      text,
      /\nstate oven 1 \(tab paint\)\n {2}Twin: oven 1\n {2}-> detect\n {2}-> forecast exhaust ahead\n/,
    );
    assert.equal(await print(whole().map((node) => ({ ...node, ...(node.x === 1 ? { x: 90 } : {}) }))), text);
    const marked = file("marked.json", `<<<<<<< HEAD\n[]\n"password": "x"\n>>>>>>> other\n`);
    const { code, out } = await diff("--text", marked);
    assert.equal(code, 0, "git would show nothing else");
    assert.match(
      out,
      /^not readable as a flow: .*\n<<<<<<< HEAD\n\[\]\n\(hidden: looks like a secret\)\n>>>>>>> other\n/,
    );
  });

  describe("with git", function () {
    // Each commit under the hook starts Rung twice.
    this.timeout(90_000);
    let repository: string;
    const git = (...args: string[]) => {
      const done = spawnSync("git", ["-c", "core.pager=cat", ...args], {
        cwd: repository,
        encoding: "utf8",
        env: environment(),
      });
      return { code: done.status, out: done.stdout, err: done.stderr };
    };
    const environment = () => ({
      ...process.env,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_SYSTEM: "/dev/null",
      GIT_AUTHOR_NAME: "a",
      GIT_AUTHOR_EMAIL: "a@example.org",
      GIT_COMMITTER_NAME: "a",
      GIT_COMMITTER_EMAIL: "a@example.org",
      RUNG_HOOK_COMMAND: RUNG,
    });
    const commit = (message: string) => {
      assert.equal(git("add", "-A").code, 0);
      return git("commit", "-q", "-m", message);
    };

    before(function () {
      if (spawnSync("git", ["--version"]).status !== 0) skipOrFail(this, "git is not there");
    });
    beforeEach(() => {
      rmSync(join(folder, "plant"), { recursive: true, force: true });
      split("plant/flows", whole());
      repository = join(folder, "plant");
      git("init", "-q", "-b", "main");
      assert.equal(commit("first").code, 0);
    });

    it("compares a revision with the working tree, and two revisions, from any folder", async () => {
      const flows = split("plant/flows", fallen());
      assert.deepEqual(await diff("--rev", "HEAD", flows), { code: 1, out: SAID, err: "" });
      commit("second");
      assert.deepEqual(await diff("--rev", "HEAD", flows), {
        code: 0,
        out: "nothing changed but, at most, where nodes stand\n",
        err: "",
      });
      for (const range of ["HEAD~1", "HEAD~1..HEAD", "HEAD~1..", "main~1...main"])
        assert.deepEqual(await diff("--rev", range, flows), { code: 1, out: SAID, err: "" });
      const alone = await diff("--rev", "HEAD~1..HEAD", join(flows, "paint.json"));
      assert.equal(alone.out, SAID.slice(0, SAID.indexOf("\n\n") + 1), "one tab says nothing of twins");
    });

    it("takes three dots for what a branch did since it left", async () => {
      git("checkout", "-q", "-b", "work");
      split("plant/flows", fallen());
      commit("work");
      git("checkout", "-q", "main");
      split("plant/flows", [...whole(), { id: "new", type: "rung-historian", name: "store" }]);
      commit("meanwhile");
      const flows = join(repository, "flows");
      assert.equal((await diff("--rev", "main...work", flows)).out, SAID);
      assert.match((await diff("--rev", "main..work", flows)).out, /historian store removed/);
    });

    it("takes a folder that is new or gone for a flow without nodes", async () => {
      rmSync(join(repository, "flows"), { recursive: true });
      const gone = await diff("--rev", "HEAD", join(repository, "flows"));
      assert.equal(gone.code, 1);
      assert.match(
        gone.out,
        /^tab paint\n {2}tab paint removed with 5 nodes: .*[\s\S]*oven 1 is gone, was shadow, 3/,
      );
      split("plant/other/flows", whole());
      const fresh = await diff("--rev", "HEAD", join(repository, "other", "flows"));
      assert.equal(fresh.code, 0);
      assert.match(fresh.out, /oven 1 is new: shadow, 3/);
    });

    it("says what is wrong with a revision or a place, without ever taking it for an option", async () => {
      const flows = join(repository, "flows");
      const cases: [string[], RegExp][] = [
        [["--rev", "nobody", flows], /^nobody: is no revision of this repository/],
        [["--rev=--output=/tmp/x", flows], /is no revision of this repository/],
        [["--rev", "HEAD", folder], /not a git repository/],
      ];
      for (const [args, says] of cases) {
        const { code, err } = await diff(...args);
        assert.equal(code, 2, args.join(" "));
        assert.match(err, says);
      }
      const nowhere = await diff("--rev", "HEAD", join(repository, "nowhere"));
      assert.equal(nowhere.code, 2);
      assert.match(nowhere.out, /nowhere: does not exist/);
    });

    it("says so where there is no git", async () => {
      const path = process.env.PATH;
      process.env.PATH = folder;
      try {
        const { code, err } = await diff("--rev", "HEAD", join(repository, "flows"));
        assert.equal(code, 2);
        assert.equal(
          err,
          "git: is not installed, or not on the PATH (install git, or compare two files or folders)\n",
        );
      } finally {
        process.env.PATH = path;
      }
    });

    it("is git's textconv: a move is no line, a change is a readable one", () => {
      file("plant/.gitattributes", "flows/**/*.json diff=rung\n");
      git("config", "diff.rung.textconv", `${RUNG} diff --text`);
      const lines = () =>
        git("diff")
          .out.split("\n")
          .filter((line) => /^[-+](?![-+])/.test(line));
      split(
        "plant/flows",
        whole().map((node) => (node.x === undefined ? node : { ...node, x: 900 })),
      );
      assert.deepEqual(lines(), []);
      split("plant/flows", draw(FLOW, { ...NAMES, fc: { name: "exhaust ahead", horizonS: 600 } }));
      assert.deepEqual(lines(), ["-  Horizon: 300 s", "+  Horizon: 600 s"]);
    });

    it("is git's external diff: files changed, added, renamed and removed", () => {
      file("plant/.gitattributes", "flows/**/*.json diff=rung\n");
      git("config", "diff.rung.command", `${RUNG} diff`);
      split("plant/flows", fallen());
      file("plant/flows/two.json", [{ id: "two", type: "tab", label: "two" }]);
      git("mv", "-k", "flows/config/plant.json", "flows/config/link.json");
      git("add", "-A");
      const { code, out, err } = git("diff", "--cached", "-M");
      assert.deepEqual([code, err], [0, ""]);
      assert.match(
        out,
        /flows\/paint\.json\n {2}tab paint\n {4}detect removed\n {4}forecast exhaust ahead: Horizon 300 s -> 600 s\n/,
      );
      assert.match(out, /flows\/two\.json\n {2}tab two\n {4}tab two added\n/);
      assert.match(out, /flows\/config\/plant\.json -> flows\/config\/link\.json\n {2}nothing changed/);
    });

    it("guards commits as the example of a hook does", () => {
      copyFileSync(join(ROOT, "docs/examples/pre-commit"), join(repository, ".git/hooks/pre-commit"));
      const attempt = (nodes: readonly Node[]) => {
        split("plant/flows", nodes);
        return commit("attempt");
      };
      const better = draw(`${FLOW}; st > wi whatif > opt optimise`, NAMES);
      assert.equal(attempt(better).code, 0);
      const worse = attempt(whole());
      assert.equal(worse.code, 1);
      assert.match(worse.out + worse.err, /oven 1 fell from 4 to 3: optimise removed; what-if removed\n/);
      const unguarded = attempt(draw(`${FLOW}; st > wi whatif > opt optimise; st > m 'mqtt out'`, NAMES));
      assert.equal(unguarded.code, 1);
      assert.match(unguarded.out + unguarded.err, /unguarded output/);
      file("plant/flows/paint.json", "[{");
      assert.equal(commit("torn").code, 1);
      // What counts is what is staged.
      split("plant/flows", better);
      git("add", "-A");
      file("plant/flows/paint.json", "[{");
      file("plant/readme.md", "flows\n");
      git("add", "readme.md");
      assert.equal(git("commit", "-q", "-m", "readme").code, 0);
    });
  });
});
