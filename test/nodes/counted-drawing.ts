/**
 * Runs in a page before the product does, and counts what is asked of WebGL: frames, by their one clearing of the
 * picture, and calls that draw. `window.drawn` holds both.
 */
export const COUNT_DRAWING = `
  window.drawn = { frames: 0, calls: 0 };
  const context = WebGL2RenderingContext.prototype;
  const count = (name, what) => {
    const own = context[name];
    context[name] = function (...given) {
      window.drawn[what]++;
      return own.apply(this, given);
    };
  };
  count("clear", "frames");
  for (const name of ["drawElements", "drawArrays", "drawElementsInstanced", "drawArraysInstanced"]) count(name, "calls");
`;

export interface Drawn {
  readonly frames: number;
  readonly calls: number;
}
