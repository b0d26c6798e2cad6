/** Letting go of a held button before this does nothing. */
export const HOLD_MS = 2000;

const isAction = (key: string): boolean => key === "Enter" || key === " ";

/**
 * Watches every button of class `hold` on the page, held by finger, mouse, Enter or Space. Its fill grows from the
 * left; letting go, leaving it or losing the focus cancels.
 */
export class Hold {
  readonly #act: (button: HTMLElement) => void;
  #button: HTMLElement | undefined;
  #startedMs = 0;
  #frame = 0;

  constructor(act: (button: HTMLElement) => void) {
    this.#act = act;
    document.addEventListener("pointerdown", (event) => {
      if (event.button === 0) this.#start(event.target);
    });
    for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => this.#stop());
    // The field that the focus came from loses it just as the button is pressed.
    document.addEventListener("focusout", ({ target }) => {
      if (target === this.#button) this.#stop();
    });
    // A long touch would open a menu.
    document.addEventListener("contextmenu", (event) => {
      if (this.isHeld) event.preventDefault();
    });
    document.addEventListener("pointermove", ({ clientX, clientY }) => this.#left(clientX, clientY));
    document.addEventListener("keydown", (event) => {
      if (!isAction(event.key) || event.repeat) return;
      this.#start(event.target);
    });
    document.addEventListener("keyup", () => this.#stop());
    window.addEventListener("blur", () => this.#stop());
  }

  /** Nothing may be painted anew under a finger. */
  get isHeld(): boolean {
    return this.#button !== undefined;
  }

  #start(target: EventTarget | null): void {
    const button = target instanceof Element ? target.closest<HTMLElement>("button.hold") : null;
    if (button === null || button.getAttribute("aria-disabled") === "true" || this.isHeld) return;
    this.#button = button;
    this.#startedMs = performance.now();
    this.#frame = requestAnimationFrame(() => this.#step());
  }

  #step(): void {
    const button = this.#button;
    if (button === undefined) return;
    const share = (performance.now() - this.#startedMs) / HOLD_MS;
    fillOf(button).style.width = `${Math.min(100, share * 100)}%`;
    if (share < 1) {
      this.#frame = requestAnimationFrame(() => this.#step());
      return;
    }
    this.#stop();
    this.#act(button);
  }

  #left(x: number, y: number): void {
    if (this.#button === undefined) return;
    const box = this.#button.getBoundingClientRect();
    if (x < box.left || x > box.right || y < box.top || y > box.bottom) this.#stop();
  }

  #stop(): void {
    cancelAnimationFrame(this.#frame);
    if (this.#button !== undefined) fillOf(this.#button).style.width = "0";
    this.#button = undefined;
  }
}

const fillOf = (button: HTMLElement): HTMLElement => button.querySelector("i")!;
