// Loaded before a host (NODE_OPTIONS=--import): notes every router and socket server as it is made, and writes at
// SIGUSR2 what is registered there into the file of RUNG_TEST_ROUTES. Plain JavaScript: it is no part of the product.
import { writeFileSync } from "node:fs";
import http from "node:http";
import { createRequire, syncBuiltinESMExports } from "node:module";

const require = createRequire(import.meta.url);
const fromDashboard = createRequire(require.resolve("@flowfuse/node-red-dashboard/package.json"));
const fromNodeRed = createRequire(require.resolve("node-red"));
const fromEditor = createRequire(fromNodeRed.resolve("@node-red/editor-api"));
const fromNodes = createRequire(fromNodeRed.resolve("@node-red/nodes/package.json"));

/** Applications that were mounted in another one, where: express keeps no trace of it that could be read. */
const mounts = new WeakMap();
const AT = Symbol("the path of a layer");
const all = [require, fromNodeRed, fromEditor, fromNodes, fromDashboard].map((from) => from("express"));
for (const express of new Set(all)) {
  const { use } = express.application;
  express.application.use = function (...args) {
    const path = typeof args[0] === "string" ? args[0] : "";
    for (const child of args.flat(3)) {
      if (typeof child !== "function" || typeof child.set !== "function") continue;
      mounts.set(this, [...(mounts.get(this) ?? []), { path, child }]);
    }
    return use.apply(this, args);
  };
  const router = express.Router.prototype?.use === undefined ? express.Router : express.Router.prototype;
  const { use: useOfRouter } = router;
  router.use = function (...args) {
    const before = this.stack.length;
    const done = useOfRouter.apply(this, args);
    const path = typeof args[0] === "string" && args[0] !== "/" ? args[0] : "";
    for (const layer of this.stack.slice(before)) layer[AT] = path.replace(/\/$/, "");
    return done;
  };
}

/** The servers of sockets: the editor's (ws) and the dashboard's (socket.io). */
const sockets = new Set();
const { Server } = fromDashboard("socket.io");
const of = Server.prototype.of;
Server.prototype.of = function (...args) {
  sockets.add(this);
  return of.apply(this, args);
};

const applications = new Set();
const servers = new Set();
const createServer = http.createServer;
http.createServer = (...args) => {
  for (const thing of args)
    if (typeof thing === "function" && typeof thing.set === "function") applications.add(thing);
  const server = createServer(...args);
  servers.add(server);
  return server;
};
syncBuiltinESMExports();

function routesOf(handler, at, found) {
  const stack = handler.stack ?? handler._router?.stack ?? handler.router?.stack ?? [];
  for (const layer of stack) {
    if (layer.route !== undefined) {
      for (const path of [layer.route.path].flat()) {
        const methods = Object.keys(layer.route.methods).filter((method) => method !== "_all");
        for (const method of methods.length > 0 ? methods : ["get", "post"])
          found.push({ method: method.toUpperCase(), path: `${at}${String(path)}` });
      }
    } else if (layer.handle?.stack !== undefined) routesOf(layer.handle, `${at}${layer[AT] ?? ""}`, found);
    else if (layer.name === "serveStatic")
      found.push({ method: "GET", path: `${at}${layer[AT] ?? ""}/`, files: true });
  }
  for (const { path, child } of mounts.get(handler) ?? []) routesOf(child, `${at}${path}`, found);
  return found;
}

process.on("SIGUSR2", () => {
  const { httpAdmin, httpNode, settings } = require("node-red");
  const found = [];
  for (const application of applications) routesOf(application, "", found);
  routesOf(httpAdmin, settings.httpAdminRoot.replace(/\/$/, ""), found);
  routesOf(httpNode, settings.httpNodeRoot.replace(/\/$/, ""), found);
  const events = new Set();
  for (const server of sockets)
    for (const space of server._nsps.values())
      for (const socket of space.sockets.values())
        for (const name of socket.eventNames()) events.add(String(name));
  const listening = [...servers].filter((server) => server.listening);
  const patience = listening.map(({ headersTimeout, requestTimeout }) => ({
    headersTimeout,
    requestTimeout,
  }));
  const told = { routes: found, events: [...events], patience };
  writeFileSync(process.env.RUNG_TEST_ROUTES, JSON.stringify(told));
});
