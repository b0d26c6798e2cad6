import { SERVER_STATES, type ServerStateName, type TraceEvent } from "./line-run.ts";

/** One bar: what a server was at, from when to when. */
export interface GanttRow {
  readonly replication: number;
  readonly block: string;
  readonly server: number;
  readonly state: ServerStateName;
  readonly fromS: number;
  readonly toS: number;
  readonly part?: number;
  readonly kind?: string;
  readonly order?: string;
}

const STATES: readonly string[] = SERVER_STATES;

/**
 * Bars of a Gantt chart from a trace.
 * @param events as `onTrace` told them
 * @param endS where the last bars end
 * @returns by server, in the order in which they first appear, and then by time; bars without length are left out
 */
export function ganttRows(events: readonly TraceEvent[], endS: number): GanttRow[] {
  const servers = new Map<string, TraceEvent[]>();
  for (const event of events) {
    if (event.server === undefined || !STATES.includes(event.event)) continue;
    const key = `${event.replication}/${event.block}/${event.server}`;
    const own = servers.get(key);
    if (own === undefined) servers.set(key, [event]);
    else own.push(event);
  }
  return [...servers.values()].flatMap((own) =>
    own.flatMap(({ atS, replication, block, server, event, part, kind, order }, i): GanttRow[] => {
      const toS = own[i + 1]?.atS ?? endS;
      if (toS <= atS) return [];
      return [
        {
          replication,
          block,
          server: server!,
          state: event as ServerStateName,
          fromS: atS,
          toS,
          ...(part === undefined ? {} : { part }),
          ...(kind === undefined ? {} : { kind }),
          ...(order === undefined ? {} : { order }),
        },
      ];
    }),
  );
}
