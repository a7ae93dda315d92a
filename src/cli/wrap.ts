/** Lines that are longer than the terminal is wide go on below, so that nothing of them is lost. */
import { characters, width, widthOfCharacter } from "../observe/width.ts";
import { type Line, lineWidth, type Piece, type Style } from "./pieces.ts";

interface Character {
  readonly text: string;
  readonly style: Style;
  readonly width: number;
}

/**
 * The line in as many lines of at most `size` columns as it needs, divided at blanks where there are any. What goes on is
 * indented: below what stands behind the line's first piece (a name before its value), if that leaves half of the room.
 */
export function wrapped(line: Line, size: number): Line[] {
  if (lineWidth(line) <= size) return [line];
  const indent = indentOf(line, size);
  const lines: Line[] = [];
  let rest = line.flatMap(charactersOf);
  while (rest.length > 0) {
    const next = Math.max(1, size - indent);
    const isFirst = lines.length === 0;
    const end = endOfLine(rest, { room: isFirst ? size : next, next, lead: isFirst ? leadOf(line) : 0 });
    const pieces = joined(rest.slice(0, end));
    lines.push(
      lines.length === 0 || indent === 0 ? pieces : [{ text: " ".repeat(indent), style: "plain" }, ...pieces],
    );
    rest = rest.slice(end);
    const inked = rest.findIndex(({ text }) => text !== " ");
    rest = inked < 0 ? [] : rest.slice(inked);
  }
  return lines;
}

function charactersOf({ text, style }: Piece): Character[] {
  return characters(text).map((character) => ({
    text: character,
    style,
    width: widthOfCharacter(character),
  }));
}

/**
 * How many characters have room, at least one: up to the last blank among them behind the first `lead`, unless the word behind
 * that has no room in a line of its own (`next`) either.
 */
function endOfLine(
  rest: readonly Character[],
  { room, next, lead }: { readonly room: number; readonly next: number; readonly lead: number },
): number {
  let end = 0;
  for (let used = 0; end < rest.length; end++) {
    used += rest[end]?.width ?? 0;
    if (used > room) break;
  }
  if (end >= rest.length || rest[end]?.text === " ") return Math.max(1, end);
  const blank = rest.slice(0, end).findLastIndex(({ text }) => text === " ");
  const behind = rest.slice(blank + 1);
  const wordEnd = behind.findIndex(({ text }) => text === " ");
  const word = wordEnd < 0 ? behind : behind.slice(0, wordEnd);
  const isLong = word.reduce((sum, character) => sum + character.width, 0) > next;
  return blank > lead && !isLong ? blank + 1 : Math.max(1, end);
}

function joined(all: readonly Character[]): Piece[] {
  const pieces: Piece[] = [];
  for (const { text, style } of all) {
    const last = pieces.at(-1);
    if (last?.style === style) pieces[pieces.length - 1] = { text: last.text + text, style };
    else pieces.push({ text, style });
  }
  return pieces;
}

/** Blanks that the line begins with. */
function leadOf(line: Line): number {
  const text = line.map((piece) => piece.text).join("");
  return text.length - text.trimStart().length;
}

function indentOf(line: Line, size: number): number {
  const lead = leadOf(line);
  const [first, ...others] = line.filter(({ text }) => text.trim() !== "");
  const behind = lead + width(first?.text.trimStart() ?? "");
  if (others.length > 0 && behind * 2 <= size) return behind;
  return Math.min(lead + 2, Math.floor(size / 2));
}
