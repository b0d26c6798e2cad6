import { AmbientLight, Color, DirectionalLight, PerspectiveCamera, Scene, WebGLRenderer } from "three";
import { eyeOf, FIELD_OF_VIEW_RAD, type Orbit } from "./orbit.ts";

/**
 * A grey world that is drawn as often as asked and never by itself. One WebGL context for all pictures of a page: each
 * is drawn aside and copied to its canvas, so that meshes lie on the device once.
 */
export class PictureWorld {
  readonly scene = new Scene();
  readonly #renderer: WebGLRenderer;
  readonly #camera: PerspectiveCamera;
  readonly #finest: number;
  readonly #watchers = new Set<() => void>();

  /**
   * @param options.nearM what is nearer to the eye, or farther than `farM`, is not drawn
   * @param options.finest pixels per CSS pixel at most: more cost time that nobody sees
   * @param options.isMoving drawn again and again: then edges are smooth only where a graphics card draws them
   * @throws Error where the browser has no WebGL
   */
  constructor({
    nearM,
    farM,
    finest,
    isMoving,
  }: {
    readonly nearM: number;
    readonly farM: number;
    readonly finest: number;
    readonly isMoving: boolean;
  }) {
    const antialias = !isMoving || hasGraphicsCard();
    this.#renderer = new WebGLRenderer({ antialias, alpha: false, powerPreference: "low-power" });
    this.#renderer.setPixelRatio(1);
    this.#camera = new PerspectiveCamera((FIELD_OF_VIEW_RAD * 180) / Math.PI, 1, nearM, farM);
    this.#camera.up.set(0, 0, 1);
    this.#finest = finest;
    this.scene.add(new AmbientLight(0xffffff, 2));
    for (const [x, y, z, strength] of [
      [3, -4, 8, 1.25],
      [-6, 3, 4, 0.5],
    ] as const) {
      const light = new DirectionalLight(0xffffff, strength);
      light.position.set(x, y, z);
      this.scene.add(light);
    }
    // A browser takes the context away where memory is short; three fills the new one by itself.
    this.#renderer.domElement.addEventListener("webglcontextrestored", () => this.changed());
  }

  set ground(colour: string) {
    this.scene.background = new Color(colour);
  }

  /** Asks to be told when every picture must be drawn anew. @returns what ends that */
  onChange(told: () => void): () => void {
    this.#watchers.add(told);
    return () => this.#watchers.delete(told);
  }

  changed(): void {
    for (const told of this.#watchers) told();
  }

  /** Draws into a canvas, as large as the canvas is shown. @param prepare called only where there is something to draw into */
  draw(canvas: HTMLCanvasElement, orbit: Orbit, prepare?: () => void): void {
    const fine = Math.min(this.#finest, devicePixelRatio);
    const width = Math.round(canvas.clientWidth * fine);
    const height = Math.round(canvas.clientHeight * fine);
    // Without a context there is nothing to copy: the last picture stays until it is back.
    if (width === 0 || height === 0 || this.#renderer.getContext().isContextLost()) return;
    prepare?.();
    this.lookFrom(orbit, width / height);
    this.#renderer.setSize(width, height, false);
    this.#renderer.render(this.scene, this.#camera);
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    canvas.getContext("2d")!.drawImage(this.#renderer.domElement, 0, 0);
  }

  /** @param aspect of the picture, width by height */
  lookFrom(orbit: Orbit, aspect: number): PerspectiveCamera {
    const [x, y, z] = eyeOf(orbit);
    this.#camera.position.set(x, y, z);
    this.#camera.lookAt(...orbit.target);
    this.#camera.aspect = aspect;
    this.#camera.updateProjectionMatrix();
    return this.#camera;
  }

  dispose(): void {
    this.#watchers.clear();
    this.#renderer.dispose();
    this.#renderer.forceContextLoss();
  }
}

/** False where the processor draws, which smooth edges cost about as much as all else of a picture. */
function hasGraphicsCard(): boolean {
  const context = document.createElement("canvas").getContext("webgl2");
  const names = context?.getExtension("WEBGL_debug_renderer_info");
  const name = names ? String(context!.getParameter(names.UNMASKED_RENDERER_WEBGL)) : "";
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return !/swiftshader|llvmpipe|softpipe|software|basic render/i.test(name);
}
