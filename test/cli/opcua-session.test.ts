import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MessageSecurityMode, OPCUACertificateManager, OPCUAServer, SecurityPolicy } from "node-opcua";
import { run as record } from "../../runtime/cli/record.ts";
import { run as tags } from "../../runtime/cli/tags.ts";
import { readCertificate } from "../../runtime/describe/opcua/link-pki.ts";
import { describeCertificate } from "../../runtime/describe/opcua/peer-certificate.ts";
import { newFolder } from "../describe/opcua-test-server.ts";

const RUNG = fileURLToPath(new URL("../../runtime/cli/rung.ts", import.meta.url));

describe("a verb that signs in by a certificate", function () {
  this.timeout(60_000);
  const home = newFolder("certificate-home");
  const managers: OPCUACertificateManager[] = [];
  let server: OPCUAServer;
  let endpoint: string;
  let fingerprint: string;

  const newManager = async (name: string, trustsAll: boolean): Promise<OPCUACertificateManager> => {
    const manager = new OPCUACertificateManager({
      rootFolder: newFolder(name),
      automaticallyAcceptUnknownCertificate: trustsAll,
      disableFileWatchers: true,
    });
    await manager.initialize();
    managers.push(manager);
    return manager;
  };
  /** A certificate and key where a link looks for them. @returns the certificate, DER */
  const makeUser = async (name: string): Promise<Buffer> => {
    const manager = await newManager(name, false);
    const folder = join(home, "pki", "user-certificates", name);
    mkdirSync(folder, { recursive: true });
    await manager.createSelfSignedCertificate({
      applicationUri: `urn:rung:user:${name}`,
      dns: [],
      outputFile: join(folder, "certificate.pem"),
      subject: `/CN=${name}/O=Rung`,
      startDate: new Date(),
      validity: 365,
    });
    copyFileSync(manager.privateKey, join(folder, "key.pem"));
    chmodSync(join(folder, "key.pem"), 0o600);
    return readCertificate(join(folder, "certificate.pem"));
  };

  before(async () => {
    const users = await newManager("users", false);
    await users.trustCertificate(await makeUser("anna"));
    await makeUser("stranger");
    server = new OPCUAServer({
      port: 0,
      host: "127.0.0.1",
      alternateHostname: "127.0.0.1",
      serverCertificateManager: await newManager("server-pki", true),
      userCertificateManager: users,
      serverInfo: { applicationUri: "urn:rung:certificate-server", productUri: "test" },
      securityModes: [MessageSecurityMode.SignAndEncrypt],
      securityPolicies: [SecurityPolicy.Basic256Sha256],
      // So that only a certificate leads in.
      allowAnonymous: false,
      userManager: { isValidUser: () => false },
    });
    await server.initialize();
    await server.start();
    endpoint = server.getEndpointUrl().replace(/\/\/[^:]+:/, "//127.0.0.1:");
    fingerprint = describeCertificate(server.getCertificate()).fingerprint;
    writeFileSync(join(home, "tags.csv"), "nodeId,path,type\ni=2258,server/time,time\n");
  });
  after(async () => {
    await server?.shutdown(0);
    for (const manager of managers) await manager.dispose();
  });

  const rung = (args: readonly string[]): Promise<{ status: number | null; said: string }> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [RUNG, ...args, "--home", home], {
        stdio: ["ignore", "pipe", "pipe"],
      });
      let said = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (text) => {
          said += text;
        });
      }
      child.once("close", (status) => resolve({ status, said }));
    });

  it("searches and records as the user the server trusts, and no other", async () => {
    const search = ["tags", endpoint, "--under", "i=2256", "--search", "CurrentTime"];
    const found = await rung([...search, "--trust", fingerprint, "--user-certificate", "anna"]);
    assert.match(found.said, /^Server\/ServerStatus\/CurrentTime {2}ns=0;i=2258 {2}/);
    assert.equal(found.status, 0);
    const stranger = await rung([...search, "--user-certificate", "stranger"]);
    assert.match(stranger.said, /the server refused the login/);
    assert.equal(stranger.status, 2);
    const out = join(home, "clock.frames");
    const words = ["record", endpoint, "--tags", join(home, "tags.csv"), "--twin", "acme/press1"];
    const recorded = await rung([...words, "--out", out, "--for", "1s", "--user-certificate", "anna"]);
    assert.match(recorded.said, /^\d+ samples? of 1 tags in /);
    assert.equal(recorded.status, 0);
  });

  it("is told what is wrong before a server is asked", async () => {
    const certificate = (name: string) => ["--user-certificate", name, "--home", home];
    await assert.rejects(tags([endpoint, ...certificate("nobody")]), { code: "no-user-certificate" });
    for (const [option, value] of [
      ["--user", "anna"],
      ["--keyring", "plc"],
    ] as const) {
      await assert.rejects(tags([endpoint, option, value, ...certificate("anna")]), {
        code: "usage",
        message: /goes with neither --user nor --keyring/,
      });
    }
    await assert.rejects(record(["--mqtt", "mqtt://127.0.0.1:1", ...certificate("anna")]), {
      code: "usage",
      message: /not to a broker/,
    });
  });
});
