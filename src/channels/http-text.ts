/** Turns the bytes of an answer into text that can be stored. */
import { TextDecoder } from 'node:util';

const CHARSET = /;\s*charset\s*=\s*"?([\w.:-]{1,40})"?/i;

/** By the charset that the content type names, else UTF-8; bytes that are none become U+FFFD. */
export function decodeBody(bytes: Uint8Array, contentType: string | undefined): string {
  return storableText(decoderFor(contentType).decode(bytes));
}

/** Servers also write `latin-1` and `utf_16`, which are no labels until their signs are left out. */
function decoderFor(contentType: string | undefined): TextDecoder {
  const label = CHARSET.exec(contentType ?? '')?.[1] ?? 'utf-8';
  return decoderOf(label) ?? decoderOf(label.replace(/[^a-z0-9]/gi, '')) ?? new TextDecoder();
}

function decoderOf(label: string): TextDecoder | null {
  try {
    return new TextDecoder(label);
  } catch {
    return null;
  }
}

/** PostgreSQL stores neither NUL nor half an emoji. */
function storableText(text: string): string {
  return text.replace(/\0|\p{Surrogate}/gu, '\uFFFD');
}
