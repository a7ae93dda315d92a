/** Index pages, in which a web server links to what is in a folder. */
import { nameOf } from "./keys.ts";

/** Elements whose content is text, whatever it looks like (HTML, 13.2.5.2 to 13.2.5.4). */
const TEXT_ELEMENTS = new Set([
  "script",
  "style",
  "title",
  "textarea",
  "xmp",
  "iframe",
  "noembed",
  "noframes",
]);

/** What ends a tag's name or an attribute's. */
const NAME_END = /[\s/>=]/g;
const NOT_BLANK = /\S/g;

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * The targets of all `<a href>` in their order, entities decoded. Reads tags as HTML does (comments, quoted and bare
 * attributes, elements that hold text only), in one run whose length is that of the page. Throws nothing.
 */
export function* linksIn(html: string): Generator<string> {
  let position = 0;
  for (;;) {
    const start = html.indexOf("<", position);
    if (start < 0) return;
    if (html.startsWith("<!--", start)) {
      position = endOf(html, "-->", start + 4);
    } else if (/[a-z]/i.test(html.charAt(start + 1))) {
      const tag = readTag(html, start + 1);
      position = TEXT_ELEMENTS.has(tag.name) ? closingOf(html, tag) : tag.end;
      if (tag.name === "a" && tag.href !== undefined) yield decodeEntities(tag.href.trim());
    } else if (/[!?/]/.test(html.charAt(start + 1))) {
      position = endOf(html, ">", start + 1);
    } else {
      position = start + 1;
    }
  }
}

interface Tag {
  readonly name: string;
  readonly href: string | undefined;
  /** Behind its `>`, or the end of the page. */
  readonly end: number;
}

function readTag(html: string, start: number): Tag {
  let position = next(NAME_END, html, start);
  const name = html.slice(start, position).toLowerCase();
  let href: string | undefined;
  for (;;) {
    position = next(NOT_BLANK, html, position);
    const character = html.charAt(position);
    if (character === "" || character === ">") return { name, href, end: position + 1 };
    if (character === "/") {
      position += 1;
      continue;
    }
    // An `=` here is part of a name, as HTML has it.
    const nameEnd = next(NAME_END, html, position + 1);
    const attribute = html.slice(position, nameEnd).toLowerCase();
    const value = readValue(html, nameEnd);
    position = value.end;
    if (attribute === "href") href ??= value.text;
  }
}

/** What follows an attribute's name: `= "value"`, or nothing. */
function readValue(html: string, nameEnd: number): { text: string | undefined; end: number } {
  const equals = next(NOT_BLANK, html, nameEnd);
  if (html.charAt(equals) !== "=") return { text: undefined, end: equals };
  const start = next(NOT_BLANK, html, equals + 1);
  const quote = html.charAt(start);
  if (quote === '"' || quote === "'") {
    const end = endOf(html, quote, start + 1);
    return { text: html.slice(start + 1, end - 1), end };
  }
  const end = next(/[\s>]/g, html, start);
  return { text: html.slice(start, end), end };
}

/** Where the pattern is found next, or the end of the page. */
function next(pattern: RegExp, html: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(html)?.index ?? html.length;
}

/** Behind the next occurrence of a text, or behind the end of the page. */
function endOf(html: string, text: string, from: number): number {
  const at = html.indexOf(text, from);
  return at < 0 ? html.length + 1 : at + text.length;
}

function closingOf(html: string, tag: Tag): number {
  return next(new RegExp(`</${tag.name}(?=[\\s/>])`, "gi"), html, tag.end);
}

function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]+));/g,
    (entity, ...groups: unknown[]) => {
      const [decimal, hexadecimal, name] = groups;
      if (typeof name === "string") return ENTITIES[name] ?? entity;
      const point = typeof decimal === "string" ? Number(decimal) : Number.parseInt(String(hexadecimal), 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : entity;
    },
  );
}

/** What a page links to. */
export interface IndexPage {
  /** Links of any kind; a page without any is no index. */
  readonly links: number;
  /** Names of what lies directly in the folder, each once; folders end with a slash. A query is part of the name. */
  readonly names: readonly string[];
}

/**
 * Reads the page of the folder at `url`. Links to elsewhere (parents, other servers, deeper levels) and to the page
 * itself, such as those that sort it (`?C=N;O=D`), are none of its names.
 */
export function readIndexPage(html: string, url: URL): IndexPage {
  const folder = segmentsOf(url).slice(0, -1);
  const names = new Set<string>();
  let links = 0;
  for (const href of linksIn(html)) {
    links += 1;
    const link = URL.parse(href, url.href);
    // The page may give its own server's name with the other protocol.
    if (link === null || !/^https?:$/.test(link.protocol) || link.host !== url.host) continue;
    const name = nameIn(folder, link);
    if (name !== undefined) names.add(name);
  }
  return { links, names: [...names] };
}

function segmentsOf({ pathname }: URL): string[] {
  return pathname.split("/").map(nameOf);
}

function nameIn(folder: readonly string[], link: URL): string | undefined {
  const segments = segmentsOf(link);
  if (!folder.every((segment, index) => segments[index] === segment)) return undefined;
  const [name = "", ...deeper] = segments.slice(folder.length);
  if (name === "" || deeper.length > 1) return undefined;
  if (deeper.length === 0) return name + link.search;
  return deeper[0] === "" && link.search === "" ? `${name}/` : undefined;
}
