import { RungError } from "../../core/errors.ts";
import { parseXml } from "../../core/parsed-xml.ts";
import { type Pose, poseFromRpy, type Xyz } from "./pose.ts";

/** A node as the parser gives it: its attributes under `@`, its child elements by name, each a list. */
interface Raw {
  readonly [name: string]: readonly Raw[] | Readonly<Record<string, string>> | string | undefined;
}

const ATTRIBUTES = "@";

/** An element of a URDF that knows the link or joint it stands in, for its errors. */
export class UrdfElement {
  readonly #raw: Raw;
  readonly #name: string;
  /** File, and the link or joint. */
  readonly #where: string;

  constructor(raw: Raw, name: string, where: string) {
    this.#raw = raw;
    this.#name = name;
    const own = this.#attribute("name");
    this.#where = (name === "link" || name === "joint") && own ? `${where}, ${name} ${own}` : where;
  }

  error(what: string, advice: string): RungError {
    return new RungError({ code: "malformed-urdf", where: this.#where, what, advice });
  }

  children(name: string): UrdfElement[] {
    const raw = this.#raw[name];
    if (!Array.isArray(raw)) return [];
    return raw.map((child: Raw | string) => {
      // An element with neither attribute nor child comes as its text.
      const element = typeof child === "string" ? {} : child;
      return new UrdfElement(element, name, this.#where);
    });
  }

  child(name: string): UrdfElement | undefined {
    return this.children(name)[0];
  }

  /** @throws RungError `malformed-urdf` where it is absent */
  required(name: string): UrdfElement {
    const child = this.child(name);
    if (child === undefined) throw this.error(`has no ${name}`, `add <${name}>`);
    return child;
  }

  /** An attribute that must be there and hold something. */
  text(attribute: string): string {
    const text = this.#attribute(attribute)?.trim();
    if (!text) throw this.error(`<${this.#name}> has no ${attribute}`, `add ${attribute}="..."`);
    return text;
  }

  /** An attribute that holds one finite number; `absent` where it is not there. */
  number(attribute: string, absent?: number): number {
    if (absent !== undefined && this.#attribute(attribute) === undefined) return absent;
    const text = this.text(attribute);
    const value = Number(text);
    if (!Number.isFinite(value))
      throw this.error(`<${this.#name} ${attribute}="${text}"> is no number`, "write a finite number");
    return value;
  }

  /** An attribute that holds three finite numbers. */
  xyz(attribute: string, absent: Xyz): Xyz {
    const text = this.#attribute(attribute);
    if (text === undefined) return absent;
    const [x, y, z, ...more] = text.trim().split(/\s+/).map(Number);
    if (!Number.isFinite(x) || !Number.isFinite(y) || !Number.isFinite(z) || more.length > 0)
      throw this.error(
        `<${this.#name} ${attribute}="${text}"> is not three numbers`,
        "write three finite numbers with blanks between",
      );
    return [x!, y!, z!];
  }

  /** Its `origin` as a pose; the identity where it has none. */
  origin(): Pose {
    const origin = this.child("origin");
    return poseFromRpy(
      origin?.xyz("xyz", [0, 0, 0]) ?? [0, 0, 0],
      origin?.xyz("rpy", [0, 0, 0]) ?? [0, 0, 0],
    );
  }

  #attribute(name: string): string | undefined {
    const attributes = this.#raw[ATTRIBUTES] as Readonly<Record<string, string>> | undefined;
    return attributes !== undefined && Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  }
}

/**
 * The `robot` element of a URDF.
 * @throws RungError `malformed-urdf` with the line
 */
export function readRobotXml(text: string, where: string): UrdfElement {
  const { root, broken } = parseXml(text, where, "malformed-urdf", {
    ignoreAttributes: false,
    attributeNamePrefix: "",
    attributesGroupName: ATTRIBUTES,
  });
  const [robot, ...more] = new UrdfElement(root as Raw, "document", where).children("robot");
  if (robot === undefined || more.length > 0) throw broken(1, "is no URDF: one <robot> element is due");
  return robot;
}
