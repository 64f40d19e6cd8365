/** Turns the bytes of an answer into text that can be stored. */
import { TextDecoder } from 'node:util';

const CHARSET = /;\s*charset\s*=\s*"?([\w.:-]{1,40})"?/i;

/** By the charset that the content type names, else UTF-8; bytes that are none become U+FFFD. */
export function decodeBody(bytes: Uint8Array, contentType: string | undefined): string {
  return storableText(decoderFor(contentType).decode(bytes));
}

function decoderFor(contentType: string | undefined): TextDecoder {
  try {
    return new TextDecoder(CHARSET.exec(contentType ?? '')?.[1] ?? 'utf-8');
  } catch {
    return new TextDecoder();
  }
}

/** PostgreSQL stores neither NUL nor half an emoji. */
function storableText(text: string): string {
  return text.replace(/\0|\p{Surrogate}/gu, '\uFFFD');
}
