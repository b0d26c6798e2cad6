import { createServer, type Server, Socket } from "node:net";

/** What the proxy takes in before it holds the sender up, bytes. */
const MOST_WAITING = 64 * 1024;
/** A throttled pipe lets its share through this often, ms. */
const SHARE_MS = 50;

interface Waiting {
  readonly dueMs: number;
  readonly bytes: Buffer;
}

/** One direction of a connection: what came in, and what of it may go out now. */
class Pipe {
  readonly #proxy: TcpProxy;
  readonly #from: Socket;
  readonly #to: Socket;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #hasEnded = false;

  constructor(proxy: TcpProxy, from: Socket, to: Socket) {
    this.#proxy = proxy;
    this.#from = from;
    this.#to = to;
    from.on("data", (bytes: Buffer) => {
      this.#waiting.push({ dueMs: performance.now() + proxy.delayMs, bytes });
      this.#waitingBytes += bytes.length;
      if (this.#waitingBytes > MOST_WAITING) from.pause();
      this.pump();
    });
    from.on("end", () => {
      this.#hasEnded = true;
      this.pump();
    });
    to.on("drain", () => this.pump());
  }

  /** Lets go what may go, and comes back for the rest. */
  pump(): void {
    if (this.#timer !== undefined || this.#proxy.isHanging || this.#to.destroyed) return;
    if (this.#proxy.bytesPerS !== undefined) {
      if (this.#waiting.length > 0) this.#later(SHARE_MS, () => this.#write(this.#share()));
    } else {
      while (this.#waiting.length > 0 && this.#waiting[0]!.dueMs <= performance.now()) {
        if (!this.#write(this.#waiting[0]!.bytes.length)) return;
      }
      const [next] = this.#waiting;
      if (next !== undefined) this.#later(next.dueMs - performance.now(), () => undefined);
    }
    if (this.#hasEnded && this.#waiting.length === 0) this.#to.end();
  }

  #share(): number {
    return Math.max(1, Math.floor(((this.#proxy.bytesPerS ?? Number.POSITIVE_INFINITY) * SHARE_MS) / 1000));
  }

  #later(ms: number, work: () => void): void {
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        if (this.#proxy.isHanging || this.#to.destroyed) return;
        work();
        this.pump();
      },
      Math.max(1, ms),
    );
  }

  /** @returns false where the receiver has to drain first */
  #write(most: number): boolean {
    const [first] = this.#waiting;
    if (first === undefined) return true;
    const bytes = first.bytes.subarray(0, most);
    if (bytes.length === first.bytes.length) this.#waiting.shift();
    else this.#waiting[0] = { ...first, bytes: first.bytes.subarray(most) };
    this.#waitingBytes -= bytes.length;
    if (this.#waitingBytes <= MOST_WAITING && this.#from.isPaused()) this.#from.resume();
    return this.#to.write(bytes);
  }
}

/**
 * A wire between two processes that a test can cut, hang, delay and throttle. It listens on a free port of this
 * machine and passes everything on to the target's port.
 */
export class TcpProxy {
  readonly #server: Server;
  readonly #connections = new Set<{ sockets: [Socket, Socket]; pipes: [Pipe, Pipe] }>();
  readonly #abandoned = new Set<Socket>();
  readonly #targetPort: number;
  #isCut = false;
  /** Added to every byte, each way, ms. */
  delayMs = 0;
  /** Each way; undefined is as fast as it goes. */
  bytesPerS: number | undefined;
  isHanging = false;
  /** Connections it has passed on. */
  accepted = 0;

  private constructor(server: Server, targetPort: number) {
    this.#server = server;
    this.#targetPort = targetPort;
  }

  static async listen(targetPort: number): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true });
    const proxy = new TcpProxy(server, targetPort);
    server.on("connection", (socket) => proxy.#pass(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** Resets every connection, and every new one until `restore`. */
  cut(): void {
    this.#isCut = true;
    this.drop();
  }

  /** Resets every connection; new ones are passed on. */
  drop(): void {
    for (const { sockets } of this.#connections) for (const socket of sockets) socket.resetAndDestroy();
    this.#connections.clear();
  }

  /** Nothing passes, and nobody is told. */
  hang(): void {
    this.isHanging = true;
  }

  /** Connections that are there stay half open for ever, as behind a router that forgot them; new ones pass. */
  abandon(): { reset(): void } {
    const left = [...this.#connections];
    this.#connections.clear();
    const sockets = left.flatMap((connection) => connection.sockets);
    for (const socket of sockets) {
      socket.removeAllListeners("data").removeAllListeners("end").pause();
      this.#abandoned.add(socket);
    }
    return {
      reset: () => {
        for (const socket of sockets) socket.resetAndDestroy();
      },
    };
  }

  /** The wire is as it should be. What hung goes on where it was. */
  restore(): void {
    this.#isCut = false;
    this.isHanging = false;
    this.delayMs = 0;
    this.bytesPerS = undefined;
    for (const { pipes } of this.#connections) for (const pipe of pipes) pipe.pump();
  }

  async close(): Promise<void> {
    this.cut();
    for (const socket of this.#abandoned) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #pass(near: Socket): void {
    if (this.#isCut) {
      near.resetAndDestroy();
      return;
    }
    this.accepted++;
    const far = new Socket({ allowHalfOpen: true });
    far.connect(this.#targetPort, "127.0.0.1");
    const connection = {
      sockets: [near, far] as [Socket, Socket],
      pipes: [new Pipe(this, near, far), new Pipe(this, far, near)] as [Pipe, Pipe],
    };
    this.#connections.add(connection);
    for (const socket of connection.sockets) {
      socket.setNoDelay(true);
      // An end that breaks takes the other with it, as one wire does.
      socket.on("error", () => this.#break(connection));
      socket.on("close", () => this.#break(connection));
    }
  }

  #break(connection: { sockets: [Socket, Socket]; pipes: [Pipe, Pipe] }): void {
    if (!this.#connections.delete(connection)) return;
    for (const socket of connection.sockets) socket.destroy();
  }
}
