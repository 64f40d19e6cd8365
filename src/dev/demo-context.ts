/** What `run.json` holds while the copy runs; the keys are development keys. */
export interface RunFile {
  /** Base address of the API, without a trailing slash. */
  api: string;
  apiKey: string;
  temporalAddress: string;
  temporalNamespace: string;
  /** Base address of the Temporal Web UI; null when the Temporal server is not ours. */
  temporalUi: string | null;
  databaseUrl: string;
  smtpUrl: string;
  /** Base address of the development inbox; null when mail goes elsewhere. */
  inbox: string | null;
  pids: { api: number | null; worker: number | null };
}

/** What the demo is given: a running copy, and one lever that a real mail server would not offer. */
export interface DemoContext extends RunFile {
  home: string;
  /** Whether the copy stays up when the demo is over, so that its addresses are worth telling. */
  staysUp: boolean;
  /** Holds back the mail catcher's answer to every message by that many milliseconds; no-op without a catcher. */
  delayMail(milliseconds: number): void;
  /** Prints one line without disturbing the progress line. */
  print(line: string): void;
}
