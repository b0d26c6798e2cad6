/** A page says which widgets it shows now, all of them, by this event: their ids. Nothing else of it is asked for. */
export const SCREEN_WATCH = "rung-watch";
/** A page is sent a `ScreenFrame` by this event. */
export const SCREEN_VIEWS = "rung-views";

/** What a page is sent at once: it draws once. */
export interface ScreenFrame {
  /** Views that are new to it, by the id of the widget. What it watches and is not named here is as it was. */
  readonly views: Readonly<Record<string, unknown>>;
  /** Widgets it watches of which nothing is known now: they were removed, or their view cannot be made. */
  readonly lost: readonly string[];
}
