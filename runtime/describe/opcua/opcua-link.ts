import type { ClientSession, OPCUAClient } from "node-opcua";
import { type LinkClock, LiveClock, VirtualClock } from "../../core/clock.ts";
import { RungError } from "../../core/errors.ts";
import { monotonicMs } from "../../core/time.ts";
import type { LinkState } from "../link-state.ts";
import { connectionError } from "./connection-error.ts";
import { discover } from "./discover.ts";
import { identityOf, sendsPasswordInClear } from "./link-identity.ts";
import { checkLinkOptions, LINK_DEFAULTS, mayGoOpen, type OpcuaLinkOptions } from "./link-options.ts";
import { LinkPki, type TrustRecord } from "./link-pki.ts";
import { loadOpcua } from "./load-opcua.ts";
import {
  describeCertificate,
  normalFingerprint,
  type PeerCertificate,
  spacedFingerprint,
} from "./peer-certificate.ts";
import { currentEndpoint, isVirtualPlantsOwn } from "./virtual-plant.ts";

/** Who uses a link: it connects for the first and disconnects after the last. */
export interface OpcuaLinkUser {
  /** A session is there; what was subscribed on an earlier one is gone. */
  opened(session: ClientSession): void;
  /** The session is gone for good; another `opened` follows when the server is back. */
  closed(): void;
  /** The transport broke and is being repaired under the same session, or is whole again. */
  broken?(): void;
  repaired?(): void;
  /** Where the link stands; called at once and at every change. */
  state(state: LinkState): void;
}

interface Open {
  readonly client: OPCUAClient;
  readonly session: ClientSession;
  readonly endpoint: string;
}

/**
 * One connection to one OPC UA server, shared by its users.
 *
 * It connects for the first user and disconnects after the last; it tries again for ever, with growing pauses; a
 * broken transport is repaired under the same session for `surviveMs`, so that the server's queues carry over, and
 * after that the session is made anew. A server whose certificate nobody trusted is not connected to.
 */
export class OpcuaLink {
  readonly options: OpcuaLinkOptions;
  readonly clock: LinkClock;
  readonly #users = new Set<OpcuaLinkUser>();
  #state: LinkState = { phase: "idle", sinceMs: monotonicMs() };
  #pki: Promise<LinkPki> | undefined;
  #peer: Buffer | undefined;
  #open: Open | undefined;
  /** Ends when the last user has gone and the connection is closed. */
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #drop: (() => void) | undefined;

  /** @throws RungError `malformed-link` */
  constructor(options: OpcuaLinkOptions) {
    checkLinkOptions(options);
    this.options = options;
    this.clock = options.reality === "virtual" ? new VirtualClock() : new LiveClock();
  }

  get state(): LinkState {
    return this.#state;
  }

  get session(): ClientSession | undefined {
    return this.#open?.session;
  }

  get client(): OPCUAClient | undefined {
    return this.#open?.client;
  }

  /** The endpoint of the open session, or the configured one. */
  get endpoint(): string {
    return this.#open?.endpoint ?? this.options.endpoint;
  }

  get userCount(): number {
    return this.#users.size;
  }

