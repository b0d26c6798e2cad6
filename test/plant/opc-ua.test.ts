import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  AttributeIds,
  type ClientSession,
  DataType,
  type DataValue,
  type HistoryData,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAClient,
  SecurityPolicy,
  StatusCodes,
  TimestampsToReturn,
  type UserIdentityInfo,
  UserTokenType,
} from "node-opcua";
import { ASSEMBLY_TAGS } from "../../plant/assembly/assembly-tags.ts";
import { RESULT } from "../../plant/plc/request-block.ts";
import { readOptions } from "../../plant/run/options.ts";
import { type RunningPlant, startPlant } from "../../plant/run/plant-process.ts";
import { TAGS } from "../../plant/tags.ts";
import { loginsOf, temporaryHome, until } from "./plant-home.ts";

const ZONE3 = "ns=1;s=Oven1.Zone3";

describe("plant/opcua: over the wire", function () {
  this.timeout(30_000);
  const { home, remove } = temporaryHome();
  let plant: RunningPlant;
  let pki: OPCUACertificateManager;
  let twin: ClientSession;
  let actuator: ClientSession;
  const clients: OPCUAClient[] = [];

  function client(mode: MessageSecurityMode, policy: SecurityPolicy): OPCUAClient {
    const made = OPCUAClient.create({
      applicationName: "test",
      clientCertificateManager: pki,
      securityMode: mode,
      securityPolicy: policy,
      endpointMustExist: mode !== MessageSecurityMode.None,
      connectionStrategy: { maxRetry: -1, initialDelay: 50, maxDelay: 100 },
    });
    clients.push(made);
    return made;
  }

  async function signIn(
    identity?: UserIdentityInfo,
    policy = SecurityPolicy.Basic256Sha256,
  ): Promise<ClientSession> {
    const made = client(MessageSecurityMode.SignAndEncrypt, policy);
    await made.connect(`opc.tcp://127.0.0.1:${plant.port}`);
    return made.createSession(identity);
  }

  const user = (name: string, password?: string): UserIdentityInfo => ({
    type: UserTokenType.UserName,
    userName: name,
    password: password ?? loginsOf(home).opcua.find((login) => login.user === name)!.password,
  });

  const value = async (session: ClientSession, nodeId: string): Promise<unknown> =>
    (await session.read({ nodeId, attributeId: AttributeIds.Value })).value.value;

  async function write(
    session: ClientSession,
    nodeId: string,
    dataType: DataType,
    written: number | boolean,
  ): Promise<string> {
    const status = await session.write({
      nodeId,
      attributeId: AttributeIds.Value,
      value: { value: { dataType, value: written } },
    });
    return status.name;
  }

  before(async () => {
    plant = await startPlant(readOptions(["--speed", "20", "--seed", "1"], { RUNG_HOME: home }));
    pki = new OPCUACertificateManager({
      rootFolder: join(home, "client-pki"),
      automaticallyAcceptUnknownCertificate: true,
      disableFileWatchers: true,
    });
    await pki.initialize();
    twin = await signIn(user("twin"));
    actuator = await signIn(user("actuator"));
  });

  after(async () => {
    await twin?.close();
    await actuator?.close();
    for (const each of clients) await each.disconnect();
    await plant?.stop();
    await pki?.dispose();
    remove();
  });

  it("shows every tag of the contract with unit, range and plant time", async () => {
    const values = await twin.read(
      TAGS.map((tag) => ({ nodeId: `ns=1;s=${tag.nodeId}`, attributeId: AttributeIds.Value })),
    );
    const time = (await value(twin, "ns=1;s=Plant.Time")) as Date;
    for (const [i, tag] of TAGS.entries()) {
      if (tag.duringRide) {
        assert.equal(values[i]!.statusCode, StatusCodes.BadWaitingForInitialData, tag.nodeId);
        continue;
      }
      assert.equal(values[i]!.statusCode, StatusCodes.Good, tag.nodeId);
      assert.ok(time.getTime() - values[i]!.sourceTimestamp!.getTime() >= 0, tag.nodeId);
    }
    const unit = (await value(twin, `${ZONE3}.AirTemp.EngineeringUnits`)) as {
      unitId: number;
      displayName: { text: string };
    };
    assert.deepEqual([unit.unitId, unit.displayName.text], [4408652, "°C"]);
    const range = (await value(twin, `${ZONE3}.AirTempSP.EURange`)) as { low: number; high: number };
    assert.deepEqual([range.low, range.high], [110, 200]);
    assert.equal(await value(twin, "ns=1;s=Plant.Speed"), 20);
    assert.equal(await value(twin, `${ZONE3}.AirTempSP`), 195);
    assert.equal(await value(twin, `${ZONE3}.Local`), false);
    assert.equal(await value(twin, "ns=1;s=Oven1.State"), 6);
  });

  it("shows the assembly line beside it, its states by number and name, in the same plant time", async () => {
    const values = await twin.read(
      ASSEMBLY_TAGS.map((tag) => ({ nodeId: `ns=1;s=${tag.nodeId}`, attributeId: AttributeIds.Value })),
    );
    const time = (await value(twin, "ns=1;s=Plant.Time")) as Date;
    for (const [i, { nodeId }] of ASSEMBLY_TAGS.entries()) {
      assert.equal(values[i]!.statusCode, StatusCodes.Good, nodeId);
      assert.ok(time.getTime() - values[i]!.sourceTimestamp!.getTime() >= 0, nodeId);
    }
    const names = (await value(twin, "ns=1;s=Line1.ST07.Status.StateCurrent.EnumStrings")) as {
      text: string;
    }[];
    assert.deepEqual([names.length, names[6]!.text, names[11]!.text], [18, "Execute", "Held"]);
    const unit = (await value(twin, "ns=1;s=Line1.ST07.Power.EngineeringUnits")) as {
      displayName: { text: string };
    };
    assert.equal(unit.displayName.text, "kW");
    assert.match(await write(twin, "ns=1;s=Line1.ST07.Body", DataType.Int32, 1), /^Bad/);
  });

  it("refuses None, an anonymous user, a wrong password and an unknown user", async () => {
    const open = client(MessageSecurityMode.None, SecurityPolicy.None);
    const none = open
      .connect(`opc.tcp://127.0.0.1:${plant.port}`)
      .then(() => open.createSession(user("twin")));
    await assert.rejects(none, /BadSecurityModeRejected|BadSecurityPolicyRejected|no endpoint|security/i);
    await assert.rejects(signIn(), /BadIdentityTokenRejected|IdentityToken|anonymous/i);
    await assert.rejects(signIn(user("twin", "wrong")), /BadUserAccessDenied|BadIdentityTokenInvalid/);
    await assert.rejects(signIn(user("nobody", "wrong")), /BadUserAccessDenied|BadIdentityTokenInvalid/);
  });

  it("lets a client sign in with Aes256_Sha256_RsaPss", async () => {
    const session = await signIn(user("twin"), SecurityPolicy.Aes256_Sha256_RsaPss);
    assert.equal(await value(session, `${ZONE3}.AirTempSP`), 195);
    await session.close();
  });

  it("lets the twin write nothing, and the actuator the request block alone", async () => {
    const { Double, UInt32 } = DataType;
    assert.equal(await write(twin, `${ZONE3}.Request.Value`, Double, 150), "BadUserAccessDenied");
    assert.equal(await write(twin, `${ZONE3}.Request.Sequence`, UInt32, 5), "BadUserAccessDenied");
    for (const name of ["AirTempSP", "AirTemp", "Request.Result", "Request.EchoSequence", "Request.High"]) {
      const type = name === "Request.Result" ? DataType.Int32 : name.endsWith("Sequence") ? UInt32 : Double;
      for (const session of [twin, actuator]) {
        assert.match(
          await write(session, `${ZONE3}.${name}`, type, 1),
          /^Bad(NotWritable|UserAccessDenied)$/,
          name,
        );
      }
    }
    assert.match(await write(actuator, "ns=1;s=Plant.Speed", Double, 1), /^Bad/);
    const stop = "ns=1;s=Oven1.EmergencyStop";
    assert.match(await write(actuator, stop, DataType.Boolean, true), /^Bad(NotWritable|UserAccessDenied)$/);
    assert.equal(await value(twin, stop), false);
    assert.equal(await value(twin, `${ZONE3}.AirTempSP`), 195);
    assert.equal(await value(twin, `${ZONE3}.Request.EchoSequence`), 0);
  });

  it("takes the actuator's request, echoes it, and goes back when the heartbeat stops", async () => {
    const { Double, UInt32 } = DataType;
    const block = `${ZONE3}.Request`;
    for (const [name, type, written] of [
      ["Value", Double, 197.5],
      ["Expected", Double, 195],
      ["TtlMs", UInt32, 60_000],
      ["Heartbeat", UInt32, 1],
      ["Sequence", UInt32, 1],
    ] as const) {
      assert.equal(await write(actuator, `${block}.${name}`, type, written), "Good", name);
    }
    await until("the echo", async () => (await value(actuator, `${block}.EchoSequence`)) === 1);
    assert.equal(await value(actuator, `${block}.Result`), RESULT.accepted);
    assert.equal(await value(twin, `${ZONE3}.AirTempSP`), 197.5);
    await until("the time-out", async () => (await value(actuator, `${block}.Result`)) === RESULT.timedOut);
    assert.equal(await value(twin, `${ZONE3}.AirTempSP`), 195);
  });

  it("refuses a request of the wrong type before the PLC sees it", async () => {
    assert.equal(await write(actuator, `${ZONE3}.Request.Sequence`, DataType.Double, 9), "BadTypeMismatch");
  });

  it("pushes a value each plant tick, with source times 5 s apart, whatever the sampling interval", async () => {
    const subscription = await twin.createSubscription2({
      requestedPublishingInterval: 50,
      requestedLifetimeCount: 1000,
      requestedMaxKeepAliveCount: 20,
      publishingEnabled: true,
    });
    const times: number[] = [];
    const item = await subscription.monitor(
      { nodeId: `${ZONE3}.FanFlow`, attributeId: AttributeIds.Value },
      { samplingInterval: 0, queueSize: 100 },
      TimestampsToReturn.Both,
    );
    item.on("changed", (dataValue: DataValue) => times.push(dataValue.sourceTimestamp!.getTime()));
    await until("six values", () => times.length >= 6);
    await subscription.terminate();
    for (let i = 1; i < times.length; i++) assert.equal(times[i]! - times[i - 1]!, 5000);
    assert.equal(times[0]! % 5000, 0);
  });

  it("keeps sessions and subscriptions over a network cut, and has each tick of it in its history", async () => {
    const patient = client(MessageSecurityMode.SignAndEncrypt, SecurityPolicy.Basic256Sha256);
    await patient.connect(`opc.tcp://127.0.0.1:${plant.port}`);
    const session = await patient.createSession(user("twin"));
    const subscription = await session.createSubscription2({
      requestedPublishingInterval: 50,
      requestedLifetimeCount: 1000,
      requestedMaxKeepAliveCount: 20,
      publishingEnabled: true,
    });
    const times: number[] = [];
    const item = await subscription.monitor(
      { nodeId: `${ZONE3}.FanFlow`, attributeId: AttributeIds.Value },
      { samplingInterval: 0, queueSize: 200 },
      TimestampsToReturn.Both,
    );
    item.on("changed", (dataValue: DataValue) => times.push(dataValue.sourceTimestamp!.getTime()));
    await until("two values", () => times.length >= 2);
    const token = readFileSync(join(home, "plant", "control-token"), "utf8").trim();
    let lost = 0;
    patient.on("connection_lost", () => lost++);
    const response = await fetch(`http://127.0.0.1:${plant.controlPort}/faults`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ fault: "network-cut", durationS: 1 }),
    });
    assert.equal(response.status, 200);
    const atCut = times.length;
    await until("the loss", () => lost === 1);
    await until("ten values after the cut", () => times.length >= atCut + 10);
    // What was under way when the line broke may come twice or not at all; the server's history has each tick once.
    const [first, last] = [Math.min(...times), Math.max(...times)];
    const [result] = await session.readHistoryValue([`${ZONE3}.FanFlow`], new Date(first), new Date(last));
    const history = (result!.historyData as HistoryData).dataValues!.map((each) =>
      each.sourceTimestamp!.getTime(),
    );
    assert.equal(history.length, (last - first) / 5000 + 1);
    assert.deepEqual(
      [...new Set(times)].filter((time) => !history.includes(time)),
      [],
    );
    await subscription.terminate();
    await session.close();
  });

  it("answers HistoryRead with the ticks it has had", async () => {
    const now = (await value(twin, "ns=1;s=Plant.Time")) as Date;
    const from = new Date(now.getTime() - 30_000);
    const [result] = await twin.readHistoryValue([`${ZONE3}.AirTemp`], from, now);
    const history = result!.historyData as HistoryData;
    const times = history.dataValues!.map((each) => each.sourceTimestamp!.getTime());
    assert.ok(times.length >= 6, `${times.length} values`);
    for (let i = 1; i < times.length; i++) assert.equal(times[i]! - times[i - 1]!, 5000);
  });

  it("shows a fault that the control API plants in the assembly line", async () => {
    const token = readFileSync(join(home, "plant", "control-token"), "utf8").trim();
    const call = async (path: string, body: unknown): Promise<void> => {
      const response = await fetch(`http://127.0.0.1:${plant.controlPort}${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
      assert.equal(response.status, 200, await response.text());
    };
    const current = async (conveyor: string): Promise<number> =>
      (await value(twin, `ns=1;s=Line1.${conveyor}.DriveCurrent`)) as number;
    await call("/pause", { paused: true });
    const [before, beside] = [await current("B03"), await current("B08")];
    await call("/faults", { fault: "dragging-conveyor", station: "st03", rampS: 0 });
    // Two hours hold one of work at least, whatever the shift clock says now.
    for (let i = 0; i < 60; i++) await call("/step", { seconds: 120 });
    await call("/pause", { paused: false });
    assert.ok((await current("B03")) > 1.2 * before, `${before} A to ${await current("B03")} A`);
    assert.ok(Math.abs((await current("B08")) / beside - 1) < 0.1);
  });
});
