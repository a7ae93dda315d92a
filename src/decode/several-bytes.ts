/**
 * Text of which a character takes one or several bytes, as UTF-8: those behind a character's first may look like ASCII
 * (`|`, `\`, braces), so that such text is made UTF-8 before it is divided. What stands for nothing becomes a byte that
 * is no UTF-8, so that it costs its record, as it does in UTF-8.
 */
import { decoderOf, NOTHING, type SeveralBytes } from "./encoding.ts";

/** No UTF-8 holds this byte. */
const FAULT = Buffer.from([0xff]);

/** The same text in UTF-8. However the content is cut, the bytes are the same. */
export async function* fromSeveralBytes(
  content: AsyncIterable<Buffer>,
  encoding: SeveralBytes,
): AsyncGenerator<Buffer> {
  const decoder = decoderOf(encoding);
  for await (const chunk of content) {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== "") yield utf8Of(text);
  }
  const rest = decoder.decode();
  if (rest !== "") yield utf8Of(rest);
}

function utf8Of(text: string): Buffer {
  const [first = "", ...others] = text.split(NOTHING);
  if (others.length === 0) return Buffer.from(first);
  return Buffer.concat([Buffer.from(first), ...others.flatMap((piece) => [FAULT, Buffer.from(piece)])]);
}
