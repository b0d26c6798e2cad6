import { BY_OPERATION, BY_TIME, type PlainBlock, type PlainServer } from "./plain-block.ts";
import { PlainFlow } from "./plain-flow.ts";
import type { PlainLine } from "./plain-line.ts";
import type { PlainPart } from "./plain-part.ts";
import { BLOCKED, IDLE, type PlainOrder, WORK } from "./plain-tally.ts";

/** A plain line event by event: what comes next stands in each event's own method. */
export class PlainCallbacks extends PlainFlow {
  constructor(line: PlainLine, order: PlainOrder) {
    super(line, order);
    this.begin();
  }

  protected override serverBegins(): void {
    // A part begins it.
  }

  protected override sourceBegins(source: PlainBlock): void {
    this.#next(source);
  }

  protected override happen(activity: number): void {
    if (activity < this.firstBreakdown) this.#worked(this.servers[activity]!);
    else if (activity < this.firstArrival) this.#breakdown(this.servers[activity - this.firstBreakdown]!);
    else this.#arrived(this.line.sources[activity - this.firstArrival]!);
  }

  protected override accept(server: PlainServer, part: PlainPart): void {
    server.part = part;
    // While it still calls the next part, it begins when it has done so.
    if (!server.isBusy) this.#begin(server);
  }

  protected override serverDelivered(server: PlainServer): void {
    this.#free(server);
  }

  protected override sourceDelivered(source: PlainBlock): void {
    this.#next(source);
  }

  #begin(server: PlainServer): void {
    this.drawWork(server);
    this.enter(server, WORK);
    this.runWork(server);
  }

  #worked(server: PlainServer): void {
    server.isOn = false;
    if (server.workLeftS > 0) this.goDown(server);
    else if (this.worksAgain(server)) {
      this.enter(server, WORK);
      this.runWork(server);
    } else if (this.send(server.outlet, server.part!)) this.#free(server);
    else this.enter(server, BLOCKED);
  }

  #free(server: PlainServer): void {
    server.part = undefined;
    server.phase = IDLE;
    server.isBusy = true;
    this.serverFreed(server);
    server.isBusy = false;
    if (server.part === undefined) this.enter(server, IDLE);
    else this.#begin(server);
  }

  #breakdown(server: PlainServer): void {
    if (!server.isDown) {
      this.goDown(server);
      return;
    }
    this.comeUp(server);
    if (server.breaks === BY_OPERATION) this.runWork(server);
    else if (server.breaks === BY_TIME) this.startUp(server);
  }

  #arrived(source: PlainBlock): void {
    if (this.sendNew(source)) this.#next(source);
  }

  #next(source: PlainBlock): void {
    if (source.arrivals !== undefined) this.awaitArrival(source);
    else while (this.sendNew(source));
  }
}
