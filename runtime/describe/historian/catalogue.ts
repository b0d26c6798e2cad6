import type { DuckDBConnection } from "@duckdb/node-api";
import type { Reality } from "../../core/frame.ts";
import { rowsOf } from "./database.ts";
import type { TagEntry } from "./history-types.ts";

interface Tag {
  readonly id: number;
  readonly address: string;
  unit: string | undefined;
}

/** The numbers of tags and sources, in memory and in the file. */
export class Catalogue {
  readonly #connection: DuckDBConnection;
  readonly #tags: Tag[] = [];
  readonly #byAddress = new Map<string, Tag[]>();
  readonly #sources = new Map<string, number>();
  readonly #realities: Reality[] = [];
  readonly #names: string[] = [];

  private constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  static async load(connection: DuckDBConnection): Promise<Catalogue> {
    const catalogue = new Catalogue(connection);
    for (const [id, address, unit] of await rowsOf(
      connection,
      "SELECT id, address, unit FROM tag ORDER BY id",
    )) {
      catalogue.#keepTag({
        id: id as number,
        address: address as string,
        unit: (unit as string) ?? undefined,
      });
    }
    const sources = await rowsOf(connection, "SELECT id, name, reality FROM source ORDER BY id");
    for (const [id, name, reality] of sources as [number, string, Reality][]) {
      catalogue.#keepSource(id, name, reality);
    }
    return catalogue;
  }

  get tagCount(): number {
    return this.#tags.length;
  }

  addressOf(tag: number): string {
    return this.#tags[tag]!.address;
  }

  realityOf(source: number): Reality {
    return this.#realities[source]!;
  }

  get addresses(): string[] {
    return [...this.#byAddress.keys()];
  }

  sourceName(source: number): string {
    return this.#names[source]!;
  }

  /** Ids of a source by name, of every reality. */
  sourcesNamed(name: string): number[] {
    return [...this.#sources].filter(([key]) => key.slice(key.indexOf(" ") + 1) === name).map(([, id]) => id);
  }

  /** The tags that hold an address in its newest unit, and that unit; none where it was never stored. */
  tagsOf(address: string): { ids: number[]; unit: string | undefined } {
    const tags = this.#byAddress.get(address) ?? [];
    const unit = tags.at(-1)?.unit;
    return { ids: tags.filter((tag) => tag.unit === unit).map((tag) => tag.id), unit };
  }

  /**
   * The ids of tags, new where address and unit are. A property that is bound in another unit becomes another tag,
   * so that no stored value changes its meaning; a tag without a unit takes the first that is declared.
   */
  async tags(entries: readonly Omit<TagEntry, "ref">[]): Promise<number[]> {
    const fresh: Omit<TagEntry, "ref">[] = [];
    const ids: number[] = [];
    const before = this.#tags.length;
    for (const entry of entries) {
      const known = this.#byAddress.get(entry.address) ?? [];
      const same = known.find((tag) => tag.unit === entry.unit || entry.unit === undefined);
      const undeclared = known.find((tag) => tag.unit === undefined);
      if (same !== undefined) ids.push(same.id);
      else if (undeclared !== undefined && undeclared.id < before) {
        await this.#declare(undeclared, entry);
        ids.push(undeclared.id);
      } else {
        const tag = { id: this.#tags.length, address: entry.address, unit: entry.unit };
        this.#keepTag(tag);
        fresh.push(entry);
        ids.push(tag.id);
      }
    }
    await this.#insert(fresh, before);
    return ids;
  }

  async #declare(tag: Tag, entry: Omit<TagEntry, "ref">): Promise<void> {
    tag.unit = entry.unit;
    await this.#connection.run("UPDATE tag SET unit = $1, type = $2, kind = $3 WHERE id = $4", [
      entry.unit ?? null,
      entry.type,
      entry.kind,
      tag.id,
    ]);
  }

  /** By an appender in one go: a statement each would take milliseconds a tag. */
  async #insert(entries: readonly Omit<TagEntry, "ref">[], firstId: number): Promise<void> {
    if (entries.length === 0) return;
    const appender = await this.#connection.createAppender("tag");
    for (const [i, { address, unit, type, kind }] of entries.entries()) {
      appender.appendInteger(firstId + i);
      appender.appendVarchar(address);
      if (unit === undefined) appender.appendNull();
      else appender.appendVarchar(unit);
      appender.appendVarchar(type);
      appender.appendVarchar(kind);
      appender.endRow();
    }
    appender.flushSync();
    appender.closeSync();
  }

  async source(name: string, reality: Reality): Promise<number> {
    const key = `${reality} ${name}`;
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    const id = this.#realities.length;
    await this.#connection.run("INSERT INTO source VALUES ($1, $2, $3)", [id, name, reality]);
    this.#keepSource(id, name, reality);
    return id;
  }

  #keepSource(id: number, name: string, reality: Reality): void {
    this.#sources.set(`${reality} ${name}`, id);
    this.#realities[id] = reality;
    this.#names[id] = name;
  }

  #keepTag(tag: Tag): void {
    this.#tags[tag.id] = tag;
    const tags = this.#byAddress.get(tag.address);
    if (tags === undefined) this.#byAddress.set(tag.address, [tag]);
    else tags.push(tag);
  }
}
