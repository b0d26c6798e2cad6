import { XMLParser } from "fast-xml-parser";
import { type ParsedXml, parseXml } from "../../core/parsed-xml.ts";
import { malformed, type Place } from "./read-problems.ts";

const META = XMLParser.getMetaDataSymbol() as unknown as symbol;
const TEXT = "#text";
const CDATA = "#cdata";

/** A node as the parser gives it: children by name, each a list. */
interface Raw {
  readonly [name: string]: readonly Raw[] | string | undefined;
}

/** An element of a document that knows where it stands. Namespace prefixes are left out. */
export class XmlElement {
  readonly name: string;
  readonly #raw: Raw;
  readonly #document: XmlDocument;
  readonly #parent: string;

  constructor(name: string, raw: Raw, document: XmlDocument, parent: string) {
    this.name = name;
    this.#raw = raw;
    this.#document = document;
    this.#parent = parent;
  }

  get path(): string {
    return this.#parent === "" ? this.name : `${this.#parent}/${this.name}`;
  }

  /** `orders.xml:12, OperationsSchedule/OperationsRequest` */
  get place(): Place {
    const meta = (this.#raw as unknown as Record<symbol, { startIndex?: number } | undefined>)[META];
    return `${this.#document.name}:${this.#document.lineAt(meta?.startIndex ?? 0)}, ${this.path}`;
  }

  children(name: string): XmlElement[] {
    const raw = this.#raw[name];
    if (!Array.isArray(raw)) return [];
    return raw.map((child) => new XmlElement(name, child, this.#document, this.path));
  }

  child(name: string): XmlElement | undefined {
    return this.children(name)[0];
  }

  /** Names of its child elements, each once. */
  get childNames(): string[] {
    return Object.keys(this.#raw).filter((name) => name !== TEXT && name !== CDATA);
  }

  /** Its own text, with the five entities of XML and character references read; "" where it has none. */
  get text(): string {
    const plain = this.#raw[TEXT];
    const cdata = this.#raw[CDATA];
    const marked = Array.isArray(cdata)
      ? cdata.map((part) => (typeof part === "string" ? part : String((part as Raw)[TEXT] ?? ""))).join("")
      : typeof cdata === "string"
        ? cdata
        : "";
    return (typeof plain === "string" ? decoded(plain, () => this.place) : "") + marked;
  }

  /** The text of a child that is there and not empty. */
  textOf(name: string): string | undefined {
    const text = this.child(name)?.text.trim();
    return text === "" ? undefined : text;
  }

  /** What stands at a child that holds something, read by `read`. */
  read<T>(name: string, read: (text: string, where: Place) => T): T | undefined {
    const child = this.child(name);
    const text = child?.text;
    return child === undefined || text!.trim() === "" ? undefined : read(text!, child.place);
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function decoded(text: string, place: () => Place): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(#x[0-9a-fA-F]{1,6}|#\d{1,7}|\w+);?/g, (whole, name: string) => {
    if (name.startsWith("#")) {
      const code = name[1] === "x" ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
      if (code <= 0x10ffff && code > 0) return String.fromCodePoint(code);
    } else if (Object.hasOwn(ENTITIES, name)) return ENTITIES[name]!;
    throw malformed(place(), `${whole} is no entity of XML`, "entities of a document type are not read");
  });
}

/** What an element needs to know of the document it stands in. */
interface XmlDocument extends Pick<ParsedXml, "lineAt"> {
  readonly name: string;
}

/**
 * The root element of an XML document.
 * @param name of the document, for the errors
 * @throws RungError `malformed-xml` with the line
 */
export function readXml(text: string, name: string): XmlElement {
  const { root, lineAt, broken } = parseXml(text, name, "malformed-xml", {
    ignoreAttributes: true,
    removeNSPrefix: true,
    processEntities: false,
    alwaysCreateTextNode: true,
    captureMetaData: true,
    cdataPropName: CDATA,
  });
  const roots = Object.entries(root as Raw).filter(([, children]) => Array.isArray(children)) as [
    string,
    readonly Raw[],
  ][];
  const [first] = roots;
  if (roots.length !== 1 || first![1].length !== 1)
    throw broken(1, `has ${roots.length} root elements, one is due`);
  return new XmlElement(first![0], first![1][0]!, { name, lineAt }, "");
}
