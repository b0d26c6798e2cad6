import { RungError } from "../../../core/errors.ts";

/**
 * Corners of a Wavefront OBJ file, 9 numbers a triangle in the file's unit. Vertices (`v`) and faces (`f`) are read;
 * a polygon becomes a fan around its first corner, as in the format's own triangulation of convex faces. Own code since
 * three's loader turns a wrong line or index into NaN, where a person needs to be told the line.
 * @throws RungError `mesh-file` with the line that cannot be read
 */
export function readObj(text: string, where: string): Float64Array {
  const vertices: number[] = [];
  const corners: number[] = [];
  let continued = "";
  for (const [index, raw] of text.split("\n").entries()) {
    const line = continued + raw.replace(/\r$/, "");
    // A backslash at the end of a line goes on with the next.
    if (line.endsWith("\\")) {
      continued = `${line.slice(0, -1)} `;
      continue;
    }
    continued = "";
    const [keyword, ...words] = line.trim().split(/\s+/);
    const place = `${where}:${index + 1}`;
    if (keyword === "v") vertices.push(...coordinates(words, place));
    else if (keyword === "f") addFace(words, vertices, corners, place);
  }
  return Float64Array.from(corners);
}

function coordinates(words: readonly string[], place: string): number[] {
  if (words.length < 3) throw fault(place, `a vertex has 3 coordinates, got ${words.length}`);
  return words.slice(0, 3).map((word) => {
    const value = Number(word);
    if (!Number.isNaN(value) || /^[+-]?nan/i.test(word)) return value;
    throw fault(place, `${JSON.stringify(word.slice(0, 40))} is no number`);
  });
}

function addFace(
  words: readonly string[],
  vertices: readonly number[],
  corners: number[],
  place: string,
): void {
  if (words.length < 3) throw fault(place, `a face has at least 3 corners, got ${words.length}`);
  const count = vertices.length / 3;
  const indices = words.map((word) => {
    // `vertex/texture/normal`, counted from 1, or back from the newest vertex where negative.
    const told = Number(word.split("/")[0]);
    const index = told < 0 ? count + told : told - 1;
    if (Number.isInteger(told) && index >= 0 && index < count) return index;
    throw fault(place, `a face names vertex ${word.slice(0, 40)}, the file has ${count} up to here`);
  });
  for (let k = 1; k + 1 < indices.length; k++) {
    for (const index of [indices[0]!, indices[k]!, indices[k + 1]!]) {
      corners.push(vertices[3 * index]!, vertices[3 * index + 1]!, vertices[3 * index + 2]!);
    }
  }
}

function fault(where: string, what: string): RungError {
  return new RungError({ code: "mesh-file", where, what, advice: "correct the line" });
}
