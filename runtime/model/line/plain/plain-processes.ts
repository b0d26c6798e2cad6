import type { PlainOrder } from "./plain-flow.ts";
import { BLOCKED, BY_OPERATION, BY_TIME, IDLE, NEVER, PlainFlow, WORK } from "./plain-flow.ts";
import type { PlainLine } from "./plain-line.ts";

/** A process that waits at each `yield` until it is resumed. */
type Life = Generator<undefined, void, undefined>;

/** A plain line as processes: the life of each server, breakdown and source can be read from top to bottom. */
export class PlainProcesses extends PlainFlow {
  readonly #servers: Life[] = [];
  readonly #breakdowns: (Life | undefined)[] = [];
  readonly #sources: Life[] = [];
  /** By server: it runs at this moment, so it cannot be told anything. */
  readonly #isRunning: Uint8Array;

  constructor(line: PlainLine, order: PlainOrder) {
    super(line, order);
    this.#isRunning = new Uint8Array(this.servers);
    this.begin();
  }

  protected override serverBegins(server: number): void {
    const breakdown = this.breaks[server] === NEVER ? undefined : this.#breakdown(server);
    breakdown?.next();
    this.#breakdowns.push(breakdown);
    this.#servers.push(this.#server(server));
    this.#resume(server);
  }

  protected override sourceBegins(source: number): void {
    const life = this.#source(source);
    this.#sources.push(life);
    life.next();
  }

  protected override happen(activity: number): void {
    const { servers } = this;
    if (activity < servers) {
      this.isOn[activity] = 0;
      this.#resume(activity);
    } else if (activity < 2 * servers) this.#breakdowns[activity - servers]!.next();
    else this.#sources[activity - 2 * servers]!.next();
  }

  protected override accept(server: number, part: number): void {
    this.part[server] = part;
    if (this.#isRunning[server] === 0) this.#resume(server);
  }

  protected override serverDelivered(server: number): void {
    this.#resume(server);
  }

  protected override sourceDelivered(source: number): void {
    this.#sources[source]!.next();
  }

  #resume(server: number): void {
    this.#isRunning[server] = 1;
    this.#servers[server]!.next();
    this.#isRunning[server] = 0;
  }

  *#server(server: number): Life {
    const outlet = this.firstServerOutlet + server;
    for (;;) {
      if (this.part[server]! < 0) {
        this.enter(server, IDLE);
        yield; // until a part comes
      }
      this.drawWork(server);
      do {
        this.enter(server, WORK);
        this.runWork(server);
        yield;
        while (this.workLeftS[server]! > 0) {
          this.#breakdowns[server]!.next();
          yield; // until it is mended
          this.runWork(server);
          yield;
        }
      } while (this.worksAgain(server));
      if (!this.send(outlet, this.part[server]!)) {
        this.enter(server, BLOCKED);
        yield; // until there is room
      }
      this.part[server] = -1;
      this.phase[server] = IDLE;
      this.serverFreed(server);
    }
  }

  *#breakdown(server: number): Life {
    for (;;) {
      yield; // until it breaks down
      this.goDown(server);
      yield; // until it is mended
      this.comeUp(server);
      if (this.breaks[server] === BY_OPERATION) this.#resume(server);
      if (this.breaks[server] === BY_TIME) this.startUp(server);
    }
  }

  *#source(source: number): Life {
    const outlet = this.firstSourceOutlet + source;
    for (;;) {
      if (this.arrivals[source] !== undefined) {
        this.awaitArrival(source);
        yield; // until a part comes
      }
      if (!this.send(outlet, this.arrive(source))) yield; // until there is room
    }
  }
}
