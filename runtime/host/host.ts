import { cpSync, existsSync, mkdirSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import express, { type ErrorRequestHandler } from "express";
import RED from "node-red";
import settings from "../../settings.ts";
import { messageOf, RungError } from "../core/errors.ts";
import { SignInThrottle } from "../core/sign-in-throttle.ts";
import { type RunningBroker, startBroker } from "./broker.ts";
import { BrokerUsers } from "./broker-rights.ts";
import { dashboardGuard } from "./dashboard-guard.ts";
import { FirstLogin } from "./first-login.ts";
import { FlowStorage, nodeRedStorage } from "./flow-storage.ts";
import { FlowsState } from "./flows-state.ts";
import { flowsFolder, makeHome } from "./home.ts";
import { listenError } from "./listen-error.ts";
import { collectProcessMetrics, gauge, metricsRegistry } from "./metrics.ts";
import { asHandler } from "./mount-node-red.ts";
import { nodeRedSettings } from "./node-red-settings.ts";
import { OpenConnections } from "./open-connections.ts";
import { productRoot } from "./product-root.ts";
import { isFromLoopback, originRefusal, type PublicPlace } from "./request-origin.ts";
import { measureSamples } from "./sample-metrics.ts";
import { securityHeaders } from "./security-headers.ts";
import { closeServices, openSynchronisers } from "./services.ts";
import { Sessions } from "./sessions.ts";
import { FIRST_PAGE, signInRoutes } from "./sign-in-routes.ts";
import { SignedIn } from "./signed-in.ts";
import { tellSpools } from "./spool-metrics.ts";
import { guardUpgrades } from "./upgrade-guard.ts";
import { UserList } from "./users.ts";

export interface HostOptions {
  readonly home: string;
  /** By default RUNG_FLOWS, or `flows/` in the home. */
  readonly flows?: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly mqttPort: number;
  /** Loopback unless somebody decides otherwise. */
  readonly address?: string;
  readonly publicUrl?: URL;
  /** Told when the first admin has set a password. */
  readonly onFirstLogin?: () => void;
}

export interface RunningHost {
  readonly port: number;
  readonly mqttPort: number;
  /** `http://127.0.0.1:1880` */
  readonly url: string;
  /** The one-time link, where nobody can sign in as admin yet. */
  readonly firstLoginLink: string | undefined;
  close(): Promise<void>;
}

/**
 * Node-RED with the dashboard inside express, behind one sign-in, with the embedded broker beside it. Once per
 * process, since Node-RED is.
 * @throws RungError `port-in-use`, `broken-file`
 */
export async function startHost(options: HostOptions): Promise<RunningHost> {
  const { home, address = "127.0.0.1" } = options;
  makeHome(home);
  const flows = options.flows ?? flowsFolder(home);
  copyExampleFlows(flows);

  const warn = (sentence: string) => RED.log.warn(sentence);
  const users = new UserList(home);
  const sessions = new Sessions(home, users);
  const signedIn = new SignedIn(sessions, options.publicUrl?.protocol === "https:");
  const connections = new OpenConnections(sessions);
  const firstLogin = new FirstLogin(users);
  const place: PublicPlace = { publicUrl: options.publicUrl };
  const storage = new FlowStorage({
    flows,
    credentials: join(home, "node-red", "credentials.json"),
    onBroken: (sentence) => RED.log.error(sentence),
  });

  const app = express();
  const server = http.createServer(app);
  // Before Node-RED and the dashboard, which listen for upgrades as well.
  guardUpgrades(server, { signedIn, connections, place });
  RED.init(
    server,
    nodeRedSettings({
      home,
      port: options.port,
      address,
      signedIn,
      storageModule: nodeRedStorage(storage),
      ioMiddleware: dashboardGuard({ signedIn, connections, place, onRefused: warn }),
    }),
  );

  const flowsState = new FlowsState(RED.events);
  const state = { ready: false, broker: undefined as RunningBroker | undefined };
  app.disable("x-powered-by");
  // As in the express that Node-RED's nodes were written for: `?a[b]=1` is an object.
  app.set("query parser", "extended");
  app.use(securityHeaders);
  app.use((request, response, next) => {
    const refusal = originRefusal(request, place);
    if (refusal === undefined) next();
    else response.status(403).json({ error: refusal });
  });
  app.get("/health", (_request, response) => {
    response.status(state.ready ? 200 : 503).json({
      status: state.ready ? "ok" : "starting",
      flowsRunning: flowsState.running,
      uptimeS: Math.round(process.uptime()),
      flowFilesBroken: storage.brokenFiles,
      brokerClients: state.broker?.connectedClients() ?? 0,
    });
  });
  app.get("/metrics", async (request, response) => {
    if (!isFromLoopback(request) && signedIn.person(request) === undefined) {
      response.status(401).json({ error: "sign in first", at: "/sign-in" });
      return;
    }
    response.type(metricsRegistry.contentType).send(await metricsRegistry.metrics());
  });
  app.use(
    signInRoutes({
      users,
      signedIn,
      firstLogin,
      throttle: new SignInThrottle(),
      onFirstLogin: () => options.onFirstLogin?.(),
    }),
  );
  app.use(signedIn.required);
  app.get("/", (_request, response) => response.redirect(303, FIRST_PAGE));
  app.use(settings.httpAdminRoot, (request, _response, next) => {
    signedIn.lendToken(request);
    next();
  });
  app.use(settings.httpAdminRoot, asHandler(RED.httpAdmin));
  app.use(settings.httpNodeRoot, signedIn.operatorWrites, asHandler(RED.httpNode));
  app.use((request, response) => {
    response.status(404).json({ error: `nothing is at ${request.path}` });
  });
  app.use(sayWhatFailed);

  const port = await listen(server, options.port, address);
  signedIn.nameCookieAfter(port);
  const close = async () => {
    state.ready = false;
    // Sockets first: the server ends only when the last one is gone.
    connections.close();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await RED.stop();
    server.closeAllConnections();
    await closed;
    await state.broker?.close();
    await closeServices();
  };
  try {
    state.broker = await startBroker({
      users: BrokerUsers.read(home),
      port: options.mqttPort,
      onRefused: warn,
    });
    measure(storage, flowsState, connections, state.broker);
    await RED.start();
    await flowsState.settled();
  } catch (thrown) {
    await close();
    throw thrown;
  }
  state.ready = true;
  if (flowsState.problem !== undefined)
    RED.log.error(
      `the flows do not run: ${flowsState.problem} (open the editor, or install the missing nodes)`,
    );
  const url = `http://${address}:${port}`;
  const token = firstLogin.offer();
  return {
    port,
    mqttPort: state.broker.port,
    url,
    firstLoginLink: token && `${options.publicUrl?.origin ?? url}/first-login?token=${token}`,
    close,
  };
}

/** At the first start the flows are a copy of the example plant's, so that the checkout stays clean. */
function copyExampleFlows(flows: string): void {
  if (existsSync(flows)) return;
  const examples = join(productRoot, "flows");
  if (existsSync(examples)) cpSync(examples, flows, { recursive: true });
  else mkdirSync(flows, { recursive: true, mode: 0o700 });
}

function listen(server: http.Server, port: number, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(listenError(error, "RUNG_PORT", port)));
    server.listen(port, address, () => {
      const bound = server.address();
      if (bound !== null && typeof bound === "object") resolve(bound.port);
      else reject(new RungError({ code: "no-port", where: address, what: "listens on no TCP port" }));
    });
  });
}

function measure(
  storage: FlowStorage,
  flowsState: FlowsState,
  connections: OpenConnections,
  broker: RunningBroker,
): void {
  collectProcessMetrics();
  gauge("rung_flow_files_broken", "Flow files that could not be read", () => storage.brokenFiles);
  gauge("rung_flows_running", "1 while the flows run", () => Number(flowsState.running));
  tellSpools(openSynchronisers);
  gauge("rung_open_connections", "Web sockets of people who are signed in", () => connections.size);
  gauge("rung_broker_clients", "Clients at the embedded MQTT broker", () => broker.connectedClients());
  measureSamples();
}

/** Nothing of the inside is told to a browser; the log has it. */
const sayWhatFailed: ErrorRequestHandler = (error, request, response, next) => {
  if (response.headersSent) return next(error);
  const status =
    typeof error?.status === "number" && error.status >= 400 && error.status < 500 ? error.status : 500;
  if (status === 500) RED.log.error(`${request.method} ${request.path}: ${messageOf(error)}`);
  response
    .status(status)
    .json({ error: status === 500 ? "the host failed here; its log says why" : messageOf(error) });
};
