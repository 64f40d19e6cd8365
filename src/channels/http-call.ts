/** What is asked over HTTP and what is answered. */

export interface HttpCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** From now until the last byte of the answer. */
  readonly timeoutMs: number;
  /** Of the answer's body; 64 KiB unless told. */
  readonly maxResponseBytes?: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Why the body is not whole; null when it is. */
  readonly cut: 'http.too_large' | 'http.interrupted' | 'http.timeout' | null;
}
