import assert from "node:assert/strict";
import { join } from "node:path";
import {
  AttributeIds,
  type ClientSession,
  DataType,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAClient,
  SecurityPolicy,
  StatusCodes,
  UserTokenType,
} from "node-opcua";
import { STATION_TAGS } from "../../plant/body/station-tags.ts";
import { type StationServer, startStationServer } from "../../plant/opcua/station-server.ts";
import { readLogins } from "../../plant/run/logins.ts";
import { temporaryHome, until } from "./plant-home.ts";

describe("plant/opcua: the body station over the wire", function () {
  this.timeout(30_000);
  const { home, remove } = temporaryHome();
  let server: StationServer;
  let client: OPCUAClient;
  let session: ClientSession;
  before(async () => {
    const logins = readLogins(home);
    server = await startStationServer(home, logins.opcua, 1);
    const manager = new OPCUACertificateManager({
      rootFolder: join(home, "client"),
      automaticallyAcceptUnknownCertificate: true,
    });
    await manager.initialize();
    client = OPCUAClient.create({
      clientCertificateManager: manager,
      securityMode: MessageSecurityMode.SignAndEncrypt,
      securityPolicy: SecurityPolicy.Basic256Sha256,
    });
    await client.connect(`opc.tcp://127.0.0.1:${server.port}`);
    const { user, password } = logins.opcua[0]!;
    session = await client.createSession({ type: UserTokenType.UserName, userName: user, password });
  });
  after(async () => {
    await session?.close();
    await client?.disconnect();
    await server?.stop();
    remove();
  });

  const read = (node: string) =>
    session.read({ nodeId: `ns=1;s=ST120.${node}`, attributeId: AttributeIds.Value });

  it("serves every tag under the names of OPC 40010, with units", async () => {
    const nodes = STATION_TAGS.map(({ nodeId }) => ({ nodeId: `ns=1;s=${nodeId}` }));
    const values = await session.read(nodes);
    const wrong = STATION_TAGS.filter((_, i) => !values[i]!.statusCode.equals(StatusCodes.Good));
    assert.deepEqual(wrong, []);
    const unit = await read("MotionDevices.R3.Axes.Axis2.ParameterSet.ActualPosition.EngineeringUnits");
    assert.equal(unit.value.value.displayName.text, "°");
    assert.equal(
      (await read("Controllers.R3C.TaskControls.Main.ParameterSet.TaskProgramName")).value.value,
      "R3 A6",
    );
    assert.equal((await read("SafetyStates.Cell.ParameterSet.OperationalMode")).value.value, 3);
  });

  it("moves its robots", async () => {
    const node = "MotionDevices.R3.Axes.Axis2.ParameterSet.ActualPosition";
    const first: number = (await read(node)).value.value;
    await until("axis 2 to move by 10°", async () => Math.abs((await read(node)).value.value - first) > 10);
  });

  it("lets nobody write", async () => {
    const status = await session.write({
      nodeId: "ns=1;s=ST120.Cycle.Count",
      attributeId: AttributeIds.Value,
      value: { value: { dataType: DataType.Int32, value: 7 } },
    });
    assert.ok(
      status.equals(StatusCodes.BadUserAccessDenied) || status.equals(StatusCodes.BadNotWritable),
      `${status}`,
    );
  });
});
