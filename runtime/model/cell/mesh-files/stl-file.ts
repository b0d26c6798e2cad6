import { RungError } from "../../../core/errors.ts";

const HEADER_BYTES = 80;
const FACET_BYTES = 50;

/**
 * Corners of an STL file, binary or ASCII, 9 numbers a triangle in the file's unit. Own code since three's loader
 * leaves out a vertex it cannot read and shifts all that follow, where a person needs to be told the line.
 * @throws RungError `mesh-file` with the facet or line that cannot be read
 */
export function readStl(bytes: Buffer, where: string): Float64Array {
  if (isBinary(bytes)) return readBinary(bytes);
  const text = bytes.toString("utf8");
  if (/^\uFEFF?\s*solid\b/.test(text)) return readAscii(text, where);
  throw fault(
    where,
    `is neither a binary nor an ASCII STL file of ${bytes.length} bytes`,
    binaryAdvice(bytes),
  );
}

/** Some writers begin binary files with `solid` too, so the length decides; others put more behind the triangles. */
function isBinary(bytes: Buffer): boolean {
  if (bytes.length < HEADER_BYTES + 4) return false;
  const wanted = HEADER_BYTES + 4 + bytes.readUInt32LE(HEADER_BYTES) * FACET_BYTES;
  return (
    bytes.length === wanted || (bytes.length > wanted && !bytes.subarray(0, HEADER_BYTES).includes("solid"))
  );
}

function binaryAdvice(bytes: Buffer): string {
  if (bytes.length < HEADER_BYTES + 4) return "save it again from CAD";
  const told = bytes.readUInt32LE(HEADER_BYTES);
  return `as a binary file it would tell of ${told} triangles, ${HEADER_BYTES + 4 + told * FACET_BYTES} bytes; is it cut off?`;
}

function readBinary(bytes: Buffer): Float64Array {
  const count = bytes.readUInt32LE(HEADER_BYTES);
  const corners = new Float64Array(9 * count);
  for (let facet = 0; facet < count; facet++) {
    // The first 12 bytes are the normal, which follows from the corners.
    const at = HEADER_BYTES + 4 + facet * FACET_BYTES + 12;
    for (let k = 0; k < 9; k++) corners[9 * facet + k] = bytes.readFloatLE(at + 4 * k);
  }
  return corners;
}

function readAscii(text: string, where: string): Float64Array {
  const corners: number[] = [];
  let inFacet = 0;
  for (const [index, line] of text.split("\n").entries()) {
    const words = line.trim().split(/\s+/);
    const place = `${where}:${index + 1}`;
    if (words[0] === "vertex") {
      for (const word of words.slice(1)) corners.push(coordinate(word, place));
      if (words.length !== 4)
        throw fault(place, `a vertex has 3 coordinates, got ${words.length - 1}`, "correct the line");
      inFacet++;
    } else if (words[0] === "endfacet") {
      if (inFacet !== 3) throw fault(place, `a facet has 3 vertices, got ${inFacet}`, "correct the facet");
      inFacet = 0;
    }
  }
  if (inFacet !== 0) throw fault(where, "ends inside a facet", "is the file cut off?");
  return Float64Array.from(corners);
}

/** `nan` and `inf` are numbers to some writers; the import check names the vertex. */
function coordinate(word: string, place: string): number {
  const value = Number(word);
  if (!Number.isNaN(value)) return value;
  if (/^[+-]?nan/i.test(word)) return Number.NaN;
  if (/^[+-]?inf/i.test(word)) return Number.POSITIVE_INFINITY;
  throw fault(place, `${JSON.stringify(word.slice(0, 40))} is no number`, "correct the line");
}

function fault(where: string, what: string, advice: string): RungError {
  return new RungError({ code: "mesh-file", where, what, advice });
}