  /**
   * Registers a user and connects if it is the first.
   * @returns releases it; resolves when, after the last user, the connection is closed
   */
  use(user: OpcuaLinkUser): () => Promise<void> {
    this.#users.add(user);
    user.state(this.#state);
    if (this.#open !== undefined) user.opened(this.#open.session);
    this.#running ??= this.#run();
    return async () => {
      if (!this.#users.delete(user) || this.#users.size > 0) return;
      this.#wake?.();
      this.#drop?.();
      await this.#running;
    };
  }

  /** The certificate that the server showed last. */
  peerCertificate(): PeerCertificate | undefined {
    return this.#peer === undefined ? undefined : describeCertificate(this.#peer);
  }

  /** Who trusted the server that was seen last. */
  async trustRecord(): Promise<TrustRecord | undefined> {
    const peer = this.peerCertificate();
    return peer === undefined ? undefined : (await this.#openPki()).trustRecord(peer.fingerprint);
  }

  /**
   * Trusts the server seen last, if it is the one with this fingerprint, and connects.
   * @param by who decided
   * @throws RungError `fingerprint-differs`
   */
  async trust(fingerprint: string, by: string): Promise<void> {
    const der = this.#require(fingerprint);
    await (await this.#openPki()).trust(der, by);
    this.#wake?.();
  }

  /** Forgets the stranger; it is asked about again when it is met again. */
  async refuse(fingerprint: string): Promise<void> {
    this.#require(fingerprint);
    (await this.#openPki()).refuse(fingerprint);
    this.#peer = undefined;
  }

  /** Takes trust back and disconnects. */
  async withdraw(): Promise<void> {
    if (this.#peer !== undefined) await (await this.#openPki()).withdraw(this.#peer);
    this.#drop?.();
  }

  /** Closes the session and makes another one: for a subscription that stays silent on a session said to be fine. */
  reconnect(): void {
    this.#drop?.();
  }

  #require(fingerprint: string): Buffer {
    const peer = this.peerCertificate();
    if (this.#peer === undefined || peer?.fingerprint !== normalFingerprint(fingerprint)) {
      throw new RungError({
        code: "fingerprint-differs",
        where: this.options.name,
        what: `no server with fingerprint ${spacedFingerprint(fingerprint)} is waiting`,
        advice: peer ? `the one seen last has ${spacedFingerprint(peer.fingerprint)}` : "connect first",
      });
    }
    return this.#peer;
  }

  #openPki(): Promise<LinkPki> {
    this.#pki ??= LinkPki.open(this.options.home, this.options.id);
    return this.#pki;
  }

  #set(phase: LinkState["phase"], error?: RungError): void {
    this.#state = { phase, sinceMs: monotonicMs(), ...(error === undefined ? {} : { error }) };
    for (const user of this.#users) user.state(this.#state);
  }

  async #run(): Promise<void> {
    let retryMs = LINK_DEFAULTS.firstRetryMs;
    while (this.#users.size > 0) {
      try {
        if (this.#state.phase !== "retrying") this.#set("connecting");
        const open = await this.#connect();
        retryMs = LINK_DEFAULTS.firstRetryMs;
        await this.#hold(open);
        if (this.#users.size > 0) this.#set("retrying", this.#lost());
      } catch (thrown) {
        const error = connectionError(this.#where(), thrown);
        const waits = error.code === "untrusted-certificate";
        this.#set(waits ? "waits-for-trust" : "retrying", error);
        await this.#pause(waits ? LINK_DEFAULTS.trustRetryMs : retryMs);
        retryMs = Math.min(retryMs * 2, LINK_DEFAULTS.longestRetryMs);
      }
    }
    await this.#closePki();
    this.#running = undefined;
    this.#set("idle");
    // A user may have come while the last one was leaving.
    if (this.#users.size > 0) this.#running = this.#run();
  }

  async #connect(): Promise<Open> {
    const opcua = await loadOpcua();
    const pki = await this.#openPki();
    const endpoint = currentEndpoint(this.options);
    const mode = this.options.securityMode ?? LINK_DEFAULTS.securityMode;
    const policy = this.options.securityPolicy ?? LINK_DEFAULTS.securityPolicy;
    const surviveMs = this.options.surviveMs ?? LINK_DEFAULTS.surviveMs;
    const offered = await discover(this.#where(), endpoint, { mode, policy }, pki);
    if (mode !== "None") await this.#mustTrust(pki, offered.serverCertificate);
    const login = this.options.login?.();
    if (
      login !== undefined &&
      "password" in login &&
      !mayGoOpen(this.options) &&
      sendsPasswordInClear(offered)
    ) {
      throw new RungError({
        code: "password-in-clear",
        where: this.#where(),
        what: "this server takes a password in clear only, which anybody on the way could read",
        advice: "choose sign and encrypt, or a certificate to sign in with",
      });
    }
    const client = opcua.OPCUAClient.create({
      applicationName: "Rung",
      applicationUri: pki.applicationUri,
      clientName: `Rung ${this.options.name}`,
      clientCertificateManager: pki.manager,
      certificateFile: pki.certificateFile,
      endpointMustExist: false,
      securityMode: opcua.MessageSecurityMode[mode],
      securityPolicy: opcua.SecurityPolicy[policy],
      ...(mode === "None" ? {} : { serverCertificate: offered.serverCertificate }),
      keepSessionAlive: true,
      // Twice as long as an outage may last, so that the session is still there after it.
      requestedSessionTimeout: Math.max(60_000, 2 * surviveMs),
      connectionStrategy: { maxRetry: 1, initialDelay: 250, maxDelay: 2000 },
      transportTimeout: LINK_DEFAULTS.requestTimeoutMs,
      defaultTransactionTimeout: LINK_DEFAULTS.requestTimeoutMs,
    });
    try {
      await client.connect(endpoint);
      const session = await client.createSession(identityOf(login, opcua.UserTokenType));
      return { client, session, endpoint };
    } catch (thrown) {
      await client.disconnect();
      throw thrown;
    }
  }

  async #mustTrust(pki: LinkPki, certificate: Buffer): Promise<void> {
    this.#peer = certificate;
    const peer = describeCertificate(certificate);
    this.#mustBeValid(peer);
    const status = await pki.check(certificate);
    if (status === "Good") return;
    if (status !== "BadCertificateUntrusted") {
      throw new RungError({
        code: "bad-server-certificate",
        where: this.#where(),
        what: `the certificate of ${peer.name} is refused: ${status}`,
        advice: `it is valid from ${peer.validFrom} to ${peer.validTo}; renew it at the server`,
      });
    }
    if (isVirtualPlantsOwn(this.options, certificate)) {
      await pki.trust(certificate, "the virtual plant's own certificate");
      return;
    }
    throw new RungError({
      code: "untrusted-certificate",
      where: this.#where(),
      what: `nobody has trusted the server ${peer.name} yet; its fingerprint is ${spacedFingerprint(peer.fingerprint)}`,
      advice:
        "compare it with the server's display, then trust it in the source's dialog; until then nothing is read",
    });
  }

  /** Asked before trust: nobody should be asked to trust what is refused anyway. */
  #mustBeValid({ name, validFrom, validTo }: PeerCertificate): void {
    const now = Date.now();
    const isEarly = now < Date.parse(validFrom);
    if (!isEarly && now <= Date.parse(validTo)) return;
    const when = isEarly ? `is valid only from ${validFrom}` : `expired at ${validTo}`;
    throw new RungError({
      code: "certificate-expired",
      where: this.#where(),
      what: `the certificate of the server ${name} ${when}; here it is ${new Date(now).toISOString()}`,
      advice: "renew it at the server, or correct the clock that is wrong; until then nothing is read",
    });
  }

  /** Waits while the session is good; closes it before it returns. */
  async #hold(open: Open): Promise<void> {
    const { client, session } = open;
    const surviveMs = this.options.surviveMs ?? LINK_DEFAULTS.surviveMs;
    let repair: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      this.#drop = resolve;
      // After the end the client may still report its own closing; nobody listens then.
      const whileOpen = (react: () => void) => () => {
        if (this.#open === open) react();
      };
      client.on(
        "connection_lost",
        whileOpen(() => {
          clearTimeout(repair);
          repair = setTimeout(resolve, surviveMs);
          this.#set("retrying", this.#lost());
          for (const user of this.#users) user.broken?.();
        }),
      );
      client.on(
        "backoff",
        whileOpen(() => {
          if (this.#moved(open.endpoint)) resolve();
        }),
      );
      client.on(
        "connection_reestablished",
        whileOpen(() => {
          clearTimeout(repair);
          this.#set("connected");
          for (const user of this.#users) user.repaired?.();
        }),
      );
      client.on("close", whileOpen(resolve));
      session.on("session_closed", whileOpen(resolve));
    });
    this.#open = open;
    this.#set("connected");
    for (const user of this.#users) user.opened(session);
    if (this.#users.size > 0) await over;
    clearTimeout(repair);
    this.#drop = undefined;
    this.#open = undefined;
    for (const user of this.#users) user.closed();
    await disconnect(client, session);
  }

  /** True where the virtual plant has come back at another port. */
  #moved(endpoint: string): boolean {
    try {
      return currentEndpoint(this.options) !== endpoint;
    } catch (thrown) {
      // Not announced: it is still down, and it may come back where it was.
      if (thrown instanceof RungError) return false;
      throw thrown;
    }
  }

  #lost(): RungError {
    return new RungError({
      code: "connection-lost",
      where: this.#where(),
      what: "the connection to the server is lost",
      advice: "it is tried again until the server answers",
    });
  }

  #where(): string {
    return `${this.options.name} (${this.options.endpoint})`;
  }

  #pause(ms: number): Promise<void> {
    if (this.#users.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #closePki(): Promise<void> {
    const pki = this.#pki;
    this.#pki = undefined;
    await (await pki)?.close();
  }
}

/** Ends session and subscriptions, so that the server keeps none; a server that does not answer is left to forget. */
async function disconnect(client: OPCUAClient, session: ClientSession): Promise<void> {
  const closed = (async () => {
    if (!client.isReconnecting) await session.close(true);
    await client.disconnect();
  })().catch(() => client.disconnect());
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 3000).unref())]);
}
