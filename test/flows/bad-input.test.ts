import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectAsync, type MqttClient } from "mqtt";
import {
  killTestServers,
  newFolder,
  startTestServer,
  type TestServer,
} from "../describe/opcua-test-server.ts";
import { eventually, Product } from "./product.ts";

const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));
const TWIN = "acme/leipzig/paint/booth1";
const TRUNCATED = '[{"id": "cut", "type": "tab", "label": "Cut", "disabl';
/** The boot's last words are in the log before this, so that what a test reads is new. */
const SOON_MS = 15_000;

const row = (nodeId: string, path: string, more: object = {}) => ({ nodeId, path, periodMs: 500, ...more });

/** One tab of mistakes, each at its own node, and one that is right. */
function flowOf(server: TestServer): object[] {
  const at = (id: string, type: string, more: object) => ({
    id,
    type,
    z: "tab",
    x: 200,
    y: 100,
    wires: [[]],
    ...more,
  });
  const link = {
    type: "rung-opcua-link",
    version: 1,
    endpoint: server.endpoint,
    reality: "live",
    surviveS: 30,
    login: "none",
  };
  const source = {
    twin: "booth",
    publishingMs: 100,
    samplingMs: 0,
    emit: "frames",
    version: 1,
    wires: [["state"]],
  };
  const mqtt = {
    link: "bus",
    twin: "booth",
    qos: "1",
    valuePath: "value",
    timePath: "timeUs",
    timeUnit: "us",
    qualityPath: "quality",
    wires: [["state"]],
  };
  return [
    { id: "tab", type: "tab", label: "Mistakes" },
    {
      id: "booth",
      type: "rung-twin",
      name: "Booth 1",
      address: TWIN,
      scope: "machine",
      targetRung: 1,
      version: 1,
    },
    { ...link, id: "open", name: "open PLC", securityMode: "None", securityPolicy: "None" },
    {
      ...link,
      id: "strict",
      name: "strict PLC",
      securityMode: "SignAndEncrypt",
      securityPolicy: "Basic256Sha256",
    },
    {
      id: "bus",
      type: "rung-mqtt-link",
      name: "broker",
      url: "embedded",
      login: "keyring",
      keyring: "broker-twin",
      reality: "virtual",
      protocolVersion: "4",
      persistentSession: false,
      version: 1,
    },
    {
      id: "historian",
      type: "rung-historian",
      name: "history",
      memoryLimitMb: 128,
      retentionDays: 0,
      version: 1,
    },
    at("state", "rung-state", {
      name: "booth 1",
      twin: "booth",
      emit: "frames",
      version: 1,
      wires: [["keep"], []],
    }),
    at("keep", "rung-history", { historian: "historian", version: 1 }),
    at("string", "inject", {
      props: [{ p: "payload" }],
      payload: "not a frame",
      payloadType: "str",
      wires: [["state"]],
    }),
    at("lookalike", "inject", {
      props: [{ p: "payload" }],
      payload: JSON.stringify({ dictionary: {}, value: [1, 2], sourceTimeUs: "yesterday" }),
      payloadType: "json",
      wires: [["state"]],
    }),
    at("reading", "rung-opcua-source", {
      ...source,
      name: "right PLC",
      link: "open",
      bindings: [
        row("ns=1;s=Tag0", "count"),
        row("ns=1;s=Fahrenheit", "air", { unit: "°C", plantUnit: "°F", periodMs: 0 }),
        row("ns=1;s=Nowhere", "lost"),
      ],
    }),
    at("unit", "rung-opcua-source", {
      ...source,
      name: "wrong unit",
      link: "open",
      bindings: [row("ns=1;s=Tag1", "supply/pressure", { unit: "°C", plantUnit: "bar" })],
    }),
    at("stranger", "rung-opcua-source", {
      ...source,
      name: "stranger",
      link: "strict",
      bindings: [row("ns=1;s=Tag2", "third")],
    }),
    at("json", "rung-mqtt-source", {
      ...mqtt,
      name: "booth json",
      form: "json",
      bindings: [
        row(`${TWIN}/humidity`, "humidity", { unit: "%" }),
        row(`${TWIN}/pressure`, "pressure", { unit: "Pa" }),
        row(`${TWIN}/speed`, "speed", { unit: "m/s" }),
      ],
    }),
    at("raw", "rung-mqtt-source", {
      ...mqtt,
      name: "booth raw",
      form: "raw",
      bindings: [row(`${TWIN}/supply/flow`, "supply/flow", { unit: "m³/h" })],
    }),
    at("ask", "http in", { url: "/last/:name", method: "get", wires: [["path"]] }),
    at("path", "change", {
      rules: [{ t: "set", p: "payload", pt: "msg", to: '{"address": req.params.name}', tot: "jsonata" }],
      wires: [["query"]],
    }),
    at("query", "rung-query", {
      historian: "historian",
      twin: "booth",
      kind: "last",
      paths: "",
      version: 1,
      wires: [["answer"]],
    }),
    at("answer", "http response", { statusCode: "", wires: [] }),
    at("failed", "catch", { scope: ["query"], uncaught: false, wires: [["said"]] }),
    at("said", "change", {
      rules: [{ t: "set", p: "payload", pt: "msg", to: "error.message", tot: "msg" }],
      wires: [["sorry"]],
    }),
    at("sorry", "http response", { statusCode: "404", wires: [] }),
  ];
}

