/**
 * Text in UTF-16 as UTF-8: before anything looks at it, because in UTF-16 no byte means what it means elsewhere. What
 * stands for nothing (half of a surrogate pair, an odd byte at the end) becomes a byte that is no UTF-8, so that it
 * costs its record, as it does in UTF-8.
 */
import { MillraceError, type Place } from "../errors.ts";
import type { ByteReader } from "./byte-reader.ts";
import { type Encoding, isUtf16, type Utf16 } from "./encoding.ts";

/** No UTF-8 holds this byte. */
const FAULT = Buffer.from([0xff]);
const MARK = "\ufeff";
const UTF_8_MARK = Buffer.from(MARK);

type ByteOrder = Exclude<Utf16, "utf-16">;

/** What is known of a text before it is read. */
export interface TextOrigin {
  readonly encoding: Encoding;
  readonly place: Place;
}

/** A text's first bytes and all of it; UTF-8 if it was UTF-16. */
interface Text {
  readonly head: Buffer;
  readonly bytes: AsyncIterable<Buffer>;
}

/**
 * The content as text. A byte order mark decides, whichever Unicode encoding the pipeline names.
 * @throws MillraceError OBJECT_NOT_DATA if the mark of UTF-16 contradicts an encoding that is no Unicode.
 */
export async function textIn(content: ByteReader, headBytes: number, origin: TextOrigin): Promise<Text> {
  const head = await content.peek(headBytes);
  const order = byteOrder(head, origin);
  if (order === undefined) return { head, bytes: content };
  const text = textOfUnits(head.subarray(0, head.length & ~1), order);
  return { head: Buffer.from(withoutMark(text)), bytes: fromUtf16(content, order) };
}

function byteOrder(head: Buffer, { encoding, place }: TextOrigin): ByteOrder | undefined {
  const marked = markedOrder(head);
  if (marked === undefined) {
    if (!isUtf16(encoding) || head.subarray(0, UTF_8_MARK.length).equals(UTF_8_MARK)) return undefined;
    return encoding === "utf-16" ? "utf-16le" : encoding;
  }
  if (isUtf16(encoding) || encoding === "utf-8") return marked;
  const what = `The text is UTF-16 by its byte order mark, not ${encoding}, as \`format.encoding\` says. Say \`encoding: utf-16\`.`;
  throw new MillraceError("OBJECT_NOT_DATA", what, place);
}

/** The order that a byte order mark tells, if one stands there. */
function markedOrder(head: Buffer): ByteOrder | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  return head[0] === 0xfe && head[1] === 0xff ? "utf-16be" : undefined;
}

/** The same text in UTF-8, without its byte order mark. However the content is cut, the bytes are the same. */
async function* fromUtf16(content: AsyncIterable<Buffer>, order: ByteOrder): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let first = true;
  for await (const chunk of content) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = endOfCharacters(bytes, order);
    rest = Buffer.from(bytes.subarray(end));
    if (end === 0) continue;
    const text = textOfUnits(bytes.subarray(0, end), order);
    const utf8 = utf8Of(first ? withoutMark(text) : text);
    first = false;
    if (utf8.length > 0) yield utf8;
  }
  // Half a pair, half a unit, or both.
  if (rest.length > 0) yield Buffer.concat(Array<Buffer>((rest.length + 1) >> 1).fill(FAULT));
}

/** Where the last whole character ends: what is left may be the beginning of one. */
function endOfCharacters(bytes: Buffer, order: ByteOrder): number {
  const end = bytes.length & ~1;
  const upper = bytes[order === "utf-16le" ? end - 1 : end - 2] ?? 0;
  const halved = end > 0 && upper >= 0xd8 && upper < 0xdc;
  return halved ? end - 2 : end;
}

/** The text of these units; the bytes stay as they are. */
function textOfUnits(bytes: Buffer, order: ByteOrder): string {
  return (order === "utf-16le" ? bytes : Buffer.from(bytes).swap16()).toString("utf16le");
}

function withoutMark(text: string): string {
  return text.startsWith(MARK) ? text.slice(MARK.length) : text;
}

function utf8Of(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text);
  const [first = "", ...others] = text.split(/\p{Surrogate}/u);
  return Buffer.concat([Buffer.from(first), ...others.flatMap((piece) => [FAULT, Buffer.from(piece)])]);
}
