import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { RungError } from "../core/errors.ts";
import { type FlowFile, isFlowFileName } from "./flow-input.ts";

const LONGEST_MS = 60_000;
const MOST_BYTES = 512 * 1024 * 1024;
const SYMBOLIC_LINK = "120000";

/** Two sides of a comparison; `new` is null where it is the working tree. */
export interface Revisions {
  readonly old: string;
  readonly new: string | null;
}

/**
 * Reads flow files as git keeps them. Everything is asked of the `git` program by lists of arguments, and only read.
 */
export class GitFlows {
  /** Top folder of the repository. */
  readonly #root: string;
  /** The flows below it; empty for all of it. */
  readonly #below: string;

  /**
   * @param path a file or folder of a repository; it may be gone from the working tree
   * @throws RungError `no-git`, `not-in-git`
   */
  constructor(path: string) {
    const wanted = resolve(path);
    let folder = wanted;
    while (!existsSync(folder) || !statSync(folder).isDirectory()) folder = dirname(folder);
    this.#root = folder;
    const [root, prefix = ""] = this.#git(["rev-parse", "--show-toplevel", "--show-prefix"], "not-in-git")
      .toString()
      .split("\n");
    this.#root = root!;
    this.#below = join(prefix, relative(folder, wanted)).replace(/\/$/, "").replace(/^\.$/, "");
  }

  /**
   * @param range `A` (A against the working tree), `A..B`, or `A...B` (what B did since it left A); an empty side is HEAD
   * @throws RungError `unknown-revision`
   */
  revisions(range: string): Revisions {
    const [, left, dots, right] = /^(.*?)(\.{2,3})(.*)$/.exec(range) ?? [];
    if (dots === undefined) return { old: this.#commit(range), new: null };
    const old = this.#commit(left || "HEAD");
    const later = this.#commit(right || "HEAD");
    if (dots === "..") return { old, new: later };
    return { old: this.#git(["merge-base", old, later], "unknown-revision").toString().trim(), new: later };
  }

  /** Every flow file of a commit at the path; none where it was not there. */
  at(commit: string): FlowFile[] {
    const below = this.#below === "" ? [] : ["--", this.#below];
    const listing = this.#git(["ls-tree", "-r", "-z", "--full-tree", commit, ...below], "git-failed");
    const entries = listing
      .toString()
      .split("\0")
      .flatMap((line) => {
        const [, mode, type, id, file] = /^(\d+) (\w+) ([0-9a-f]+)\t([\s\S]+)$/.exec(line) ?? [];
        if (type !== "blob" || mode === SYMBOLIC_LINK || file === undefined) return [];
        const isFlow = file === this.#below || isFlowFileName(file.slice(this.#below.length));
        return isFlow ? [{ id: id!, file }] : [];
      });
    const contents = this.#blobs(entries.map(({ id }) => id));
    return entries.map(({ file }, i) => ({ file: `${commit.slice(0, 10)}:${file}`, text: contents[i]! }));
  }

  #commit(revision: string): string {
    // What begins like an option would be taken for one.
    const asked = revision.startsWith("-") ? "" : revision;
    return this.#git(["rev-parse", "--verify", "--quiet", `${asked}^{commit}`], "unknown-revision", revision)
      .toString()
      .trim();
  }

  #blobs(ids: readonly string[]): string[] {
    if (ids.length === 0) return [];
    const all = this.#git(["cat-file", "--batch"], "git-failed", "", ids.map((id) => `${id}\n`).join(""));
    const texts: string[] = [];
    // Each answer is `<id> blob <bytes>\n<content>\n`.
    for (let at = 0; at < all.length; ) {
      const headEnd = all.indexOf("\n", at);
      const bytes = Number(all.toString("latin1", at, headEnd).split(" ")[2]);
      texts.push(all.toString("utf8", headEnd + 1, headEnd + 1 + bytes));
      at = headEnd + 1 + bytes + 1;
    }
    return texts;
  }

  #git(args: readonly string[], code: string, subject = this.#root, input = ""): Buffer {
    // A hook runs with the repository in its environment, relative to a folder that is not ours.
    const { GIT_DIR: _dir, GIT_WORK_TREE: _tree, GIT_PREFIX: _prefix, ...env } = process.env;
    const done = spawnSync("git", args, {
      cwd: this.#root,
      env,
      input,
      maxBuffer: MOST_BYTES,
      timeout: LONGEST_MS,
    });
    if (done.error === undefined && done.status === 0) return done.stdout;
    if ((done.error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") {
      throw new RungError({
        code: "no-git",
        where: "git",
        what: "is not installed, or not on the PATH",
        advice: "install git, or compare two files or folders",
      });
    }
    const said = done.error?.message ?? done.stderr.toString().trim().split("\n")[0]!;
    throw new RungError({ code, where: subject || "git", what: said || "is no revision of this repository" });
  }
}