/** A program of ours that is expected to end by itself. */
function rung(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(DIST, "runtime/cli/rung.js"), ...args],
    {
      env: { ...process.env, ...env },
      encoding: "utf8",
    },
  );
  return { status, stdout, stderr };
}

describe("bad input to the product", function () {
  this.timeout(90_000);
  let folder: string;
  let server: TestServer;
  let product: Product;
  let plant: MqttClient;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "rung-bad-input-"));
    server = await startTestServer({ pki: newFolder("server-pki") });
    product = await Product.start(["--no-demo"], (home) => {
      mkdirSync(join(home, "flows"));
      writeFileSync(join(home, "flows", "mistakes.json"), JSON.stringify(flowOf(server)));
      writeFileSync(join(home, "flows", "cut.json"), TRUNCATED);
    });
    await product.signIn();
    const { user, password } = JSON.parse(
      readFileSync(join(product.home, "plant", "logins.json"), "utf8"),
    ).mqtt;
    plant = await connectAsync(`mqtt://127.0.0.1:${product.runFile("broker").port}`, {
      protocolVersion: 4,
      username: user,
      password,
    });
  });
  after(async () => {
    await plant?.endAsync(true);
    await product?.stop();
    await killTestServers();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    if (product === undefined) return;
    const health = (await (await fetch(`${product.url}/health`)).json()) as { status: string };
    assert.equal(health.status, "ok", "the host keeps running");
  });

  /** The host's line that fits, once it has been said. */
  const says = (line: RegExp): Promise<string> =>
    eventually(
      `a line of the host like ${line}`,
      () =>
        product
          .log("host")
          .split("\n")
          .find((each) => line.test(each)),
      SOON_MS,
    );
  const write = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  /** The newest stored sample of a path below the twin; undefined where there never was one. */
  const last = async (path: string): Promise<{ value: number | null; quality: number } | undefined> => {
    try {
      return await product.get(`/last/${encodeURIComponent(`${TWIN}/${path}`)}`);
    } catch (thrown) {
      if (/was never stored in this history/.test(String(thrown))) return undefined;
      throw thrown;
    }
  };

  it("names a flow file cut short, loads the rest and leaves the file alone", async () => {
    await says(/\[error\] .*cut\.json: .*JSON.*; it is left as it is and its tab is not loaded/);
    assert.equal(readFileSync(join(product.home, "flows", "cut.json"), "utf8"), TRUNCATED);
    const health = (await (await fetch(`${product.url}/health`)).json()) as { flowFilesBroken: number };
    assert.equal(health.flowFilesBroken, 1);
    const checked = rung(["check", join(product.home, "flows"), "--json"]);
    assert.equal(checked.status, 2);
    const { errors, twins } = JSON.parse(checked.stdout);
    assert.equal(errors[0].file, join(product.home, "flows", "cut.json"));
    assert.deepEqual(
      twins.map(({ address }: { address: string }) => address),
      [TWIN],
    );
  });

  it("names the node that got no frame, and what it got", async () => {
    await product.inject("string");
    await says(
      /\[error\] \[rung-state:booth 1\] RungError: .*expected a frame from a source node, got the text "not a frame" \(/,
    );
    await product.inject("lookalike");
    await says(
      /\[error\] \[rung-state:booth 1\] RungError: .*expected a frame from a source node, got an? .*object/,
    );
  });

  it("names a binding whose units do not fit, and reads nothing there", async () => {
    await says(/\[error\] \[rung-opcua-source:wrong unit\] .*supply\/pressure: .*bar.*°C/);
    assert.equal(await last("supply/pressure"), undefined);
  });

  it("names a node id that the server does not know, and reads the others", async () => {
    await says(/\[rung-opcua-source:right PLC\] .*ns=1;s=Nowhere.*BadNodeIdUnknown/);
    await eventually("samples of the right tag", async () => (await last("count")) ?? undefined);
  });

  it("says that nobody trusts a server yet, with its fingerprint, and reads nothing there", async () => {
    await says(
      /strict PLC \(opc\.tcp:\/\/127\.0\.0\.1:\d+\): nobody has trusted the server .* yet; its fingerprint is [0-9A-F ]{49}/,
    );
    assert.equal(await last("third"), undefined);
  });

  it("stores a NaN of the plant as a bad value, never as a good one", async () => {
    const before = await eventually("a good temperature", async () => {
      const sample = await last("air");
      return sample?.value !== undefined && sample.value !== null ? sample : undefined;
    });
    assert.deepEqual([Math.round(before.value!), before.quality], [100, 0]);
    server.command({ set: "Fahrenheit", type: "Double", value: "NaN" });
    const after = await eventually("the sample that is no number", async () => {
      const sample = await last("air");
      return sample?.value === null ? sample : undefined;
    });
    assert.ok(after.quality >= 0x80000000, `quality 0x${after.quality.toString(16)} is not bad`);
  });

  it("names topic and fault of a malformed message, and takes the next", async () => {
    const timeUs = Date.now() * 1000;
    await plant.publishAsync(`${TWIN}/humidity`, '{"value": NaN}', { qos: 1 });
    await says(/\[rung-mqtt-source:booth json\] acme\/leipzig\/paint\/booth1\/humidity: is no JSON: /);
    await plant.publishAsync(`${TWIN}/pressure`, JSON.stringify({ value: "high", timeUs }), { qos: 1 });
    await says(/booth1\/pressure: "high" is no number/);
    await plant.publishAsync(`${TWIN}/speed`, '{"speed": 61}', { qos: 1 });
    await says(/booth1\/speed: has nothing at "value"/);
    await plant.publishAsync(`${TWIN}/supply/flow`, "NaN", { qos: 1 });
    await says(/booth1\/supply\/flow: .*NaN.* is no number/);
    await plant.publishAsync(`${TWIN}/humidity`, JSON.stringify({ value: 61.5, timeUs, quality: 0 }), {
      qos: 1,
    });
    await eventually("the message after them", async () =>
      (await last("humidity"))?.value === 61.5 ? true : undefined,
    );
  });

  it("names an address that nobody knows", async () => {
    await assert.rejects(
      product.get(`/last/${encodeURIComponent(`${TWIN}/nowhere/at/all`)}`),
      /booth1\/nowhere\/at\/all: was never stored in this history \(wire a history node .*, or correct the address\)/,
    );
  });

  it("says at the command line what is wrong with a file, and where", () => {
    const home = join(folder, "home");
    const cut = write("cut.csv", 'time,air,gas\n1,20.5,3\n2,20.6,4\n3,"20.');
    const replay = rung(["replay", cut, "--time", "time", "--home", home]);
    assert.equal(replay.status, 2);
    assert.equal(replay.stdout, "");
    assert.match(replay.stderr, /cut\.csv: Quote Not Closed: .* at line 4 /);

    const short = write("short.csv", "time,air,gas\n1,20.5,3\n2,20.6\n");
    const ragged = rung(["replay", short, "--time", "time", "--home", home]);
    assert.equal(ragged.status, 0);
    assert.match(ragged.stdout, /^1 bad cells, the first in row 2, column gas: missing ""$/m);

    const good = write("good.csv", "time,air\n1,20.5\n2,20.6\n");
    const out = join(folder, "answer.csv");
    const detect = rung(["detect", good, "--time", "time", "--value", "pressure", "--out", out]);
    assert.equal(detect.status, 2);
    assert.match(detect.stderr, /good\.csv: has no column "pressure" .*"time".*"air"/);
  });

  it("serves the editor where a flow needs a node type that is not there, and names it", async () => {
    const lost = await Product.start(["--no-demo"], (home) => {
      mkdirSync(join(home, "flows"));
      writeFileSync(
        join(home, "flows", "lost.json"),
        JSON.stringify([
          { id: "tab", type: "tab", label: "Lost" },
          { id: "warp", type: "rung-warp-drive", z: "tab", name: "warp", x: 100, y: 100, wires: [] },
        ]),
      );
    });
    try {
      assert.match(lost.log("host"), /\[error\] .*missing-types: rung-warp-drive/);
      await lost.signIn();
      const flows = await lost.get<{ type: string }[]>("/editor/flows");
      assert.ok(
        flows.some(({ type }) => type === "rung-warp-drive"),
        "the editor still has the node",
      );
      assert.equal((await fetch(`${lost.url}/health`)).status, 200);
    } finally {
      assert.equal(await lost.stop(), 0);
    }
  });

  describe("a port in use", () => {
    let taken: Server;
    let port: number;
    before(async () => {
      taken = createServer();
      await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
      port = (taken.address() as { port: number }).port;
    });
    after(() => taken.close());

    it("is named by rung start with the variable to change", () => {
      const started = rung(["start", "--no-demo"], {
        RUNG_HOME: join(folder, "port"),
        RUNG_PORT: String(port),
      });
      assert.equal(started.status, 2);
      assert.equal(started.stdout, "");
      assert.match(
        started.stderr,
        new RegExp(
          `port ${port}: is in use by another program \\(set RUNG_PORT to a free one, or to 0 for any\\)`,
        ),
      );
    });

    for (const [name, program, variable] of [
      ["the virtual plant", "plant/main.js", "RUNG_PLANT_PORT"],
      ["the actuator", "runtime/act/actuator-main.js", "RUNG_ACTUATOR_PORT"],
    ] as const) {
      it(`is named by ${name}`, async () => {
        const child: ChildProcess = spawn(process.execPath, [join(DIST, program)], {
          env: { ...process.env, RUNG_HOME: product.home, [variable]: String(port) },
          stdio: ["ignore", "ignore", "pipe"],
        });
        let said = "";
        child.stderr!.on("data", (chunk) => {
          said += chunk;
        });
        const [status] = await once(child, "exit");
        assert.equal(status, 2, said);
        assert.match(said, /in use/);
        assert.match(said, new RegExp(`${port}\\b`));
        assert.match(said, new RegExp(`set ${variable} to `));
      });
    }
  });
});
