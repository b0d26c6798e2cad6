import assert from "node:assert/strict";
import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy as Policy,
  UserTokenType,
} from "node-opcua";
import type { LinkLogin } from "../../runtime/describe/link-login.ts";
import { sendsPasswordInClear } from "../../runtime/describe/opcua/link-identity.ts";
import {
  checkLinkOptions,
  type OpcuaLinkOptions,
  type SecurityMode,
  type SecurityPolicy,
} from "../../runtime/describe/opcua/link-options.ts";
import { LinkPki, readCertificate } from "../../runtime/describe/opcua/link-pki.ts";
import { OpcuaLink } from "../../runtime/describe/opcua/opcua-link.ts";
import { readUserCertificate, type UserCertificate } from "../../runtime/describe/opcua/user-certificate.ts";
import { until } from "./opcua-recorder.ts";
import { newFolder } from "./opcua-test-server.ts";

const MODES: readonly SecurityMode[] = ["Sign", "SignAndEncrypt"];
const POLICIES: readonly SecurityPolicy[] = [
  "Basic256Sha256",
  "Aes128_Sha256_RsaOaep",
  "Aes256_Sha256_RsaPss",
];
const DAY_MS = 86_400_000;

describe("opc ua security", function () {
  this.timeout(60_000);
  const home = newFolder("home");
  const serverPki = newFolder("secure-server-pki");
  const userPki = newFolder("user-pki");
  const strangerPki = newFolder("stranger-pki");
  const users = newFolder("users-pki");
  const opened: { shutdown(timeout: number): Promise<void> }[] = [];
  const managers: OPCUACertificateManager[] = [];
  let server: { endpoint: string };
  let clients: OPCUACertificateManager;

  const newManager = async (rootFolder: string): Promise<OPCUACertificateManager> => {
    const manager = new OPCUACertificateManager({
      rootFolder,
      automaticallyAcceptUnknownCertificate: false,
      disableFileWatchers: true,
    });
    await manager.initialize();
    managers.push(manager);
    return manager;
  };

  const start = async (
    more: object,
    certificates: OPCUACertificateManager,
    userCertificates = certificates,
  ) => {
    const made = new OPCUAServer({
      port: 0,
      host: "127.0.0.1",
      serverCertificateManager: certificates,
      userCertificateManager: userCertificates,
      serverInfo: { applicationUri: "urn:rung:secure-server", productUri: "test" },
      securityModes: [MessageSecurityMode.None, MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt],
      securityPolicies: [Policy.None, ...POLICIES.map((policy) => Policy[policy])],
      allowAnonymous: true,
      userManager: {
        isValidUser: (user: string, password: string) => user === "twin" && password === "right",
      },
      ...more,
    });
    await made.initialize();
    await made.start();
    opened.push(made);
    return { endpoint: made.getEndpointUrl().replace(/\/\/[^:]+:/, "//127.0.0.1:") };
  };

  /** A certificate and key as `$RUNG_HOME/pki/user-certificates/<name>`. */
  const makeUser = async (name: string, pki: string, from = new Date(), days = 365): Promise<string> => {
    const manager = await newManager(pki);
    const folder = join(home, "pki", "user-certificates", name);
    mkdirSync(folder, { recursive: true });
    await manager.createSelfSignedCertificate({
      applicationUri: `urn:rung:user:${name}`,
      dns: [],
      outputFile: join(folder, "certificate.pem"),
      subject: `/CN=${name}/O=Rung`,
      startDate: from,
      validity: days,
    });
    copyFileSync(manager.privateKey, join(folder, "key.pem"));
    chmodSync(join(folder, "key.pem"), 0o600);
    return folder;
  };

  before(async () => {
    clients = await newManager(serverPki);
    const userCertificates = await newManager(users);
    server = await start({}, clients, userCertificates);
    const folder = await makeUser("anna", userPki);
    await userCertificates.trustCertificate(readCertificate(join(folder, "certificate.pem")));
    await makeUser("stranger", strangerPki);
    const own = await LinkPki.open(home, "link1");
    await clients.trustCertificate(readCertificate(own.certificateFile));
    await own.close();
  });
  after(async () => {
    for (const each of opened) await each.shutdown(0);
    for (const manager of managers) await manager.dispose();
  });

  const newLink = (options: Partial<OpcuaLinkOptions>) =>
    new OpcuaLink({ id: "link1", name: "plc", endpoint: server.endpoint, reality: "live", home, ...options });

  /** Connects, trusting the server, until connected or refused. @returns the code of the refusal, or "connected" */
  const outcome = async (options: Partial<OpcuaLinkOptions>): Promise<string> => {
    const link = newLink(options);
    const nothing = () => undefined;
    const release = link.use({ opened: nothing, closed: nothing, state: nothing });
    try {
      const isDecided = () => link.state.phase === "connected" || link.state.error !== undefined;
      await until(isDecided, "an answer");
      if (link.state.phase === "waits-for-trust") {
        await link.trust(link.peerCertificate()!.fingerprint, "the test");
        await until(() => link.state.phase !== "waits-for-trust", "the trust");
        await until(isDecided, "an answer");
      }
      return link.state.phase === "connected" ? "connected" : link.state.error!.code;
    } finally {
      await release();
    }
  };

  const LOGINS: readonly (readonly [string, () => LinkLogin | UserCertificate | undefined, string])[] = [
    ["nobody", () => undefined, "connected"],
    ["a password", () => ({ user: "twin", password: "right" }), "connected"],
    ["a bad password", () => ({ user: "twin", password: "wrong" }), "login-refused"],
    ["a certificate", () => readUserCertificate(home, "anna"), "connected"],
    ["a certificate nobody trusts", () => readUserCertificate(home, "stranger"), "login-refused"],
  ];

  for (const securityPolicy of POLICIES) {
    for (const securityMode of MODES) {
      it(`${securityMode} with ${securityPolicy} lets in who may, by every kind of login`, async () => {
        for (const [kind, login, expected] of LOGINS) {
          assert.equal(await outcome({ securityPolicy, securityMode, login }), expected, kind);
        }
      });
    }
  }

  it("none goes to this machine, with a password too, and to no other unless an engineer says so", async () => {
    const open = { securityMode: "None", securityPolicy: "None" } as const;
    assert.equal(await outcome(open), "connected");
    assert.equal(await outcome({ ...open, login: () => ({ user: "twin", password: "right" }) }), "connected");
    assert.equal(await outcome({ ...open, login: () => readUserCertificate(home, "anna") }), "connected");
    const check = (endpoint: string, more: object = {}) => {
      checkLinkOptions({ id: "a", name: "plc", endpoint, reality: "live", home, ...open, ...more });
    };
    for (const local of [
      "opc.tcp://localhost:4840",
      "opc.tcp://127.8.0.1",
      "opc.tcp://[::1]:4840",
      "virtual-plant",
    ]) {
      check(local);
    }
    for (const far of [
      "opc.tcp://10.20.4.11:4840",
      "opc.tcp://127.0.0.1.evil.example:4840",
      "opc.tcp://localhost.example",
    ]) {
      assert.throws(() => check(far), { code: "no-security" }, far);
      check(far, { allowNoSecurity: true });
    }
    assert.throws(
      () => check("opc.tcp://10.20.4.11:4840"),
      /plc: without security anybody on the way to opc.tcp:\/\/10.20.4.11:4840 reads and changes what is sent, passwords too \(choose sign and encrypt, or tick/,
    );
  });

  it("a link whose certificate the server does not trust is told so, and where that certificate is", async () => {
    assert.equal(await outcome({ id: "stranger" }), "client-certificate-refused");
  });

  it("a server with an expired certificate is refused before anybody is asked to trust it", async () => {
    const certificates = await newManager(newFolder("expired-pki"));
    const certificateFile = join(certificates.rootDir, "expired.pem");
    await certificates.createSelfSignedCertificate({
      applicationUri: "urn:rung:secure-server",
      dns: ["127.0.0.1"],
      outputFile: certificateFile,
      subject: "/CN=Old PLC/O=Test",
      startDate: new Date(Date.now() - 400 * DAY_MS),
      validity: 365,
    });
    const { endpoint } = await start({ certificateFile }, certificates);
    const link = newLink({ endpoint });
    const nothing = () => undefined;
    const release = link.use({ opened: nothing, closed: nothing, state: nothing });
    try {
      await until(() => link.state.error !== undefined, "the refusal");
      assert.equal(link.state.error!.code, "certificate-expired");
      assert.match(
        link.state.error!.message,
        /the certificate of the server Old PLC expired at \d{4}-\d\d-\d\dT[\d:.]+Z; here it is .* \(renew it at the server/,
      );
      assert.equal(link.session, undefined);
      assert.equal(await link.trustRecord(), undefined);
    } finally {
      await release();
    }
  });

  describe("a user's certificate", () => {
    const code = (name: string): string => {
      try {
        readUserCertificate(home, name);
      } catch (thrown) {
        return (thrown as { code: string }).code;
      }
      return "read";
    };

    it("is read from its folder, its key readable by its owner only", async () => {
      const folder = join(home, "pki", "user-certificates", "anna");
      assert.equal(code("anna"), "read");
      chmodSync(join(folder, "key.pem"), 0o640);
      assert.equal(code("anna"), "key-not-private");
      chmodSync(join(folder, "key.pem"), 0o600);
    });

    it("is refused where it is missing, another's, expired, broken or outside its folder", async () => {
      assert.equal(code("nobody"), "no-user-certificate");
      assert.equal(code("../link1"), "no-user-certificate");
      const past = new Date(Date.now() - 400 * DAY_MS);
      await makeUser("old", newFolder("old-pki"), past, 365);
      assert.equal(code("old"), "user-certificate-expired");
      const folder = await makeUser("mixed", newFolder("mixed-pki"));
      copyFileSync(join(home, "pki", "user-certificates", "anna", "key.pem"), join(folder, "key.pem"));
      assert.equal(code("mixed"), "malformed-certificate");
      writeFileSync(join(folder, "key.pem"), "no key");
      assert.equal(code("mixed"), "malformed-certificate");
      rmSync(join(folder, "key.pem"));
      assert.equal(code("mixed"), "no-user-certificate");
    });
  });

  it("a password is not sent where only its channel could have hidden it and does not", () => {
    const endpoint = (mode: MessageSecurityMode, channel: string, token: string | null) =>
      sendsPasswordInClear({
        securityMode: mode,
        securityPolicyUri: channel,
        userIdentityTokens: [{ tokenType: UserTokenType.UserName, securityPolicyUri: token }],
      } as never);
    const { Sign, SignAndEncrypt, None } = MessageSecurityMode;
    assert.equal(endpoint(SignAndEncrypt, Policy.Basic256Sha256, Policy.None), false);
    assert.equal(endpoint(Sign, Policy.Basic256Sha256, Policy.None), true);
    assert.equal(endpoint(Sign, Policy.Basic256Sha256, null), false);
    assert.equal(endpoint(None, Policy.None, null), true);
    assert.equal(endpoint(None, Policy.None, Policy.Basic256Sha256), false);
  });
});
