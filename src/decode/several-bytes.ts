/**
 * Text of which a character takes one or several bytes, as UTF-8: those behind a character's first may look like ASCII
 * (`|`, `\`, braces), so that such text is made UTF-8 before it is divided. What stands for nothing becomes a byte that
 * is no UTF-8, so that it costs its record, as it does in UTF-8.
 */
import { NOTHING, type SeveralBytes, textOf } from "./encoding.ts";

/** No UTF-8 holds this byte. */
const FAULT = Buffer.from([0xff]);
/** Below it stand line ends, blanks, quotes and commas: in none of these encodings are they part of another character. */
const FIRST_OF_SEVERAL = 0x30;
/** No table has so many bytes without one of those. What is longer is cut, and a character that the cut divides is a fault. */
const LONGEST = 1024 * 1024;

/** The same text in UTF-8. However the content is cut, the bytes are the same. */
export async function* fromSeveralBytes(
  content: AsyncIterable<Buffer>,
  encoding: SeveralBytes,
): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of content) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = endOfCharacters(bytes, rest.length);
    rest = Buffer.from(bytes.subarray(end));
    if (end > 0) yield utf8Of(textOf(bytes.subarray(0, end), encoding));
  }
  if (rest.length > 0) yield utf8Of(textOf(rest, encoding));
}

/** Where a character ends for certain; `from` is where that was not looked for yet. */
function endOfCharacters(bytes: Buffer, from: number): number {
  for (let at = bytes.length - 1; at >= from; at--) if ((bytes[at] ?? 0) < FIRST_OF_SEVERAL) return at + 1;
  return bytes.length < LONGEST ? 0 : bytes.length;
}

function utf8Of(text: string): Buffer {
  const [first = "", ...others] = text.split(NOTHING);
  if (others.length === 0) return Buffer.from(first);
  return Buffer.concat([Buffer.from(first), ...others.flatMap((piece) => [FAULT, Buffer.from(piece)])]);
}
