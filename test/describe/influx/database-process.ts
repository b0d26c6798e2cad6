import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { skipOrFail } from "../../needs.ts";

const INFLUXD = ["/usr/bin/influxd", "/usr/local/bin/influxd"].find((file) => existsSync(file));
const VICTORIA = ["/usr/bin/victoria-metrics", "/usr/local/bin/victoria-metrics"].find((file) =>
  existsSync(file),
);

/** Skips a suite whose program is missing; with RUNG_REQUIRE_ALL=1 it fails instead. */
export function needs(context: Mocha.Context, program: "influxd" | "victoria-metrics"): void {
  if ((program === "influxd" ? INFLUXD : VICTORIA) === undefined)
    skipOrFail(context, `${program} is not installed`);
}

/** A port of this machine that was free just now. */
export async function freePort(): Promise<number> {
  const server: Server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** A database server in a process and a folder of its own, which can be killed and started again on the same data. */
export class DatabaseProcess {
  readonly url: string;
  readonly #folder: string;
  readonly #command: readonly [program: string, ...args: string[]];
  readonly #isUp: (url: string) => Promise<boolean>;
  #child: ChildProcess | undefined;

  private constructor(
    folder: string,
    port: number,
    command: readonly [program: string, ...args: string[]],
    isUp: (url: string) => Promise<boolean>,
  ) {
    this.#folder = folder;
    this.url = `http://127.0.0.1:${port}`;
    this.#command = command;
    this.#isUp = isUp;
  }

  /** InfluxDB 1.x. @param http lines for the section `[http]` of its configuration */
  static async influxd(http: readonly string[] = []): Promise<DatabaseProcess> {
    const folder = mkdtempSync(join(tmpdir(), "rung-influxd-"));
    const [port, rpc] = [await freePort(), await freePort()];
    const file = join(folder, "influxdb.conf");
    writeFileSync(
      file,
      [
        "reporting-disabled = true",
        `bind-address = "127.0.0.1:${rpc}"`,
        `[meta]\n  dir = "${join(folder, "meta")}"`,
        `[data]\n  dir = "${join(folder, "data")}"\n  wal-dir = "${join(folder, "wal")}"\n  query-log-enabled = false`,
        "[monitor]\n  store-enabled = false",
        `[http]\n  bind-address = "127.0.0.1:${port}"\n  log-enabled = false\n  ${http.join("\n  ")}`,
        '[logging]\n  level = "error"',
      ].join("\n"),
    );
    const self = new DatabaseProcess(folder, port, [INFLUXD!, "-config", file], async (url) => {
      // It answers pings before its shards are open.
      const answer = await fetch(`${url}/query?q=show+databases`);
      return answer.status < 500;
    });
    await self.start();
    return self;
  }

  /** The real receiver of `/api/v2/write` that keeps every millisecond of a series once. */
  static async victoriaMetrics(): Promise<DatabaseProcess> {
    const folder = mkdtempSync(join(tmpdir(), "rung-victoria-"));
    const port = await freePort();
    const self = new DatabaseProcess(
      folder,
      port,
      [
        VICTORIA!,
        `-storageDataPath=${join(folder, "data")}`,
        `-httpListenAddr=127.0.0.1:${port}`,
        "-dedup.minScrapeInterval=1ms",
        "-retentionPeriod=100y",
        "-search.latencyOffset=0s",
        "-loggerLevel=ERROR",
      ],
      async (url) => (await fetch(`${url}/health`)).ok,
    );
    await self.start();
    return self;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  async start(): Promise<void> {
    const [program, ...args] = this.#command;
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "ignore"] });
    this.#child = child;
    child.once("exit", () => {
      if (this.#child === child) this.#child = undefined;
    });
    const endMs = performance.now() + 30_000;
    while (!(await this.#answers())) {
      if (performance.now() > endMs) throw new Error(`waited 30 s for ${program}`);
      await pause(20);
    }
  }

  async #answers(): Promise<boolean> {
    try {
      return await this.#isUp(this.url);
    } catch (thrown) {
      if (this.#child === undefined) throw thrown;
      return false;
    }
  }

  /** Ends the process at once, and comes back when it is gone. */
  async kill(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Asks InfluxQL. @returns the rows of the first series of each statement */
  async query(q: string, db = ""): Promise<unknown[][][]> {
    const answer = await fetch(`${this.url}/query`, {
      method: "POST",
      body: new URLSearchParams({ db, q }),
    });
    const { results } = (await answer.json()) as {
      results: { error?: string; series?: { values: unknown[][] }[] }[];
    };
    return results.map(({ error, series }) => {
      if (error !== undefined) throw new Error(error);
      return series?.[0]?.values ?? [];
    });
  }
}
