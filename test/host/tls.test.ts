import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, DEFAULT_MIN_VERSION, type SecureVersion } from "node:tls";
import { fileURLToPath } from "node:url";
import { ActuatorClient } from "../../runtime/act/actuator-client.ts";
import { withHost } from "../../runtime/cli/host-session.ts";
import { run as tlsVerb } from "../../runtime/cli/tls.ts";
import { fetchLocal, type LocalServer, originOf } from "../../runtime/core/local-server.ts";
import {
  HOST_TLS,
  makeCertificate,
  readCertificate,
  serverCertificate,
} from "../../runtime/core/server-certificate.ts";
import { caughtOutput } from "../cli/caught-output.ts";
import { addEveryRole, HostProcess, PASSWORD, removeHome, temporaryHome } from "./host-process.ts";

const JSON_HEADERS = { "Content-Type": "application/json", Accept: "application/json" };
const ACTUATOR = fileURLToPath(new URL("../../runtime/act/actuator-main.ts", import.meta.url));

/** The version a server agrees to when nothing else is offered; or why it does not. */
function agreed(port: number, version: SecureVersion): Promise<string> {
  return new Promise((resolve) => {
    // The weakest ciphers allowed, or OpenSSL itself refuses to offer the old versions.
    const options = { minVersion: version, maxVersion: version, ciphers: "DEFAULT@SECLEVEL=0" };
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false, ...options });
    socket.once("secureConnect", () => {
      resolve(socket.getProtocol() ?? "none");
      socket.destroy();
    });
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

describe("TLS", function () {
  this.timeout(60_000);
  let home: string;
  before(() => {
    home = temporaryHome();
  });
  after(() => removeHome(home));

  describe("at the host", () => {
    let host: HostProcess;
    let server: LocalServer;
    const runFile = (name: string) => JSON.parse(readFileSync(join(home, "run", `${name}.json`), "utf8"));
    const signIn = (headers: Record<string, string> = {}) =>
      fetchLocal(server, "/sign-in", {
        method: "POST",
        headers: { ...JSON_HEADERS, ...headers },
        body: JSON.stringify({ user: "viewer", password: PASSWORD }),
      });

    before(async () => {
      await addEveryRole(home);
      host = await HostProcess.start(home, { RUNG_TLS: "self-made" });
      server = runFile("host");
    });
    after(() => host.stop());

    it("makes its own certificate when asked, for its owner alone, and keeps it over a restart", async () => {
      assert.equal(statSync(join(home, "tls")).mode & 0o777, 0o700);
      assert.equal(statSync(join(home, "tls", "key.pem")).mode & 0o777, 0o600);
      const made = readFileSync(join(home, "tls", "certificate.pem"), "utf8");
      assert.equal(server.certificate, made);
      assert.doesNotMatch(readFileSync(join(home, "run", "host.json"), "utf8"), /PRIVATE KEY/);
      await host.stop();
      host = await HostProcess.start(home, { RUNG_TLS: "self-made" });
      server = runFile("host");
      assert.equal(server.certificate, made);
    });

    it("speaks TLS 1.2 and 1.3, nothing older, and no plain HTTP", async () => {
      assert.equal(await agreed(server.port, "TLSv1.3"), "TLSv1.3");
      assert.equal(await agreed(server.port, "TLSv1.2"), "TLSv1.2");
      for (const old of ["TLSv1.1", "TLSv1"] as const)
        assert.match(await agreed(server.port, old), /PROTOCOL|ECONNRESET|VERSION/);
      await assert.rejects(fetch(`http://127.0.0.1:${server.port}/health`));
      assert.equal(DEFAULT_MIN_VERSION, "TLSv1.2");
    });

    it("gives a cookie that travels by TLS only, and has browsers keep to it", async () => {
      const health = await fetchLocal(server, "/health");
      assert.equal(health.status, 200);
      assert.equal(health.headers.get("strict-transport-security"), "max-age=31536000");
      const answer = await signIn({ Origin: originOf(server) });
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get("set-cookie")!, /; HttpOnly; Secure; SameSite=Strict/);
    });

    it("takes nothing from a page of its own name without TLS", async () => {
      const plain = await signIn({ Origin: originOf(server).replace("https", "http") });
      assert.equal(plain.status, 403);
    });

    it("is asked by the programs of its home, which know it by that very certificate", async () => {
      const login = async () => ({ user: "viewer", password: PASSWORD });
      const status = await withHost(
        home,
        login,
        "test",
        async ({ get }) => (await get("/editor/rung/ladder")).status,
      );
      assert.equal(status, 200);
      const other = await makeCertificate(join(home, "other"), ["127.0.0.1"]);
      await assert.rejects(fetchLocal({ ...server, certificate: other.cert }, "/health"), {
        code: "wrong-certificate",
      });
      const late = AbortSignal.abort(new Error("too late"));
      await assert.rejects(fetchLocal(server, "/health", { signal: late }), /too late/);
    });
  });

  describe("at the actuator", () => {
    it("speaks it with a key of its own, and the host's side finds it", async () => {
      const environment = {
        ...process.env,
        RUNG_HOME: home,
        RUNG_ACTUATOR_PORT: "0",
        RUNG_ACTUATOR_TLS: "self-made",
      };
      for (const folder of ["run", "keyring"]) mkdirSync(join(home, folder), { recursive: true });
      const child = spawn(process.execPath, [ACTUATOR], {
        env: environment,
        stdio: ["ignore", "ignore", "inherit"],
      });
      try {
        const file = join(home, "run", "actuator.json");
        while (!existsSync(file)) await sleep(30);
        const server = JSON.parse(readFileSync(file, "utf8")) as LocalServer;
        const page = await fetchLocal(server, "/");
        assert.equal(page.status, 200);
        assert.equal(page.headers.get("strict-transport-security"), "max-age=31536000");
        await assert.rejects(fetch(`http://127.0.0.1:${server.port}/`));
        assert.equal(statSync(join(home, "actuator", "tls", "key.pem")).mode & 0o777, 0o600);

        // Without the token it is refused: by the actuator itself, over TLS, so it has been found and known.
        const client = new ActuatorClient({
          home,
          token: () => "none",
          rowFour: () => ({ holds: false, cause: "" }),
          pollMs: 50,
        });
        while (!/does not know this host/.test(client.problem ?? "")) await sleep(20);
        assert.equal(client.page, `${originOf(server)}/`);
        assert.match(client.page, /^https:/);
        await client.close();
      } finally {
        child.kill("SIGTERM");
        if (child.exitCode === null) await once(child, "exit");
      }
    });
  });

  describe("by files", () => {
    const file = (name: string) => join(home, "own", name);
    const environment = (change: object = {}) => ({
      RUNG_TLS_CERT: file("certificate.pem"),
      RUNG_TLS_KEY: file("key.pem"),
      ...change,
    });
    const asked = (change?: object) => serverCertificate(environment(change), HOST_TLS, join(home, "unused"));

    before(async () => {
      await makeCertificate(join(home, "own"), ["rung.plant.example", "10.0.0.7"]);
      await makeCertificate(join(home, "second"), ["127.0.0.1"]);
    });

    it("takes what fits, and nothing where nothing is asked for", async () => {
      assert.equal((await asked())!.cert, readFileSync(file("certificate.pem"), "utf8"));
      assert.equal(await serverCertificate({}, HOST_TLS, join(home, "unused")), undefined);
      assert.equal(existsSync(join(home, "unused")), false);
    });

    it("refuses what does not, and says which file and why", async () => {
      writeFileSync(join(home, "text.pem"), "no certificate");
      writeFileSync(join(home, "open.pem"), readFileSync(file("key.pem")));
      chmodSync(join(home, "open.pem"), 0o644);
      const cases: [object, RegExp][] = [
        [{ RUNG_TLS_KEY: "" }, /set both files and no mode/],
        [{ RUNG_TLS_CERT: undefined }, /set both files and no mode/],
        [{ RUNG_TLS: "self-made" }, /set both files and no mode/],
        [{ RUNG_TLS_CERT: join(home, "none.pem") }, /none\.pem: ENOENT/],
        [{ RUNG_TLS_CERT: join(home, "text.pem") }, /text\.pem: /],
        [{ RUNG_TLS_KEY: file("certificate.pem") }, /own\/certificate\.pem: /],
        [
          { RUNG_TLS_KEY: join(home, "second", "key.pem") },
          /second\/key\.pem: is not the key of .*own\/certificate\.pem/,
        ],
        [{ RUNG_TLS_KEY: join(home, "open.pem") }, /open\.pem: is a key that everybody can read/],
        [
          { RUNG_TLS_CERT: "", RUNG_TLS_KEY: "", RUNG_TLS: "yes" },
          /RUNG_TLS: is "yes"; it may be self-made, or empty/,
        ],
      ];
      for (const [change, says] of cases)
        await assert.rejects(asked(change), (error: Error) => {
          assert.match(error.message, says);
          return true;
        });
      const failed = await HostProcess.fail(home, environment({ RUNG_TLS_KEY: join(home, "open.pem") }));
      assert.equal(failed.status, 2);
      assert.match(failed.output, /everybody can read/);
    });

    it("makes a pair for the names that are given, by the verb", async () => {
      const folder = join(home, "made");
      const { out } = await caughtOutput(() =>
        tlsVerb(["make", "--name", "rung.plant.example", "--name", "10.0.0.7", "--folder", folder, "--json"]),
      );
      const facts = JSON.parse(out) as { names: string[]; fingerprint: string; validTo: string };
      assert.deepEqual(facts.names, ["rung.plant.example", "10.0.0.7"]);
      const { X509Certificate } = await import("node:crypto");
      const made = new X509Certificate(
        readCertificate(join(folder, "certificate.pem"), join(folder, "key.pem")).cert,
      );
      assert.equal(made.fingerprint256, facts.fingerprint);
      assert.equal(made.checkHost("rung.plant.example"), "rung.plant.example");
      assert.equal(made.checkIP("10.0.0.7"), "10.0.0.7");
      assert.equal(made.checkHost("other.plant.example"), undefined);
      for (const name of ["a b", "*", "", "-x", "a,DNS:evil.example"])
        await assert.rejects(
          tlsVerb(["make", `--name=${name}`, "--folder", folder]),
          { code: "bad-tls" },
          name,
        );
      await assert.rejects(tlsVerb(["renew"]), { code: "unknown-action" });
      rmSync(folder, { recursive: true });
    });
  });
});
