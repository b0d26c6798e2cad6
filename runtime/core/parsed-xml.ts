import { type X2jOptions, XMLParser, XMLValidator } from "fast-xml-parser";
import { messageOf, RungError } from "./errors.ts";

/** Deeper than any document of the kinds that are read. */
const DEEPEST = 64;

/** A document as the parser gives it, and where its lines begin. */
export interface ParsedXml {
  readonly root: object;
  /** Counted from 1. @param index into the text, a byte order mark not counted */
  lineAt(index: number): number;
  /** An error of the document with its line. */
  broken(line: number, what: string, cause?: unknown): RungError;
}

/**
 * Parses an XML document. A document type is refused, so that no entity can be expanded and no other file be asked for.
 * Texts and attributes stay as they are written, every child is one of a list.
 * @param name of the document, for the errors
 * @param code of the errors
 * @throws RungError of that code, with the line
 */
export function parseXml(text: string, name: string, code: string, options: X2jOptions): ParsedXml {
  const body = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const lineAt = lineFinder(body);
  const broken = (line: number, what: string, cause?: unknown): RungError =>
    new RungError({ code, where: `${name}:${line}`, what, advice: "correct the document", cause });
  const declared = /<!(DOCTYPE|ENTITY)/i.exec(body);
  if (declared !== null) throw broken(lineAt(declared.index), "has a document type, which is not read");
  const judged = XMLValidator.validate(body);
  if (judged !== true) throw broken(judged.err.line, judged.err.msg);
  try {
    const parser = new XMLParser({
      parseTagValue: false,
      parseAttributeValue: false,
      isArray: (_name, _path, _leaf, isAttribute) => !isAttribute,
      ignoreDeclaration: true,
      ignorePiTags: true,
      maxNestedTags: DEEPEST,
      ...options,
    });
    return { root: parser.parse(body) as object, lineAt, broken };
  } catch (cause) {
    throw broken(1, messageOf(cause), cause);
  }
}

function lineFinder(text: string): (index: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (index) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= index) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
