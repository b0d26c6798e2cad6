import { cpSync, existsSync, mkdirSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import express, { type ErrorRequestHandler, type RequestHandler } from "express";
import RED from "node-red";
import settings from "../../settings.ts";
import { messageOf, RungError } from "../core/errors.ts";
import { isEverywhere } from "../core/scopes.ts";
import type { ServerCertificate } from "../core/server-certificate.ts";
import { SignInThrottle } from "../core/sign-in-throttle.ts";
import { adminScope } from "./admin-scope.ts";
import { type RunningBroker, startBroker } from "./broker.ts";
import { BrokerUsers } from "./broker-rights.ts";
import { dashboardGuard } from "./dashboard-guard.ts";
import { editorAddress } from "./editor-address.ts";
import { bindEditor, type EditorRuntime } from "./editor-scope.ts";
import { FirstLogin } from "./first-login.ts";
import { FlowStorage, nodeRedStorage } from "./flow-storage.ts";
import { FlowsState } from "./flows-state.ts";
import { frontDoor } from "./front-door.ts";
import { flowsFolder, makeHome } from "./home.ts";
import { listenError } from "./listen-error.ts";
import { collectProcessMetrics, gauge, metricsRegistry } from "./metrics.ts";
import { asHandler } from "./mount-node-red.ts";
import { nodeRedSettings } from "./node-red-settings.ts";
import { OpenConnections } from "./open-connections.ts";
import { productRoot } from "./product-root.ts";
import { checkProduction, isInClear, type Profile } from "./profile.ts";
import { type ModuleResources, readOnlyAdmin } from "./read-only-admin.ts";
import { isFromLoopback, type PublicPlace } from "./request-origin.ts";
import { RunningFlow } from "./running-flow.ts";
import { measureSamples } from "./sample-metrics.ts";
import { securityHeaders } from "./security-headers.ts";
import { closeServices, openSynchronisers } from "./services.ts";
import { Sessions } from "./sessions.ts";
import { FIRST_PAGE, signInRoutes } from "./sign-in-routes.ts";
import { SignedIn } from "./signed-in.ts";
import { tellSpools } from "./spool-metrics.ts";
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
  /** Without one the host speaks plain HTTP. */
  readonly certificate?: ServerCertificate;
  readonly profile?: Profile;
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
 * @throws RungError `port-in-use`, `broken-file`, in production `no-flows`, `plain-http`
 */
export async function startHost(options: HostOptions): Promise<RunningHost> {
  const { home, address = "127.0.0.1", certificate, publicUrl, profile = "engineering" } = options;
  makeHome(home);
  const flows = options.flows ?? flowsFolder(home);
  const isReadOnly = profile === "production";
  const isTls = certificate !== undefined;
  const listening = { address, isTls };
  if (isReadOnly) checkProduction(flows, listening);
  else copyExampleFlows(flows);

  const warn = (sentence: string) => RED.log.warn(sentence);
  const users = new UserList(home);
  const sessions = new Sessions(home, users);
  const signedIn = new SignedIn(sessions, isTls || publicUrl?.protocol === "https:");
  const connections = new OpenConnections(sessions);
  const firstLogin = new FirstLogin(users);
  const place: PublicPlace = { publicUrl, isTls };
  const storage = new FlowStorage({
    flows,
    credentials: join(home, "node-red", "credentials.json"),
    onBroken: (sentence) => RED.log.error(sentence),
  });

  const running = new RunningFlow(RED.events);
  const shops = () => running.shops;

  const app = express();
  const inside = http.createServer(app);
  const headers = securityHeaders({ uses: (type) => running.uses(type), isTls });
  const server = frontDoor(inside, { signedIn, connections, place, headers, certificate });
  RED.init(
    inside,
    nodeRedSettings({
      home,
      port: options.port,
      address,
      signedIn,
      isTls,
      profile,
      storageModule: nodeRedStorage(storage),
      ioMiddleware: dashboardGuard({ signedIn, connections, place, shops, onRefused: warn }),
    }),
  );

  const personNamed = (name: string) => users.get(name);
  bindEditor(RED.runtime as unknown as EditorRuntime, { personNamed, shops, isReadOnly });

  const flowsState = new FlowsState(RED.events);
  const state = { ready: false, broker: undefined as RunningBroker | undefined };
  app.disable("x-powered-by");
  // As in the express that Node-RED's nodes were written for: `?a[b]=1` is an object.
  app.set("query parser", "extended");
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
    const person = signedIn.person(request);
    if (person === undefined && !isFromLoopback(request)) {
      response.status(401).json({ error: "sign in first", at: "/sign-in" });
      return;
    }
    if (person !== undefined && !isEverywhere(person)) {
      response.status(403).json({ error: "figures are of the whole plant, and your scope is not" });
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
  app.use(editorAddress({ signedIn, adminRoot: settings.httpAdminRoot, profile }));
  app.use(settings.httpAdminRoot, (request, _response, next) => {
    signedIn.lendToken(request);
    next();
  });
  app.use(settings.httpAdminRoot, adminScope({ signedIn, shops }));
  if (isReadOnly) {
    const { nodes } = RED.runtime as unknown as { nodes: ModuleResources };
    app.use(settings.httpAdminRoot, readOnlyAdmin(nodes, asHandler(RED.httpAdmin)), nothingHere);
  }
  app.use(settings.httpAdminRoot, asHandler(RED.httpAdmin));
  // Dashboard 2 shows here what it keeps of a widget, to whoever asks.
  app.use("/dashboard/_debug", nothingHere);
  app.use(
    settings.httpNodeRoot,
    signedIn.scopedDashboardOnly,
    signedIn.operatorWrites,
    asHandler(RED.httpNode),
  );
  app.use(nothingHere);
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
  if (isInClear(listening))
    warn(`passwords cross the network in clear at ${address}: set RUNG_TLS=self-made, or a certificate`);
  if (flowsState.problem !== undefined)
    RED.log.error(
      `the flows do not run: ${flowsState.problem} (open the editor, or install the missing nodes)`,
    );
  const url = `${isTls ? "https" : "http"}://${address}:${port}`;
  const token = firstLogin.offer();
  return {
    port,
    mqttPort: state.broker.port,
    url,
    firstLoginLink: token && `${publicUrl?.origin ?? url}/first-login?token=${token}`,
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

const nothingHere: RequestHandler = (request, response) => {
  response.status(404).json({ error: `nothing is at ${request.originalUrl.split("?")[0]}` });
};

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
