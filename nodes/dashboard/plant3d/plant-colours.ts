import type { PartNow } from "./plant3d-view.ts";

/** Colours of the page's own tokens, so that drawing and legend agree in every theme. */
export interface PlantColours {
  readonly ground: string;
  readonly floor: string;
  readonly edge: string;
  readonly ink: string;
  /** Nothing tells how it is. */
  readonly plain: string;
  readonly run: string;
  readonly stop: string;
  readonly body: string;
  readonly robot: string;
  readonly p1: string;
  readonly p2: string;
  readonly p3: string;
  readonly bad: string;
}

/** Colours from the page's tokens where the widget stands. */
export function plantColoursAt(host: HTMLElement): PlantColours {
  const style = getComputedStyle(host);
  const token = (name: string) => style.getPropertyValue(`--rung-${name}`).trim();
  return {
    ground: token("group"),
    floor: token("page"),
    edge: token("edge"),
    ink: token("ink"),
    plain: token("surface"),
    run: token("run"),
    stop: token("stop"),
    body: token("raised"),
    robot: token("line"),
    p1: token("p1"),
    p2: token("p2"),
    p3: token("p3"),
    bad: token("bad"),
  };
}

/** Colour is for what is abnormal alone; running is lighter and standing darker, which is no colour. */
export function colourOf({ alarm, staleS, state }: PartNow, plain: string, colours: PlantColours): string {
  if (alarm !== undefined) return colours[`p${alarm.priority}`];
  // A state that is old says nothing of now: the hatch does.
  if (state === undefined || staleS !== undefined) return plain;
  return state.meaning === "running" ? colours.run : colours.stop;
}
