import { BY_OPERATION, BY_TIME, NEVER, type PlainBlock, type PlainServer } from "./plain-block.ts";
import { PlainFlow } from "./plain-flow.ts";
import type { PlainLine } from "./plain-line.ts";
import type { PlainPart } from "./plain-part.ts";
import { BLOCKED, IDLE, type PlainOrder, WORK } from "./plain-tally.ts";

/** A process that waits at each `yield` until it is resumed. */
type Life = Generator<undefined, void, undefined>;

/** A plain line as processes: the life of each server, breakdown and source can be read from top to bottom. */
export class PlainProcesses extends PlainFlow {
  /** Processes by the number of their events. */
  readonly #lives: Life[];

  constructor(line: PlainLine, order: PlainOrder) {
    super(line, order);
    this.#lives = [
      ...line.servers.map((server) => this.#server(server)),
      ...line.servers.map((server) => this.#breakdown(server)),
      ...line.sources.map((source) => this.#source(source)),
    ];
    this.begin();
  }

  protected override serverBegins(server: PlainServer): void {
    this.#lives[server.breakdownActivity]!.next();
    this.#resume(server);
  }

  protected override sourceBegins(source: PlainBlock): void {
    this.#lives[source.activity]!.next();
  }

  protected override happen(activity: number): void {
    if (activity >= this.firstBreakdown) {
      this.#lives[activity]!.next();
      return;
    }
    const server = this.servers[activity]!;
    server.isOn = false;
    this.#resume(server);
  }

  protected override accept(server: PlainServer, part: PlainPart): void {
    server.part = part;
    if (!server.isBusy) this.#resume(server);
  }

  protected override serverDelivered(server: PlainServer): void {
    this.#resume(server);
  }

  protected override sourceDelivered(source: PlainBlock): void {
    this.#lives[source.activity]!.next();
  }

  #resume(server: PlainServer): void {
    server.isBusy = true;
    this.#lives[server.workActivity]!.next();
    server.isBusy = false;
  }

  *#server(server: PlainServer): Life {
    const { outlet } = server;
    for (;;) {
      if (server.part === undefined) {
        this.enter(server, IDLE);
        yield; // until a part comes
      }
      this.drawWork(server);
      do {
        this.enter(server, WORK);
        this.runWork(server);
        yield;
        while (server.workLeftS > 0) {
          this.#lives[server.breakdownActivity]!.next();
          yield; // until it is mended
          this.runWork(server);
          yield;
        }
      } while (this.worksAgain(server));
      if (!this.send(outlet, server.part!)) {
        this.enter(server, BLOCKED);
        yield; // until there is room
      }
      server.part = undefined;
      server.phase = IDLE;
      this.serverFreed(server);
    }
  }

  *#breakdown(server: PlainServer): Life {
    if (server.breaks === NEVER) return;
    for (;;) {
      yield; // until it breaks down
      this.goDown(server);
      yield; // until it is mended
      this.comeUp(server);
      if (server.breaks === BY_OPERATION) this.#resume(server);
      else if (server.breaks === BY_TIME) this.startUp(server);
    }
  }

  *#source(source: PlainBlock): Life {
    for (;;) {
      if (source.arrivals !== undefined) {
        this.awaitArrival(source);
        yield; // until a part comes
      }
      if (!this.sendNew(source)) yield; // until there is room
    }
  }
}
