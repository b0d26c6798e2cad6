import { createServer, type Socket } from "node:net";
import { Aedes, type AuthenticateError, type Client } from "aedes";
import { RungError } from "../core/errors.ts";
import { type BrokerUsers, publishRefusal, subscribeRefusal } from "./broker-rights.ts";
import type { BrokerUser } from "./demo-logins.ts";
import { listenError } from "./listen-error.ts";

/** MQTT 3.1.1 return codes of CONNACK, clause 3.2.2.3. */
const BAD_USER_OR_PASSWORD = 4;
/** MQTT 5 is protocol level 5, MQTT 3.1.1 level 4, clause 3.1.2.2. */
const NEWEST_LEVEL = 4;

export interface BrokerOptions {
  readonly users: BrokerUsers;
  /** 0 takes any free port. */
  readonly port: number;
  readonly address?: string;
  /** Told each refusal in one sentence; the embedded broker refuses nothing silently. */
  readonly onRefused: (sentence: string) => void;
}

export interface RunningBroker {
  readonly port: number;
  connectedClients(): number;
  close(): Promise<void>;
}

/**
 * The embedded MQTT 3.1.1 broker of the demo: three users, and only the actuator publishes commands. It keeps its
 * queues in memory: an acknowledged message is not a durable one.
 * @throws RungError `port-in-use`
 */
export async function startBroker(options: BrokerOptions): Promise<RunningBroker> {
  const userOf = new WeakMap<Client, BrokerUser>();
  const refused = (client: Client | null, sentence: string) =>
    options.onRefused(`mqtt ${(client && userOf.get(client)) || "client"} ${client?.id || ""}: ${sentence}`);

  const broker = await Aedes.createBroker({
    preConnect(client, packet, done) {
      if ((packet.protocolVersion ?? 0) > NEWEST_LEVEL)
        refused(client, "MQTT 5 is refused by the embedded broker: connect with MQTT 3.1.1");
      // Let through all the same: the broker itself answers an unknown level with return code 1, so that the client
      // learns why, where an error here would only cut the connection.
      done(null, true);
    },
    authenticate(client, user, password, done) {
      const known = options.users.signIn(user, password);
      if (known !== undefined) {
        userOf.set(client, known);
        return done(null, true);
      }
      refused(client, `sign-in as ${JSON.stringify(user ?? "")} refused`);
      const error = Object.assign(new Error("bad user name or password"), {
        returnCode: BAD_USER_OR_PASSWORD,
      });
      done(error as AuthenticateError, false);
    },
    authorizePublish(client, packet, done) {
      // Null is the broker itself.
      const why =
        client === null ? undefined : publishRefusal(userOf.get(client), packet.topic, packet.payload);
      if (why === undefined) return done(null);
      refused(client, `publishing to ${packet.topic} refused: ${why}`);
      done(new Error(why));
    },
    authorizeSubscribe(client, subscription, done) {
      const why = subscribeRefusal(userOf.get(client), subscription.topic);
      if (why === undefined) return done(null, subscription);
      refused(client, `subscribing to ${subscription.topic} refused: ${why}`);
      // No subscription is granted: the client reads 0x80, failure (clause 3.9.3).
      done(null, null);
    },
  });

  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    broker.handle(socket);
  });
  broker.on("clientError", (client, error) => refused(client, error.message));
  broker.on("connectionError", (client, error) => refused(client, error.message));
  const address = options.address ?? "127.0.0.1";
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(listenError(error, "RUNG_MQTT_PORT", options.port)));
    server.listen(options.port, address, resolve);
  });
  const bound = server.address();
  if (bound === null || typeof bound === "string") {
    throw new RungError({ code: "no-port", where: "broker", what: "listens on no TCP port" });
  }
  return {
    port: bound.port,
    connectedClients: () => broker.connectedClients,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await new Promise<void>((resolve) => broker.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
