import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RungError } from "../../runtime/core/errors.ts";
import type { LinkState } from "../../runtime/describe/link-state.ts";
import { browse, readTags } from "../../runtime/describe/opcua/browse.ts";
import type { OpcuaLinkOptions } from "../../runtime/describe/opcua/link-options.ts";
import { OpcuaLink } from "../../runtime/describe/opcua/opcua-link.ts";
import { until } from "./opcua-recorder.ts";
import { killTestServers, newFolder, startTestServer, type TestServer } from "./opcua-test-server.ts";

const noAction = () => undefined;

describe("opcua link", function () {
  this.timeout(30_000);
  const pki = newFolder("server-pki");
  let server: TestServer;

  before(async () => {
    server = await startTestServer({ pki });
  });
  after(killTestServers);

  const newLink = (options: Partial<OpcuaLinkOptions> = {}) =>
    new OpcuaLink({
      id: "link1",
      name: "test link",
      endpoint: server.endpoint,
      reality: "live",
      home: newFolder("home"),
      ...options,
    });

  /** Uses the link and keeps the phases it goes through. */
  const use = (link: OpcuaLink) => {
    const states: LinkState[] = [];
    const release = link.use({ opened: noAction, closed: noAction, state: (state) => states.push(state) });
    return { states, release };
  };
  const reaches = (link: OpcuaLink, phase: LinkState["phase"]) =>
    until(() => link.state.phase === phase, `the link to be ${phase}, it is ${link.state.phase}`);

  it("does not read from a server that nobody has trusted, and says what to do", async () => {
    const link = newLink();
    const { release } = use(link);
    try {
      await reaches(link, "waits-for-trust");
      const peer = link.peerCertificate()!;
      assert.match(peer.fingerprint, /^[0-9A-F]{40}$/);
      assert.equal(link.session, undefined);
      const spaced = peer.fingerprint.replace(/(.{4})(?=.)/g, "$1 ");
      assert.equal(
        link.state.error!.message,
        `test link (${server.endpoint}): nobody has trusted the server ${peer.name} yet; its fingerprint is ${spaced} ` +
          "(compare it with the server's display, then trust it in the source's dialog; until then nothing is read)",
      );
      await assert.rejects(link.trust("00".repeat(20), "someone"), { code: "fingerprint-differs" });
      await link.trust(spaced.toLowerCase(), "engineer anna");
      await reaches(link, "connected");
      const record = await link.trustRecord();
      assert.deepEqual([record!.by, record!.fingerprint], ["engineer anna", peer.fingerprint]);
      await link.withdraw();
      await reaches(link, "waits-for-trust");
      assert.equal(await link.trustRecord(), undefined);
    } finally {
      await release();
    }
    assert.equal(link.state.phase, "idle");
  });

  it("remembers trust over a restart of Rung, in files that nobody else reads", async () => {
    const home = newFolder("home");
    const first = newLink({ home });
    const used = use(first);
    await reaches(first, "waits-for-trust");
    await first.trust(first.peerCertificate()!.fingerprint, "anna");
    await reaches(first, "connected");
    await used.release();
    const second = newLink({ home });
    const again = use(second);
    await reaches(second, "connected");
    await again.release();
    assert.ok(!again.states.some((state) => state.phase === "waits-for-trust"));
    assert.equal(statSync(join(home, "pki", "link1")).mode & 0o777, 0o700);
  });

  it("refuses a wrong password and takes the right one", async () => {
    const login = { user: "twin", password: "wrong" };
    const link = newLink({ login: () => login });
    const { release } = use(link);
    try {
      await reaches(link, "waits-for-trust");
      await link.trust(link.peerCertificate()!.fingerprint, "anna");
      await until(() => link.state.error?.code === "login-refused", "the login to be refused");
      assert.match(link.state.error!.message, /the server refused the login \(correct user and password/);
      login.password = "right";
      await reaches(link, "connected");
    } finally {
      await release();
    }
  });

  it("waits for a server that is off at the start", async () => {
    const late = await startTestServer({ pki });
    await late.kill();
    const link = newLink({ endpoint: late.endpoint, securityMode: "None", securityPolicy: "None" });
    const { release, states } = use(link);
    let on: TestServer | undefined;
    try {
      await until(() => link.state.error?.code === "not-reachable", "the first attempt to fail");
      on = await startTestServer({ pki, port: late.port });
      await reaches(link, "connected");
      assert.deepEqual(
        [...new Set(states.map((state) => state.phase))],
        ["idle", "connecting", "retrying", "connected"],
      );
    } finally {
      await release();
      await on?.kill();
    }
  });

  it("names what an endpoint offers where it does not offer what is wanted", async () => {
    const link = newLink({
      securityPolicy: "Aes128_Sha256_RsaOaep",
      securityMode: "Sign",
      endpoint: server.endpoint,
    });
    const { release } = use(link);
    try {
      await until(() => link.state.error !== undefined, "the error");
      assert.equal(
        link.state.error!.message,
        `test link (${server.endpoint}): ${server.endpoint} offers no Sign with Aes128_Sha256_RsaOaep ` +
          "(it offers None None, SignAndEncrypt Basic256Sha256)",
      );
    } finally {
      await release();
    }
  });

  it("trusts the virtual plant by its own certificate file, byte for byte, and no other", async () => {
    const home = newFolder("home");
    mkdirSync(join(home, "run"), { recursive: true });
    writeFileSync(
      join(home, "run", "plant.json"),
      JSON.stringify({ pid: server.process.pid, port: server.port }),
    );
    const options = { home, endpoint: "virtual-plant", reality: "virtual" as const };
    const stranger = newLink(options);
    const first = use(stranger);
    await reaches(stranger, "waits-for-trust");
    await first.release();
    cpSync(join(pki, "own", "certs"), join(home, "plant", "pki", "own", "certs"), { recursive: true });
    const link = newLink(options);
    const second = use(link);
    await reaches(link, "connected");
    assert.equal((await link.trustRecord())!.by, "the virtual plant's own certificate");
    await second.release();
    assert.equal(readFileSync(join(home, "pki", "link1", "trust.json"), "utf8").includes('"by"'), true);
  });

  it("says that the virtual plant is not running", async () => {
    const link = newLink({ endpoint: "virtual-plant", reality: "virtual" });
    const { release } = use(link);
    await until(() => link.state.error?.code === "no-virtual-plant", "the error");
    await release();
  });

  it("connects once for several users and disconnects after the last", async () => {
    const link = newLink({ securityMode: "None", securityPolicy: "None" });
    const one = use(link);
    const two = use(link);
    await reaches(link, "connected");
    const session = link.session;
    await one.release();
    assert.equal(link.session, session);
    await two.release();
    assert.equal(link.session, undefined);
    assert.equal(link.state.phase, "idle");
  });

  it("browses the tree and reads values and units", async () => {
    const link = newLink({ securityMode: "None", securityPolicy: "None" });
    const { release } = use(link);
    try {
      await reaches(link, "connected");
      const top = await browse(link.session!);
      const plant = top.find((child) => child.name === "Plant")!;
      assert.deepEqual([plant.isVariable, plant.hasChildren], [false, true]);
      const [zone] = await browse(link.session!, plant.nodeId);
      assert.equal(zone!.nodeId, "ns=1;s=Zone1");
      const tags = await browse(link.session!, zone!.nodeId);
      assert.ok(tags.some((tag) => tag.nodeId === "ns=1;s=Fahrenheit" && tag.isVariable));
      const [fahrenheit, nowhere, text] = await readTags(link.session!, [
        "ns=1;s=Fahrenheit",
        "ns=1;s=Nowhere",
        "ns=1;s=Text",
      ]);
      assert.deepEqual([fahrenheit!.value, fahrenheit!.unit, fahrenheit!.type], [212, "°F", "number"]);
      assert.equal(nowhere!.quality, 0x80340000);
      assert.deepEqual([text!.value, text!.type], ["cold", "string"]);
    } finally {
      await release();
    }
  });

  it("refuses options that make no sense, each by name", () => {
    const code = (options: Partial<OpcuaLinkOptions>) => {
      try {
        newLink(options);
      } catch (thrown) {
        return (thrown as RungError).message;
      }
      return "";
    };
    assert.equal(
      code({ endpoint: "http://plc" }),
      'test link: "http://plc" is no endpoint (write opc.tcp://host:4840, virtual-plant or virtual-station)',
    );
    assert.match(code({ securityMode: "None" }), /security mode None does not go with policy Basic256Sha256/);
    assert.match(code({ id: "../../x" }), /is no link id/);
    assert.ok(new RungError({ code: "a", where: "b", what: "c" }) instanceof Error);
  });
});
